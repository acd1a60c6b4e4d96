#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An appended burn fails or is killed on write-once media: the session that it
# leaves open is never continued, what is before it stays good, and the next
# night goes on where nightburn says.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
cd "$work" || exit 99

# A first good night on disc A.
begin()
{
	local disc
	mkdir tree
	head -c 400000 /dev/urandom >tree/file
	cat >nb.conf <<END_CONF
state_dir = "$PWD/state"
staging_dir = "$PWD/staging"
drive "d" { device = "/dev/sr0" }
pool "p" { discs = { "A", "B" } drives = { "d" } rotation = append }
job "j" { pool = "p" tree "files" { path = "$PWD/tree" } }
END_CONF
	chmod 600 nb.conf
	for disc in A B; do
		"$vdrive" new --type "$type" --capacity 30000 $disc.disc
	done
	on A 0 run && head -c 400000 /dev/urandom >tree/more
}

# on DISC STATUS COMMAND...: what vdrive is told besides is in $options.
options=
on()
{
	local disc=$1 want=$2
	shift 2
	rm -f trace
	# shellcheck disable=SC2086
	timeout 60 "$vdrive" --hurry --disc "$disc.disc" --trace trace \
		$options -- "$nightburn" -c nb.conf "$@" >out 2>err </dev/null
	status=$?
	[ $status = "$want" ] && return 0
	echo "$type, nightburn $*: exit status $status, not $want"
	cat out err
	return 1
}

# faulty RULE STATUS COMMAND...: on disc A.
faulty()
{
	local result
	echo "$1" >rules
	options='--faults rules'
	on A "${@:2}"
	result=$?
	options=
	return $result
}

# The start addresses of all WRITE commands, in hexadecimal digits.
writes()
{
	sed -n 's/.*"op":"2a","cdb":"2a00\(........\).*/\1/p' trace
}

nothing_was_written()
{
	[ -z "$(writes)" ] || { writes; return 1; }
}

open_text='a burn that was interrupted left a session open'

goes_on()
{
	begin && faulty "$1" "$2" run || return 1
	on A 0 verify && says err "$open_text" &&
		says out 'generation 1' && says out 'is good' || return 1
	on A 3 plan && says out 'plan    refuse' &&
		says out 'hint    insert disc B' &&
		tr -s '\n ' ' ' <out | grep -F "$open_text" || return 1
	on A 3 append tree && nothing_was_written || return 1
	on A 3 run && says err "$open_text" && says err 'insert disc B' &&
		nothing_was_written || return 1
	on B 0 run --resume && says out 'generation 2 on disc B, session 1' &&
		on B 0 run && says out 'generation 3 on disc B, session 2' &&
		on A 0 restore --to back 1 &&
		cmp tree/file back/tree/files/file
}

# The last time before the first WRITE that the drive is asked for an address,
# it gives none, or says nothing.
writes_nowhere_else()
{
	local last way first
	begin && cp A.disc good && cp -a state safe && on A 0 run &&
		first=$(writes | head -n 1) || return 1
	last=$(sed '/"op":"2a"/q' trace | grep -c '"op":"52"')
	[ "$last" -gt 1 ] || return 1
	for way in 'sense 5/24/00' 'short' 'drop silently'; do
		rm -rf state staging && cp -a safe state && cp good A.disc
		faulty "when trackinfo nth $last then $way" 4 run &&
			nothing_was_written &&
			says err 'the drive does not name block' || return 1
	done
	rm -rf state staging && cp -a safe state && cp good A.disc &&
		faulty "when trackinfo nth $last then sense 5/24/00" 4 run &&
		on A 0 verify && on A 0 run &&
		[ "$(writes | head -n 1)" = "$first" ]
}

one()
{
	type=$1
	work=$tap_dir
	case $2 in
	killed) check "$type: killed while it appends" \
		goes_on 'when write nth 6 then kill client' 137 ;;
	failed) check "$type: a write error while it appends" \
		goes_on 'when write nth 6 then sense 3/0c/00' 4 ;;
	unclosed) check "$type: killed before it closes the session" \
		goes_on 'when close nth '"$3"' then kill client' 137 ;;
	nowhere) check "$type: without a next writable address" \
		writes_nowhere_else ;;
	esac
}

at_once 'one cd-r killed' 'one dvd-r killed' 'one dvd+r killed' \
	'one bd-r killed' 'one dvd+r failed' 'one bd-r failed' \
	'one cd-r unclosed 1' 'one bd-r unclosed 2' \
	'one cd-r nowhere' 'one dvd+r nowhere' 'one bd-r nowhere'
finish
