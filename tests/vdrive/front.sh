#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The recorder as programs find it: nodes, listings, opens, ends.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/common.sh"

"$VDRIVE" new --type dvd-ram --capacity 4096 a.disc || exit 99
"$VDRIVE" new --type dvd-ram --capacity 2048 b.disc || exit 99
head -c 1048576 /dev/urandom >data
sh_on()
{
	on a.disc sh -c "$1" $SR
}
two()
{
	timeout 60 "$VDRIVE" --disc a.disc --disc b.disc -- "$@"
}
leaves_nothing()
{
	mkdir -m 700 run
	XDG_RUNTIME_DIR=$PWD/run "$@"
	[ -z "$(ls run)" ] && rmdir run
}
ended_by_term()
{
	"$VDRIVE" --disc a.disc -- sh -c 'echo $$ >pid; exec sleep 60' &
	local vdrive=$! status
	until [ -s pid ]; do sleep 0.02; done
	kill -TERM $vdrive
	wait $vdrive
	status=$?
	rm -f pid
	[ $status = 143 ]
}
swapped()
{
	"$VDRIVE" --disc a.disc -- sh -c "blockdev --getsize64 $SR &&
		'$VDRIVE' swap b.disc && blockdev --getsize64 $SR &&
		'$VDRIVE' swap --empty && ! dd if=$SR count=1 &&
		'$VDRIVE' swap a.disc && blockdev --getsize64 $SR" >sizes
	[ "$(tr '\n' ' ' <sizes)" = "8388608 4194304 8388608 " ]
}

check "the node is a block device with major 11" \
	gives "block special file b 0" on a.disc stat -c '%F %t %T' $SR
check "the node is listed in /dev" sh_on 'ls /dev | grep -qx sr0'
check "a shell pattern finds the node" gives $SR sh_on 'ls -d /dev/sr*'
check "the usual links lead to it" \
	gives $SR on a.disc readlink -f /dev/cdrom
check "sysfs lists it" sh_on 'ls /sys/block | grep -qx sr0 &&
	[ "$(cat /sys/class/block/sr0/removable)" = 1 ]'
check "proc describes it" sh_on 'grep -q "sr0$" /proc/sys/dev/cdrom/info'
check "a relative path leads to it" sh_on 'cd /dev && test -b sr0'
check "a symbolic link elsewhere leads to it" \
	sh_on 'ln -s /dev/sr0 link && test -b link && rm link'
check "two drives have two discs" gives "8388608
4194304" two sh -c 'blockdev --getsize64 /dev/sr0 /dev/sr1'
check "a drive may have another name" gives 4194304 timeout 60 "$VDRIVE" \
	--device /dev/burner --disc b.disc -- blockdev --getsize64 /dev/burner
check "a drive without a disc cannot be opened for reading" \
	says 'No medium found' "$VDRIVE" --empty -- head -c 1 $SR
check "what is written as to a disk is read again" sh_on \
	'dd if=data of=/dev/sr0 bs=30000 conv=fsync status=none &&
	cmp -n 1048576 data /dev/sr0'
check "another run sees the same disc" reads_at a.disc 0 data
check "what comes as standard input is the device" gives same sh_on \
	'[ "$(md5sum <$0)" = "$(dd if=$0 status=none | md5sum)" ] && echo same'
check "what goes to standard output goes to the device" sh_on \
	'head -c 100000 data >$0 && cmp -n 100000 data $0'
check "reading ends where the disc ends" \
	gives 8388608 sh_on 'cat /dev/sr0 | wc -c'
check "an exclusive open keeps out another" fails sh_on \
	'python3 -c "
import os
flags = os.O_RDWR | os.O_EXCL | os.O_NONBLOCK
os.open(\"/dev/sr0\", flags)
os.open(\"/dev/sr0\", flags)"'
check "an exclusive open ends with its process" sh_on \
	'for i in 1 2; do python3 -c "
import os
os.open(\"/dev/sr0\", os.O_RDWR | os.O_EXCL | os.O_NONBLOCK)"; done'
check "the device cannot be mapped" says 'No such device' sh_on 'python3 -c "
import mmap
with open(\"/dev/sr0\", \"rb\") as f:
    mmap.mmap(f.fileno(), 4096, prot=mmap.PROT_READ)"'
check "the exit status is the command's" fails_with 7 sh_on 'exit 7'
check "a command that is not there gives 127" \
	fails_with 127 on a.disc "$DIR/nothing"
check "a signal to vdrive reaches the command" ended_by_term
check "the runtime directory is removed" \
	leaves_nothing on a.disc true
check "the runtime directory is removed after a killed command" \
	leaves_nothing on a.disc sh -c 'kill -KILL $$'
check "discs are swapped while a program runs" swapped
finish
