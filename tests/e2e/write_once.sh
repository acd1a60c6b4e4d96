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

# A fresh disc that is too small for what the last night had is told by plan,
# and refused when the size is known; one that is large enough is not told.
too_small()
{
	configure "$names rotation = append"
	head -c 3000000 /dev/urandom >tree/large
	on X 0 run && disc S cd-r 1000 && on S 0 plan &&
		says out 'plan    fresh' &&
		says out 'size    3.3 MB of 2.0 MB, if it is like the last' &&
		says err 'B: the last backup had 3.3 MB, and the disc takes 2.0 \
MB: one of that size will not fit' &&
		says err 'hint: insert a larger disc, or exclude something' &&
		on S 3 run && says err 'does not fit on a disc of this kind' &&
		disc L cd-r && on L 0 plan && says out 'plan    fresh' &&
		! grep 'will not fit' err && on L 0 run --resume &&
		says out 'on disc B, session 1'
}
check "plan tells a fresh disc that is too small" too_small

# A disc that will be blanked is told, too, and one that is appended to.
too_small_again()
{
	rm -rf state staging ./*.disc
	configure "$names"
	disc S cd-rw 3000 && disc L cd-rw && mv tree/large . &&
		on S 0 run && on L 0 run && mv large tree/ &&
		head -c 3000000 /dev/urandom >tree/more || return 1
	on L 0 run && says out 'session 2' && on S 0 plan &&
		says out 'plan    blank-then-fresh' &&
		says err 'A: the last backup had 6.3 MB, and the disc takes 6.1 \
MB: one of that size will not fit' &&
		on S 3 run && says err 'does not fit on a disc of this kind' &&
		on S 0 verify
}
check "plan tells a disc that was left or is due, too" too_small_again

# ---- discs = auto: new discs get the next name ----

named='discs = auto  disc_names = "DB-##"  rotation = append'

# filled DISC: nights until it is full; the last one waits.
filled()
{
	local n
	for n in 1 2 3 4 5 6; do
		head -c 1000000 /dev/urandom >tree/large
		on "$1" 0 run || break
	done
	[ $status = 3 ] && [ "$n" -gt 1 ]
}

# A full disc, and a new one: plan, rotate and list name it alike.
next_name()
{
	rm -rf state staging tree/more ./*.disc
	configure "$named"
	disc X cd-r 6000 && disc Y dvd+r &&
		on X 0 check-config && on X 0 plan && says out 'disc    DB-01' &&
		filled X && says err 'insert a blank disc, which becomes DB-02' &&
		on X 3 plan && says out 'wanted  DB-02' &&
		says out 'insert a blank disc, which becomes DB-02' &&
		on X 0 rotate &&
		says err 'insert a blank disc, which becomes DB-02' &&
		on Y 0 plan && says out 'disc    DB-02' &&
		on Y 0 rotate && on Y 0 run --resume &&
		says out 'on disc DB-02, session 1' &&
		says err 'the blank disc is now DB-02: write that on it' &&
		on Y 0 run && says out 'on disc DB-02, session 2' &&
		on Y 0 list && says out 'DB-01' && says out 'DB-02' &&
		! grep DB-03 out
}
check "discs = auto: a full disc is followed by the next name" next_name

# The full one again, and a catalog that is lost: names are not used twice.
again()
{
	on X 3 plan && says out 'insert disc DB-02' && on X 0 verify || return 1
	mv state/catalog.db lost && rm -f state/catalog.db-*
	disc Z cd-r && on Z 3 run && on Y 3 plan &&
		says out 'catalog rebuild' && on Y 0 catalog rebuild &&
		says err 'not read yet: DB-03 (if there is one)' && on X 0 catalog rebuild &&
		on X 0 catalog rebuild --finish && on Z 0 plan &&
		says out 'disc    DB-03' && on X 0 verify && on Y 0 run
}
check "the names are found again on the discs" again

# A state directory that knows no disc: the name in the label is one of the pool.
unknown()
{
	cp -r state kept && rm state/catalog.db* state/mark* &&
		on Y 3 plan && says out 'run nightburn catalog rebuild'
	status=$?
	rm -rf state && mv kept state
	return $status
}
check "a disc with such a name is no stranger" unknown

# A disc that is to be used again gets the next name, and no name that was.
taken_over()
{
	disc W cd-rw && "$vdrive" --hurry --disc W.disc -- wodim \
		dev=/dev/sr0 -data tree/large >out 2>&1 &&
		on W 3 plan && on W 2 adopt --as DB-01 --volume-id= &&
		says err 'hint: give the name DB-03' &&
		on W 0 adopt --as DB-03 --volume-id= && on W 0 run &&
		says out 'on disc DB-03, session 1' && on Z 0 plan &&
		says out 'disc    DB-04'
}
check "adopt gives the next name, too" taken_over

# One backup on each disc; a run that dies gives its name to no other disc.
one_each()
{
	rm -rf state staging ./*.disc
	configure discs = auto rotation = fresh
	disc A bd-r && disc B bd-r && disc C bd-r && disc D bd-r &&
		on A 0 run && says out 'on disc db-001' &&
		on A 3 run && says err 'insert a blank disc, which becomes db-002' &&
		on B 0 run --resume && says out 'on disc db-002' || return 1
	echo 'when write nth 21 then sense 3/0c/00' >rules
	timeout 60 "$vdrive" --hurry --disc C.disc --faults rules -- \
		"$nightburn" -c nb.conf run >out 2>err
	[ $? = 4 ] && on D 0 plan && says out 'disc    db-004' &&
		on D 0 run && says out 'on disc db-004'
}
check "one backup on each disc" one_each

finish
