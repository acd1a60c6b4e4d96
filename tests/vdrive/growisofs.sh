#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# growisofs, dvd+rw-format and dvd+rw-mediainfo on DVD and BD.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/common.sh"

mkdir shared && cd shared || exit 99
tree one 900
tree two 700
image one.iso one
cd ..

medium()
{
	local type=$1 disc=$1.disc

	shift
	"$VDRIVE" new --type "$type" --capacity 60000 "$disc"
	if have dvd+rw-mediainfo; then
		check "$type: the blank medium is described" \
			says 'Mounted Media:' on "$disc" dvd+rw-mediainfo $SR
	else
		skip "$type: the blank medium is described" \
			"dvd+rw-mediainfo is not installed"
	fi
	check "$type: the first session is written" on "$disc" growisofs \
		"$@" -use-the-force-luke=notray -Z $SR -quiet -R -J one
	check "$type: the first session is read" extracts_root "$disc" one
	check "$type: the second session is written" on "$disc" growisofs \
		"$@" -use-the-force-luke=notray -M $SR -quiet -R -J two
	check "$type: both sessions are read" extracts_root "$disc" one two
}

# growisofs puts the trees' content together in the root.
extracts_root()
{
	local disc=$1 one
	shift
	rm -rf extracted
	on "$disc" xorriso -osirrox on -indev $SR \
		-extract / extracted || return 1
	for one; do
		cmp "$one/sub/$one.bin" "extracted/sub/$one.bin" ||
			return 1
	done
}

dvd_rw()
{
	medium dvd-rw
	check "dvd-rw: it is blanked by dvd+rw-format" \
		on dvd-rw.disc dvd+rw-format -blank $SR
	check "dvd-rw: it is formatted by dvd+rw-format" \
		on dvd-rw.disc dvd+rw-format -force $SR
}

dvd_plus_rw()
{
	medium dvd+rw
	check "dvd+rw: an image is written over the old" on dvd+rw.disc \
		growisofs -use-the-force-luke=tty -Z $SR=one.iso
	check "dvd+rw: the image is read" reads_at dvd+rw.disc 0 one.iso
	check "dvd+rw: it is formatted again" \
		on dvd+rw.disc dvd+rw-format -force $SR
}

bd_re()
{
	medium bd-re
	check "bd-re: it is formatted again" \
		on bd-re.disc dvd+rw-format -force=full $SR
}

at_once 'medium dvd-r' dvd_rw 'medium dvd+r' dvd_plus_rw 'medium dvd-ram' \
	'medium bd-r -use-the-force-luke=spare:none' bd_re
finish
