#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xorriso on every medium: session, second session, both read, blank or format.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/common.sh"

mkdir shared && cd shared || exit 99
tree one 900
tree two 700
tree three 300
cd ..

burn()
{
	local disc=$1 tree=$2

	on "$disc" xorriso -dev $SR -map "$tree" "/$tree" -commit
}

medium()
{
	local type=$1 again=$2 disc=$1.disc

	"$VDRIVE" new --type "$type" --capacity 60000 "$disc"
	check "$type: a new disc is blank" says 'Media status : is blank' \
		on "$disc" xorriso -outdev $SR -toc
	[ "$type" != bd-re ] && [ "$type" != dvd-ram ] ||
		check "$type: it is formatted" \
			on "$disc" xorriso -outdev $SR -format as_needed
	check "$type: the first session is written" burn "$disc" one
	check "$type: the first session is read" extracts "$disc" one
	check "$type: the second session is written" burn "$disc" two
	check "$type: both sessions are read" extracts "$disc" one two
	check "$type: the disc is appendable" \
		says "Media status : is .*appendable" \
		on "$disc" xorriso -outdev $SR -toc
	check "$type: every block is readable" \
		on "$disc" xorriso -indev $SR -check_media --
	[ "$again" ] || return 0
	check "$type: it is made blank by $again" \
		on "$disc" xorriso -outdev $SR $again
	check "$type: a session is written anew" burn "$disc" three
	check "$type: the new session is read" extracts "$disc" three
	check "$type: the old ones are gone" fails extracts "$disc" one
}

overwritable()
{
	"$VDRIVE" new --type dvd-rw --capacity 60000 over.disc
	check "dvd-rw: it is formatted for overwriting" \
		on over.disc xorriso -outdev $SR -format full
	check "dvd-rw overwritable: a session is written" burn over.disc one
	check "dvd-rw overwritable: a second session is written" burn over.disc two
	check "dvd-rw overwritable: both are read" extracts over.disc one two
	check "dvd-rw overwritable: it becomes sequential again" \
		on over.disc xorriso -outdev $SR -blank deformat
}

at_once 'medium cd-r ""' 'medium cd-rw "-blank fast"' \
	'medium dvd-r ""' 'medium dvd-rw "-blank all"' \
	'medium dvd+r ""' \
	'medium dvd+rw "-blank as_needed"' \
	'medium dvd-ram "-blank as_needed"' \
	'medium bd-r ""' 'medium bd-re "-blank as_needed"' \
	overwritable
finish
