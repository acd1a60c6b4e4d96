#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The nightly job on a recorder, on each kind of medium, by way of vdrive: two
# discs that take turns, the disc left in place, discs that are filled; and
# what other readers make of them.  All media at the same time: most of a night
# is waiting.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
export LC_ALL=C

start_cluster
createdb testdb
psql -X -q -d testdb -c 'create table t as select generate_series(1, 500) n'
tree=$work/tree
mkdir -p "$tree/sub"
head -c 300000 /dev/urandom >"$tree/sub/random"
ln -s sub/random "$tree/link"

# medium ROTATION BLOCKS: a configuration and two blank discs.
medium()
{
	cat >nb.conf <<END
state_dir = "$PWD/state"
staging_dir = "$PWD/staging"
drive "upper" { device = "/dev/sr0" }
pool "db" { discs = { "DB-A", "DB-B" } drives = { "upper" } rotation = $1 }
job "nightly" {
  pool = "db"
  postgres "testdb" { run_as = "postgres"  conninfo = "host=$PGHOST" }
  tree "files" { path = "$tree" }
}
END
	chmod 600 nb.conf
	"$vdrive" new --type "$type" --capacity "$2" A.disc
	"$vdrive" new --type "$type" --capacity "$2" B.disc
}

# on DISC COMMAND...: the disc in the recorder; its commands are in ./trace.
on()
{
	local disc=$1
	shift
	rm -f trace
	timeout 200 "$vdrive" --hurry --drive "${personality-new}" \
		--disc "$disc.disc" --trace trace -- "$@" \
		>out 2>err </dev/null
	status=$?
	return 0
}

nb_on()
{
	local disc=$1
	shift
	on "$disc" "$nightburn" -c nb.conf "$@"
}

# ends STATUS TEXT: the exit status of the last command, and what it printed.
ends()
{
	[ "$status" = "$1" ] && grep -qF -- "$2" out err && return 0
	echo "exit status $status, not $1, or no \"$2\" in:"
	cat out err
	return 1
}

# sent OPERATION TIMES: how often the recorder had this command.
sent()
{
	local times
	times=$(grep -c "\"op\":\"$1\".*\"status\":0" trace)
	[ "$times" = "$2" ] && return 0
	echo "command $1 was sent $times times, not $2"
	return 1
}

night()
{
	nb_on "$1" run && ends 0 "generation $2 on disc DB-$1, session $3"
}

night_without_blank()
{
	night "$@" && sent a1 0
}

# The oldest disc: blanked once where the medium needs that, else overwritten.
night_again()
{
	night "$@" || return 1
	case $type in
	cd-rw | dvd-rw) sent a1 1 ;;
	*) sent a1 0 && sent 04 0 ;;
	esac
}

# extracted FROM...: what xorriso finds there are files as they were.
extracted()
{
	local copy
	rm -rf copies
	timeout 100 xorriso -osirrox on -indev "$@" -extract / copies \
		>xorriso.log 2>&1 || { cat xorriso.log; return 1; }
	find copies -name random >found
	[ -s found ] || return 1
	while read -r copy; do
		cmp "$copy" "$tree/sub/random" || return 1
	done <found
}

# xorriso, from the recorder, and from the disc as one image.
readers_agree()
{
	local start
	start=$("$vdrive" show "$1.disc" | awk '/^session/ { n = $5 }
		END { print n + 0 }')
	export -f extracted
	on "$1" bash -c "tree='$tree'; extracted /dev/sr0"
	[ "$status" = 0 ] || { cat out; return 1; }
	rm -f whole.iso
	"$vdrive" export --disc "$1.disc" whole.iso &&
		extracted stdio:whole.iso -load sbsector "$start"
}

verified()
{
	nb_on "$1" verify && ends 0 "are good"
}

restored()
{
	rm -rf back
	nb_on "$1" restore "$2" --to "$PWD/back" && ends 0 "" &&
		diff -r --no-dereference "$tree" back/tree/files
}

is_blank()
{
	nb_on "$1" disc && ends 0 "blank"
}

blanks()
{
	nb_on "$1" blank && ends 0 "" && is_blank "$1"
}

rewritable()
{
	medium alternate 30000
	check "$type: a new disc is blank" is_blank A
	check "$type: the first night" night_without_blank A 1 1
	check "$type: the second night, the other disc" \
		night_without_blank B 2 1
	check "$type: the third night, the first disc again" night_again A 3 1
	check "$type: the disc left in place gets a session" \
		night_without_blank A 4 2
	check "$type: it is good" verified A
	check "$type: the newest backup comes back" restored A 4
	check "$type: the one before it comes back" restored A 3
	check "$type: other readers agree" readers_agree A
	check "$type: the older disc is made blank by hand" blanks B
}

# A disc that each backup closes is blanked wholly for the next one but one.
closing()
{
	medium "alternate close = true" 30000
	check "$type, closed: the first night" night_without_blank A 1 1
	check "$type, closed: the second night" night_without_blank B 2 1
	check "$type, closed: nothing is appended to it" no_append B
	check "$type, closed: the drive reports its capacity" whole_capacity A
	check "$type, closed: the third night" night_again A 3 1
	check "$type, closed: it is good" verified A
}

no_append()
{
	nb_on "$1" run && ends 3 "" && sent 2a 0
}

whole_capacity()
{
	nb_on "$1" disc && ends 0 "capacity    61.4 MB" && ends 0 closed
}

# A DVD-RW that another program blanked fast takes one session, at once.
blanked_fast()
{
	medium alternate 30000
	on A xorriso -outdev /dev/sr0 -blank force:deformat_quickest
	check "$type: another program blanks it fast" ends 0 ""
	check "$type, blanked fast: the night" night_without_blank A 1 1
	check "$type, blanked fast: the user is told" \
		ends 0 "this disc can hold only one session"
	check "$type, blanked fast: it is good" verified A
}

# Drives of 2003, and behind a cheap bridge.
odd_drive()
{
	medium alternate 30000
	personality=$1
	check "$type, $1 drive: the first night" night_without_blank A 1 1
	check "$type, $1 drive: the second night" night_without_blank B 2 1
	check "$type, $1 drive: the third night" night_again A 3 1
	check "$type, $1 drive: it is good" verified A
}

# Sessions follow until the disc is full, then comes the other one.
write_once()
{
	local generation session=1
	medium append "$1"
	check "$type: the first night" night_without_blank A 1 1
	generation=2
	while :; do
		session=$((session + 1))
		nb_on A run
		[ $status = 0 ] || break
		check "$type: session $session" ends 0 \
			"generation $generation on disc DB-A, session $session"
		generation=$((generation + 1))
	done
	check "$type: a full disc is refused" ends 3 "does not fit"
	check "$type: there was room for two at least" [ $generation -gt 2 ]
	nb_on B run --resume
	check "$type: what waited goes to the next disc" \
		ends 0 "generation $generation on disc DB-B, session 1"
	check "$type: the full disc is good" verified A
	check "$type: the first backup comes back" restored A 1
	check "$type: other readers agree" readers_agree A
}

# A server that works longer than a command of the drive may take; without the
# preloaded library, or --hurry would make the pause short.
slow_server()
{
	medium append 5000
	sed -i 's,"/dev/sr0" },"/dev/sr0"  timeout = 2 },' nb.conf
	mkdir slow
	printf '#!/bin/sh\nenv -u LD_PRELOAD sleep 4\nexec %s "$@"\n' \
		"$bin/pg_restore" >slow/pg_restore
	chmod 755 slow/pg_restore
	for format in custom directory; do
		sed -i "s,\"testdb\" {.*run_as,\"testdb\" { format = $format  run_as," \
			nb.conf
		nb_on A run
		check "$type: a night, $format" ends 0 verified
		on A env "PATH=$PWD/slow:$PATH" "$nightburn" -c nb.conf \
			restore --source testdb --into "slow_$format" \
			--conninfo "host=$PGHOST" --run-as postgres
		check "$type: a restore takes its time, $format" ends 0 restored
	done
}

one()
{
	type=$1
	work=$tap_dir
	case ${2-$type} in
	closing | blanked_fast | slow_server) "$2" ;;
	odd_drive) odd_drive "$3" ;;
	cd-r) write_once 26000 ;;
	bd-r) write_once 1700 ;;
	*) rewritable ;;
	esac
}

at_once 'one cd-rw' 'one dvd-rw' 'one dvd+rw' 'one dvd-ram' 'one bd-re' \
	'one cd-r' 'one bd-r' 'one cd-rw closing' 'one dvd-rw closing' \
	'one dvd-rw blanked_fast' 'one cd-rw odd_drive old' \
	'one cd-rw odd_drive usb-bridge' 'one dvd+rw odd_drive usb-bridge' \
	'one dvd+rw slow_server'
finish
