#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What burning programs make of faults: examples of tests/fault.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/fault_common.sh"
hurry=(--hurry)

tree one 900
image one.iso one

# burned TYPE: a disc with the image on it, written as to a disk.
burned()
{
	fresh disc "$1"
	on disc dd if=one.iso of=$SR bs=64k conv=fsync status=none
}
# meets NN COMMAND...: it has to fail.
meets()
{
	local rules=("$RULES/$1"-*.rules)
	shift
	fails under "${rules[0]}" "$@"
}
reads_of()
{
	meets "$1" dd if=$SR of=part bs=2048 count=64 2>/dev/null
	[ "$(blocks part)" = "$2" ] && cmp -n $(($2 * 2048)) one.iso part
}
nothing_read()
{
	under "$(example 30)" sh -c "head -c 65536 one.iso >$SR
		cat $SR | wc -c"
}
written_but_other()
{
	under "$(example "$1")" growisofs -Z $SR=one.iso &&
		says "differ: (byte|char) $2" fails on disc cmp one.iso $SR
}

fresh disc cd-rw
check "10: wodim cannot blank" says '0x51 Qual 0x00 \(erase failure' \
	meets 10 wodim dev=$SR gracetime=0 blank=fast
check "11: wodim cannot tell where the next session begins" \
	says 'Cannot read session offset' \
	under "$(example 11)" wodim dev=$SR -msinfo
check "14: cdrskin ends with a write error" \
	says 'write\(512,16\): \[3 0C 00\] Medium error. Write error' \
	meets 14 cdrskin dev=$SR -tao -data one.iso
fresh disc cd-rw
check "15: xorriso stops burning" says '\[3 0C 09\] Medium error' \
	meets 15 xorriso -outdev $SR -map one / -commit
fresh disc cd-rw
check "16: wodim cannot calibrate" says 'OPC failed' \
	meets 16 wodim dev=$SR gracetime=0 -tao -data one.iso
burned dvd-ram
check "18: dd reads up to the unreadable block" reads_of 18 20
check "18: readom names the unreadable block" \
	says 'Error on sector 20 not corrected' \
	under "$(example 18)" readom dev=$SR f=part retries=1 sectors=0-64
check "31: dd cannot read it in another drive" reads_of 31 0
check "41: xorriso finds no tree" says 'No ISO 9660 image at LBA 0' \
	meets 41 xorriso -osirrox on -indev $SR -extract / part
fresh disc cd-rw
check "20: wodim cannot blank what is protected" \
	says '0x27 Qual 0x00 \(write protected' \
	meets 20 wodim dev=$SR gracetime=0 blank=fast
fresh disc dvd+rw
check "26: growisofs loses its drive" \
	says 'unable to WRITE@LBA=20h: No such device' \
	meets 26 growisofs -Z $SR=one.iso
fresh disc dvd+rw
check "27: growisofs is content, the disc is not right" \
	written_but_other 27 32769
fresh disc dvd-ram
check "30: reading ends at once, as a success" gives 0 nothing_read
fresh disc cd-rw
check "32: cdrskin cannot close the session" \
	says 'Failed to close session .*\[5 72 00\]' \
	meets 32 cdrskin dev=$SR -tao -data one.iso
fresh disc cd-rw
fresh other cd-r
check "43: wodim cannot blank a write-once disc" \
	says '0x30 Qual 0x05' meets 43 wodim dev=$SR gracetime=0 blank=fast
finish
