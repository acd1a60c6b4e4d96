#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Discs that can be written once: a rotation that blanks its discs takes none of
# them, from the first night on.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
cd "$work" || exit 99
mkdir tree
head -c 300000 /dev/urandom >tree/file

# configure OF-THE-POOL...
configure()
{
	cat >nb.conf <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "/dev/sr0" }
pool "db" { drives = { "upper" } $* }
job "nightly" { pool = "db"  tree "files" { path = "$work/tree" } }
END
	chmod 600 nb.conf
}

disc()
{
	"$vdrive" new --type "$2" --capacity "${3:-30000}" "$1.disc"
}

# on DISC STATUS COMMAND...
on()
{
	local disc=$1 want=$2
	shift 2
	timeout 60 "$vdrive" --hurry --disc "$disc.disc" -- \
		"$nightburn" -c nb.conf "$@" >out 2>err </dev/null
	status=$?
	[ $status = "$want" ] && return 0
	echo "nightburn $*: exit status $status, not $want"
	cat out err
	return 1
}

names='discs = { "A", "B" }'
why='the disc can be written only once, but rotation = alternate blanks its discs'
how='hint: use a rewritable disc, or set rotation = append in the pool'

# refused NAME-OF-THE-MEDIUM: the disc X.
refused()
{
	on X 3 plan && says out "$1, pool db" || return 1
	for command in 'run' 'append' 'adopt --as B --volume-id=' 'rotate'; do
		# shellcheck disable=SC2086
		case $command in
		rotate) on X 0 $command ;;
		*) on X 3 $command ;;
		esac && says err "$why: $1, pool db" && says err "$how" ||
			return 1
	done
	"$vdrive" show X.disc | grep -q '^state    blank'
}

# kind TYPE NAME: in the first night, and in one of the next.
kind()
{
	rm -rf state staging ./*.disc
	configure "$names"
	disc X "$1" && refused "$2" || return 1
	[ "$1" = cd-r ] || return 0
	disc A cd-rw && on A 0 run --resume && says out 'on disc A' &&
		refused "$2" && says err 'insert disc B'
}
check "a CD-R in the first night" kind cd-r CD-R
check "a DVD-R in the first night" kind dvd-r 'DVD-R sequential recording'
check "a DVD+R in the first night" kind dvd+r DVD+R
check "a BD-R in the first night" kind bd-r 'BD-R sequential recording'

# What the hint says, literally.
with_the_hint()
{
	configure "$names rotation = append"
	on X 0 run --resume && says out 'on disc A, session 1' &&
		on X 0 check-config
}
check "rotation = append takes it" with_the_hint

# It was written when the pool was filled one by one.
changed_later()
{
	configure "$names"
	on X 2 check-config &&
		says err "pool db: disc A can be written only once, but rotation = \
alternate blanks its discs" &&
		says err 'hint: set rotation = append in the pool'
}
check "check-config finds such a disc of an earlier time" changed_later

finish
