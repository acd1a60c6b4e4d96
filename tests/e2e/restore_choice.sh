#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which backup a restore takes: the newest good one that the catalog knows, on
# the disc that has it; and nothing older without a word.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir "$work/tree"
configure()
{
	cat >"$work/nb.conf" <<-END
		state_dir = "$work/state"
		staging_dir = "$work/staging"
		drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
		pool "db" {
		  discs = { "HELD-A", "HELD-B" }  drives = { "upper" }
		  rotation = "$1"
		}
		job "nightly" {
		  pool = "db"
		  postgres "app" { run_as = "postgres"  conninfo = "host=$PGHOST" }
		  tree "www" { path = "$work/tree" }
		}
	END
	chmod 600 "$work/nb.conf"
}

# night NUMBER: at two o'clock on that day of November 2026.
night()
{
	echo "$1" >"$work/tree/night"
	psql -X -q -d app -c "update t set n = $1"
	SOURCE_DATE_EPOCH=$(date -u -d "2026-11-$1 02:00" +%s) nb_is 0 run
}

in_db()
{
	[ "$(psql -X -At -d "$1" -c 'select n from t')" = "$2" ]
}

no_db()
{
	! psql -X -At -d "$1" -c 'select 1' 2>/dev/null
}

# says NIGHT: that is in the directory of what was restored.
in_dir()
{
	[ "$(cat "$work/back/tree/www/night")" = "$1" ]
}

# back STATUS ARGUMENTS...
back()
{
	rm -rf "$work/back"
	nb_is "$1" restore --to "$work/back" "${@:2}"
}

createdb app
psql -X -q -d app -c 'create table t as select 0 n'
configure alternate
two_nights()
{
	night 11 && insert B && night 12 && insert A
}
check "a night on each disc" two_nights

older_disc()
{
	nb_is 3 restore --into new --run-as postgres && no_db new &&
		says err "generation 2 (2026-11-12 02:00 UTC) is on HELD-B" &&
		says err "hint: insert it, or name generation 1, or use --this-disc" &&
		back 3 && [ ! -e "$work/back" ] && nb_is 3 restore --json \
		--to "$work/back"
}
check "the older disc is in: nothing is restored, and the newer one is named" \
	older_disc

list_older()
{
	nb_is 0 restore --list && says out "generation 1" &&
		says err "generation 2 (2026-11-12 02:00 UTC), which is newer, \
is on HELD-B" && says err "hint: insert HELD-B to list that" &&
		for one in 1 --this-disc "--at 2026-11-11"; do
			# shellcheck disable=SC2086
			nb_is 0 restore --list $one && ! grep newer "$work/err" ||
				return 1
		done
}
check "a list of it says where a newer one is" list_older

on_purpose()
{
	back 0 1 && in_dir 11 && back 0 --this-disc && in_dir 11 &&
		nb_is 0 restore --into new1 --run-as postgres --this-disc &&
		in_db new1 11
}
check "the older one is restored when it is asked for" on_purpose

wrong_disc()
{
	back 3 2 && [ ! -e "$work/back" ] &&
		says err "generation 2 (2026-11-12 02:00 UTC) is on HELD-B, not on HELD-A" &&
		says err "hint: insert HELD-B" &&
		back 1 7 && says err "backup 7 is not on disc HELD-A"
}
check "a backup on the other disc is asked for: it is named" wrong_disc

by_date()
{
	back 0 --at 2026-11-11 && in_dir 11 &&
		back 0 --at "2026-11-12 01:59" && in_dir 11 &&
		back 3 --at "2026-11-12 02:00" &&
		says err "is on HELD-B" && says err "hint: insert HELD-B" &&
		! grep -- --this-disc "$work/err" &&
		back 1 --at 2026-11-10 &&
		back 2 --at tomorrow &&
		says err "--at tomorrow: expected a date" &&
		back 2 --at 2026-11-11 1 &&
		says err "a backup and a date are named"
}
check "the newest that is not after a date" by_date

newest_disc()
{
	insert B
	back 0 && in_dir 12 && nb_is 0 restore --into new2 \
		--run-as postgres && in_db new2 12 &&
		back 3 1 && says err "is on HELD-A, not on HELD-B"
}
check "with the newest disc in, it is that" newest_disc

empty_drive()
{
	rm "$work/drive"
	back 3 && says err "no disc" &&
		says err "hint: insert HELD-B, which has generation 2"
}
check "with no disc in, the newest one is asked for" empty_drive

no_catalog()
{
	insert A
	"$nightburn" -c "$work/none.conf" restore --device \
		"stdio:$work/discs/A" --to "$work/back" >"$work/out" 2>&1 &&
		in_dir 11 && mv "$work/state" "$work/kept" &&
		back 0 && in_dir 11 && mv "$work/kept" "$work/state"
}
check "without a catalog, it is the newest on the disc" no_catalog

# The catalog is a copy from before the night that is on the disc in the drive.
old_catalog()
{
	cp -a "$work/state" "$work/kept" && night 13 &&
		cp "$work/state/key" "$work/kept/key" &&
		mv "$work/state" "$work/later" && mv "$work/kept" "$work/state" &&
		back 0 && in_dir 13 && rm -rf "$work/state" &&
		mv "$work/later" "$work/state"
}
check "a disc that is newer than the catalog is believed" old_catalog

# ---- the newest session is bad ----

# spoil: no copy of the newest manifest on disc A can be parsed.
spoil()
{
	python3 - "$work/discs/A" <<-'END'
	import re, sys
	path = sys.argv[1]
	disc = bytearray(open(path, "rb").read())
	mark = b'{"nightburn_manifest"'
	found = [m.start() for m in re.finditer(re.escape(mark), disc)]
	ids = [re.search(rb'"backup_id": ?"([^"]*)"', disc[at:at + 4096]).group(1)
	       for at in found]
	for at, id in zip(found, ids):
	    if id == max(ids):
	        disc[at] = ord("X")
	open(path, "wb").write(disc)
	END
}

two_sessions()
{
	rm -rf "$work/state" "$work/staging"
	make_discs && configure append && night 14 && night 15 &&
		says out "session 2" && spoil
}
check "two nights on one disc, the newer one is damaged" two_sessions

files_back()
{
	back 3 && in_dir 14 &&
		says err "generation 1 (2026-11-14 02:00 UTC) was restored, because generation 2 (2026-11-15 02:00 UTC) cannot be read" &&
		says out "an OLDER backup" &&
		back 3 --json && says out '"older": true' &&
		back 0 --allow-older && in_dir 14 &&
		says out "an OLDER backup" &&
		back 0 --allow-older --json && says out '"older": true' &&
		! grep -q "was restored, because" "$work/err" &&
		back 0 1 && in_dir 14 && back 1 2
}
check "files of the older one are delivered with status 3" files_back

database_back()
{
	nb_is 3 restore --into old --run-as postgres && no_db old &&
		says err "generation 2 (2026-11-15 02:00 UTC) cannot be read; nothing was restored" &&
		says err "hint: --allow-older restores generation 1 (2026-11-14 02:00 UTC) instead" &&
		nb_is 0 restore --into old --run-as postgres --allow-older &&
		in_db old 14 && says out "an OLDER backup"
}
check "a database gets nothing of the older one, unless that is allowed" \
	database_back

disc_alone()
{
	rm -rf "$work/back"
	"$nightburn" -c "$work/none.conf" restore --device \
		"stdio:$work/discs/A" --to "$work/back" >"$work/out" \
		2>"$work/err"
	[ $? = 3 ] && in_dir 14 &&
		says err "was restored, because the newest session cannot be read"
}
check "the same without a catalog" disc_alone

# ---- a backup with a lower number was made later ----

clock_went_back()
{
	rm -rf "$work/state" "$work/staging"
	make_discs && configure alternate && night 20 && insert B && night 18
}
check "a clock that went back makes the newer backup the older one" \
	clock_went_back

by_number()
{
	local later="generation 2 (2026-11-18 02:00 UTC), which has the highest \
number, but generation 1 (2026-11-20 02:00 UTC) was made later"

	back 3 && in_dir 18 && says err "this is $later" &&
		says err "hint: name the one that is meant: 1 or 2" &&
		back 0 2 && in_dir 18 && back 0 --allow-older && in_dir 18 &&
		back 0 --this-disc && in_dir 18 && back 0 --at 2026-11-18 &&
		in_dir 18 && insert A && back 0 1 && in_dir 20 && insert B
}
check "that one is restored with status 3, and both are named" by_number

database_by_number()
{
	nb_is 3 restore --into later --run-as postgres && no_db later &&
		says err "generation 2 (2026-11-18 02:00 UTC) has the highest \
number, but generation 1 (2026-11-20 02:00 UTC), on HELD-A, was made later; \
nothing was restored" &&
		says err "hint: name the one that is meant: 1 or 2" &&
		nb_is 0 restore --into later --run-as postgres 2 &&
		in_db later 18
}
check "a database is not loaded before one is named" database_by_number

finish
