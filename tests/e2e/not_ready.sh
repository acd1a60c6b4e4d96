#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A recorder that is not ready is waited for, whatever its code says, and named
# as the cause if it remains so; and discs on which another program left an
# empty format.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
cd "$work" || exit 99

begin()
{
	mkdir tree
	head -c 100000 /dev/urandom >tree/file
	cat >nb.conf <<END_CONF
state_dir = "$PWD/state"
staging_dir = "$PWD/staging"
drive "d" { device = "/dev/sr0"  timeout = 3 }
pool "p" { discs = { "A", "B" } drives = { "d" } }
job "j" { pool = "p" tree "files" { path = "$PWD/tree" } }
END_CONF
	chmod 600 nb.conf
	"$vdrive" new --type "$1" --capacity 30000 A.disc
}

# on STATUS RULE ARGUMENTS...
on()
{
	local want=$1
	echo "$2" >rules
	shift 2
	timeout 100 "$vdrive" --hurry --disc A.disc --faults rules -- \
		"$nightburn" -c nb.conf "$@" >out 2>err </dev/null
	status=$?
	[ $status = "$want" ] && return 0
	echo "nightburn $*: exit status $status, not $want"
	cat rules out err
	return 1
}

# Codes that no list has, and some that lists have.
waits_for_it()
{
	local sense
	begin cd-rw && on 0 '# none' run || return 1
	for sense in 2/3e/00 2/04/03 2/04/02 2/05/07 6/3f/00 6/2a/01 6/fe/ff; do
		on 0 "when ready then sense $sense times 12" plan &&
			says out 'plan    append' &&
			! grep -E 'warning|in use' err || return 1
	done
}

names_the_sense()
{
	local sense
	begin cd-rw || return 1
	for sense in 2/3e/00 4/44/00; do
		on 1 "when ready then sense $sense times forever" plan &&
			says err "the drive is not ready (sense $sense)" &&
			! grep 'another program' err || return 1
	done
}

no_disc_is_no_tray()
{
	begin cd-rw
	on 4 'when ready after sync then sense 2/3a/01 times forever' run &&
		says err 'there is no disc any more' &&
		! grep 'cannot close' err
}

# Names are free, so that any blank disc would be burned to.
not_blank()
{
	local sense times
	begin "$1" && on 0 '# none' run || return 1
	for sense in 3/11/05 5/24/00 2/3a/00; do
		for times in 2 forever; do
			on 3 "when capacity then sense $sense times $times" \
				plan && says out 'plan    refuse' &&
				on 3 "when capacity then sense $sense times $times" \
					run && ! grep -q verified out &&
				on 3 "when capacity then sense $sense times $times" \
					append tree/file || return 1
		done
	done
	on 0 '# none' verify && says out 'disc A, generation 1: 1 file'
}

quick_format()
{
	begin dvd-rw
	"$vdrive" --hurry --disc A.disc -- dvd+rw-format -force /dev/sr0 \
		>out 2>&1 || return 1
	on 0 '# none' disc && says out 'restricted overwrite, blank' &&
		on 0 '# none' run && on 0 '# none' run &&
		says out 'generation 2 on disc A, session 2' &&
		on 0 '# none' verify
}

# The same closed, as a complete session without anything in it.
closed_format()
{
	begin dvd-rw
	"$vdrive" --hurry --disc A.disc -- python3 \
		"$src/tests/vdrive/sgio.py" 'format 21 = good' \
		'close = good' >out 2>&1 || return 1
	on 0 '# none' plan && says out 'plan    fresh' &&
		on 0 '# none' run && on 0 '# none' run &&
		says out 'generation 2 on disc A, session 2' &&
		on 0 '# none' verify
}

# A complete session of zeros was written by somebody: nothing is written to it
# until a person says so, and then it is used like any other disc.
zero_session()
{
	begin "$1"
	head -c 700000 /dev/zero >zeros
	"$vdrive" --hurry --disc A.disc -- wodim dev=/dev/sr0 "${2--multi}" \
		-data zeros >out 2>&1 || return 1
	on 3 '# none' run &&
		says err 'contains data, but no nightburn label' &&
		says err 'or run nightburn adopt --as NAME' &&
		on 0 '# none' adopt --as A --volume-id= &&
		says out 'the disc is blank and can become A' &&
		on 0 '# none' run --resume &&
		says out 'generation 1 on disc A, session 1' &&
		on 0 '# none' verify
}

one()
{
	work=$tap_dir
	check "$@"
}

at_once 'one "a drive that is not ready yet is waited for" waits_for_it' \
	'one "a drive that stays so is told with its sense" names_the_sense' \
	'one "a disc that is gone is not a tray that stays open" no_disc_is_no_tray' \
	'one "a DVD+RW whose capacity is not told is not blank" not_blank dvd+rw' \
	'one "nor is a BD-RE" not_blank bd-re' \
	'one "nor is a DVD-RAM" not_blank dvd-ram' \
	'one "a DVD-RW with an empty format is used" quick_format' \
	'one "and so is one that was closed" closed_format' \
	'one "a DVD-RW with a session of zeros is asked about" zero_session dvd-rw' \
	'one "and one that is closed" zero_session dvd-rw -v' \
	'one "and a CD-RW" zero_session cd-rw'
finish
