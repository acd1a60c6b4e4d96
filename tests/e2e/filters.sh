#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Dumps of every form go to a disc and back through their filters; the manifest
# says which, whatever the names end in.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

forms="c cz p pz pg d"
start_cluster
make_discs
mkdir "$work/small" "$work/tree"
seq 100000 >"$work/tree/numbers"

# source NAME OPTIONS
source_of()
{
	echo "postgres \"$1\" { database = \"testdb\"  run_as = \"postgres\""
	echo "conninfo = \"host=$PGHOST\"  check = full  $2 }"
}

configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$1"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "DB-A", "DB-B" }  drives = { "upper" } }
job "nightly" {
  pool = "db"
  $(source_of c "format = custom")
  $(source_of cz "format = custom  compress = zstd")
  $(source_of p "format = plain")
  $(source_of pz "format = plain  compress = \"zstd:5\"")
  $(source_of pg "format = plain  compress = gzip")
  $(source_of d "format = directory  jobs = 2")
  tree "packed" { path = "$work/tree"  pack = tar.zst }
}
END
	chmod 600 "$work/nb.conf"
}

createdb testdb
psql -X -q -d testdb -c "create table t as select n, md5(n::text) as sum
	from generate_series(1, 20000) n" -c "create index on t (sum)"

contents()
{
	psql -X -At -d "$1" -c "select count(*), md5(string_agg(sum, ''
		order by n)) from t"
}

# into NAME SOURCE STATUS [ARGUMENTS...]: restores it into a database NAME.
into()
{
	local name=$1 from=$2 status=$3
	shift 3
	nb_is "$status" restore --into "$name" --source "$from" \
		--conninfo "host=$PGHOST" --run-as postgres "$@"
}

same_contents()
{
	[ "$(contents "$1")" = "$(contents testdb)" ]
}

exists()
{
	[ "$(psql -X -At -d postgres -c "select count(*) from pg_database
		where datname = '$1'")" = 1 ]
}

night()
{
	configure "$work/staging"
	nb_is 0 run && nb_is 0 verify
}
check "dumps of all forms, and a packed tree, are burned" night

recorded()
{
	# It stands there twice.
	grep -aF '"path":"' "$work/discs/A" | sort -u >"$work/lines"
	grep -aE 'postgres/(cz.dump.zst|pz.sql.zst)".*"filters":\["zstd"\]' \
		"$work/lines" | grep -caE '"plain_size":[0-9]{6,}' >"$work/n"
	[ "$(cat "$work/n")" = 2 ] &&
		grep -qaE 'pg.sql.gz".*"filters":\["gzip"\]' "$work/lines" &&
		grep -qaE 'packed.tar.zst".*"filters":\["zstd"\]' \
			"$work/lines" &&
		! grep -qaE 'postgres/(c.dump|p.sql|d/.*)".*"filters"' \
			"$work/lines"
}
check "the manifest has what each of them passed" recorded

round_trip()
{
	for form in $forms; do
		into "back_$form" "$form" 0 && says out "restored" &&
			same_contents "back_$form" || return 1
	done
	nb_is 0 restore --to "$work/back" 1 tree && cmp "$work/tree/numbers" \
		"$work/back/tree/packed/numbers"
}
check "each comes back as it was" round_trip

# Nor does a report of what was only on its way there say "restored".
refused()
{
	for form in $forms; do
		into "back_$form" "$form" 3 && [ ! -s "$work/out" ] &&
			says err "back_$form: the database is not empty" ||
			return 1
	done
}
check "none is restored into a database that is not empty" refused

# Only what is not one file needs room.
no_room()
{
	mount -t tmpfs -o size=64k none "$work/small" || return 1
	configure "$work/small"
	for form in c cz p pz pg; do
		into "small_$form" "$form" 0 && same_contents "small_$form" ||
			return 1
	done
	into small_d d 3 && says err "No space left on device" &&
		! exists small_d && [ -z "$(ls "$work/small")" ]
}
check "one that is a stream needs no room on this host" no_room
umount "$work/small" 2>/dev/null
configure "$work/staging"

# patch FROM TO: the same number of bytes, everywhere on the disc.
patch()
{
	python3 - "$work/discs/A" "$work/discs/P" "$1" "$2" <<'END'
import sys
with open(sys.argv[1], "rb") as file:
    disc = file.read()
old, new = (text.encode() for text in sys.argv[3:])
assert old in disc and len(old) == len(new)
with open(sys.argv[2], "wb") as file:
    file.write(disc.replace(old, new))
END
}

# One bit of what is stored, in the middle of the file.
flip()
{
	python3 - "$work/discs/A" "$work/discs/P" "$1" <<'END'
import sys
with open(sys.argv[1], "rb") as file:
    disc = bytearray(file.read())
with open(sys.argv[3], "rb") as file:
    stored = file.read()
at = disc.find(stored)
assert at >= 0 and disc.find(stored, at + 1) < 0
disc[at + len(stored) // 2] ^= 16
with open(sys.argv[2], "wb") as file:
    file.write(disc)
END
}

bit_flip()
{
	nb_is 0 restore --to "$work/stored" 1 postgres || return 1
	for file in c.dump cz.dump.zst p.sql pz.sql.zst pg.sql.gz d/toc.dat; do
		local form=${file%%[./]*}
		flip "$work/stored/postgres/$file" || return 1
		insert P
		into "bad_$form" "$form" 1 || return 1
		says err "postgres/$file: " || return 1
		if exists "bad_$form"; then
			echo "bad_$form was made"
			return 1
		fi
		createdb "bad_$form" && into "bad_$form" "$form" 1 &&
			[ "$(psql -X -At -d "bad_$form" -c "select to_regclass(
				't') is null")" = t ] || return 1
	done
	insert A
}
check "a damaged dump does not touch the database" bit_flip

# Without the key: what is tried here is no manifest of ours any more.
by_device()
{
	local status=$1
	shift
	"$nightburn" restore --device "stdio:$work/discs/P" "$@" \
		>"$work/out" 2>"$work/err"
	[ $? = "$status" ] && return 0
	cat "$work/out" "$work/err"
	return 1
}

into_by_device()
{
	by_device "$1" --into "$2" --source "$3" --conninfo "host=$PGHOST" \
		--run-as postgres
}

renamed()
{
	patch pz.sql.zst pz.sql.txt && into_by_device 0 renamed pz &&
		same_contents renamed || return 1
	by_device 0 --to "$work/renamed" 1 postgres/pz.sql.txt &&
		zstd -dcq "$work/stored/postgres/pz.sql.zst" |
		cmp - "$work/renamed/postgres/pz.sql.txt"
}
check "the ending of a name does not matter" renamed

earlier()
{
	patch '"filters":' '"nothing":' || return 1
	for form in $forms; do
		into_by_device 0 "old_$form" "$form" &&
			same_contents "old_$form" || return 1
	done
	by_device 0 --to "$work/old" && cmp "$work/tree/numbers" \
		"$work/old/tree/packed/numbers" &&
		diff -r "$work/stored/postgres" "$work/old/postgres"
}
check "a disc of an earlier version goes by the endings" earlier

later()
{
	patch '"filters":["zstd"]' '"filters":["zst9"]' &&
		into_by_device 3 later pz &&
		says err 'postgres/pz.sql.zst: written with the filter "zst9",' &&
		says err "hint: read it with a newer nightburn" &&
		! exists later && into_by_device 0 not_later pg &&
		same_contents not_later || return 1
	by_device 1 --to "$work/later" &&
		says err 'packed.tar.zst: written with the filter "zst9",' &&
		[ ! -e "$work/later/postgres/pz.sql.zst" ] &&
		cmp "$work/stored/postgres/pg.sql.gz" \
			"$work/later/postgres/pg.sql.gz" &&
		cmp "$work/stored/postgres/c.dump" \
			"$work/later/postgres/c.dump"
}
check "a filter of a later version is named, the rest is restored" later

finish
