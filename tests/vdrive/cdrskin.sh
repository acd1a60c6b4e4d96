#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cdrskin: images in two sessions on each medium that has sessions.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/common.sh"

mkdir shared && cd shared || exit 99
tree one 900
tree two 700
image one.iso one
cd ..

sessions()
{
	local type=$1 disc=$1.disc next

	"$VDRIVE" new --type "$type" --capacity 60000 "$disc"
	check "$type: the medium is described" \
		says 'disk status: *empty' on "$disc" cdrskin dev=$SR -minfo
	check "$type: the first session is written" \
		on "$disc" cdrskin dev=$SR -v -multi -data padsize=300k one.iso
	next=$(on "$disc" cdrskin dev=$SR -msinfo 2>/dev/null)
	check "$type: the next start is beyond the first session" \
		[ "${next#*,}" -ge "$(blocks one.iso)" ]
	image two.iso two -C "$next" -M one.iso
	check "$type: the second session is written" \
		on "$disc" cdrskin dev=$SR -v -multi -data padsize=300k two.iso
	check "$type: the first session is as it was burned" \
		has_session "$disc" 1 one.iso
	check "$type: the second session is as it was burned" \
		has_session "$disc" 2 two.iso
	check "$type: it is read at the address that was printed" \
		reads_at "$disc" "${next#*,}" two.iso
	check "$type: the medium is appendable" says \
		'disk status: *incomplete' on "$disc" cdrskin dev=$SR -minfo
}

# Once more, when it can be blanked.
again()
{
	sessions $1
	check "$1: it is blanked" \
		on $1.disc cdrskin dev=$SR -v blank=fast
	check "$1: it is empty" says 'disk status: *empty' \
		on $1.disc cdrskin dev=$SR -minfo
}

at_once 'sessions cd-r' 'again cd-rw' 'sessions dvd-r' 'again dvd-rw' \
	'sessions dvd+r' 'sessions bd-r'
finish
