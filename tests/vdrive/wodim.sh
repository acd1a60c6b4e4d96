#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# wodim and readom on CD-R and CD-RW: two TAO sessions, blank, again.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/common.sh"

mkdir shared && cd shared || exit 99
tree one 900
tree two 700
image one.iso one
cd ..
GAP=11400

cd_sessions()
{
	local type=$1 disc=$1.disc next

	check "$type: the drive's capabilities are printed" \
		says 'Does write CD-RW media' on $disc wodim dev=$SR -prcap
	check "$type: ATIP is read" \
		says 'ATIP start of lead' on $disc wodim dev=$SR -atip
	check "$type: the first session is written" \
		on $disc wodim dev=$SR gracetime=2 -v -multi -tao -data -pad one.iso
	check "$type: the table of contents has one track" \
		says 'track:lout|track: *1' on $disc wodim dev=$SR -toc
	next=$(on $disc wodim dev=$SR -msinfo 2>/dev/null)
	check "$type: the next start is printed, after the gap" \
		[ "${next#0,}" -gt $(($(blocks one.iso) + GAP - 1)) ]
	on $disc genisoimage -quiet -R -J -V two -C "$next" -M $SR \
		-o two.iso two
	check "$type: the second session is written" \
		on $disc wodim dev=$SR gracetime=2 -v -multi -tao -data -pad two.iso
	check "$type: the first session is as it was burned" \
		has_session $disc 1 one.iso
	check "$type: the second session is as it was burned" \
		has_session $disc 2 two.iso
	check "$type: the second session is read at its address" \
		reads_at $disc "${next#0,}" two.iso
	check "$type: both sessions are one tree" \
		says sub/two.bin on $disc xorriso -indev $SR -find / -type f
}

cd_r()
{
	"$VDRIVE" new --type cd-r --capacity 60000 cd-r.disc
	cd_sessions cd-r
	check "cd-r: it cannot be blanked" fails on cd-r.disc wodim dev=$SR blank=fast
}

cd_rw()
{
	"$VDRIVE" new --type cd-rw --capacity 60000 cd-rw.disc
	cd_sessions cd-rw
	check "cd-rw: readom copies the first session" \
		on cd-rw.disc readom dev=$SR f=read.iso sectors=0-"$(blocks one.iso)"
	check "cd-rw: readom's copy is the image" cmp one.iso read.iso
	check "cd-rw: it is blanked fast" \
		on cd-rw.disc wodim dev=$SR -v blank=fast
	check "cd-rw: it is blank" says 'Media status : is blank' \
		on cd-rw.disc xorriso -outdev $SR -toc
	check "cd-rw: it is written anew" \
		on cd-rw.disc wodim dev=$SR -v -multi -tao -data -pad one.iso
	check "cd-rw: the new session is as it was burned" \
		has_session cd-rw.disc 1 one.iso
	check "cd-rw: it is blanked wholly" \
		on cd-rw.disc wodim dev=$SR -v blank=all
}

# The session of 2003 that ended at block 12073.
of_2003()
{
	"$VDRIVE" new --type cd-rw --capacity 60000 old.disc
	"$VDRIVE" new --type cd-rw --capacity 60000 new.disc
	head -c $(((12073 - 2) * 2048)) /dev/zero >zero
	on old.disc wodim dev=$SR -multi -tao -data zero >/dev/null 2>&1
	check "a session that ends at 12073 is followed by one at 23473" \
		gives 0,23473 on old.disc wodim dev=$SR -msinfo
	check "an old drive refuses msinfo on a blank disc" \
		says 'Cannot read session offset' timeout 60 "$VDRIVE" \
		--drive old --disc new.disc -- wodim dev=$SR -msinfo
	check "a drive of today answers it" gives 0,0 \
		on new.disc wodim dev=$SR -msinfo
}

at_once cd_r cd_rw of_2003
finish
