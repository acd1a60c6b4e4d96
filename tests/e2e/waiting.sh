#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A backup waits in staging because its disc was not there.  One waits at a
# time, and it never keeps a later night from its disc.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# configure: staging is $work/staging, perhaps a small file system.
configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/${state-state}"
staging_dir = "$work/staging"
drive "burner" { device = "stdio:$work/drive"  capacity = 200M }
pool "${pool-db}" { discs = { ${discs-"DB-A", "DB-B"} }  drives = { "burner" } }
job "nightly" { pool = "${pool-db}"  ${sources-$all} }
END
	chmod 600 "$work/nb.conf"
}

start_cluster
all='postgres "main" { all = true  compress = "none" }'

# A database of about 6 MB, as a dump that is not compressed.
database()
{
	dropdb --if-exists shop 2>/dev/null && createdb shop && psql -X -q -d shop -c "
		create table t as select n, repeat(md5(n::text), 20) as x
			from generate_series(1, 9000) as n"
}

fresh()
{
	rm -rf "$work"/{state,staging,discs,back}
	make_discs
	configure
}

waiting() { find "$work/staging" -mindepth 1 -maxdepth 1 | wc -l; }

# A disc that is not of the pool.
stranger()
{
	[ -e "$work/discs/X" ] || xorriso -outdev "stdio:$work/discs/X" \
		-volid HOLIDAYS -map "$src/tests/e2e/lib.sh" /lib.sh \
		>/dev/null 2>&1
	insert X
}

night() { insert "$1" && shift && nb_is "$@"; }

one_waits()
{
	fresh
	night A 0 run || return 1
	stranger
	nb_is 3 run && [ "$(waiting)" = 1 ] || return 1
	nb_is 0 list && says out "wait  " &&
		says out "nightburn run -j nightly --resume" &&
		nb_is 0 list --json && says out '"waiting": [' &&
		says out '"files": 6}],' || return 1
	nb_is 3 run && nb_is 3 run && [ "$(waiting)" = 1 ] || return 1
	night B 0 run && [ "$(waiting)" = 0 ] && nb_is 0 list &&
		! grep -q "^wait" "$work/out"
}
database || exit 1
check "nights without their disc keep one backup, and list shows it" one_waits

resumed()
{
	stranger
	nb_is 3 append && says err "hint: nightburn append --resume burns it \
when disc DB-A is in the drive" && nb_is 3 run && says err "hint: nightburn \
run --resume burns it when disc DB-A is in the drive" &&
		night A 0 run --resume && [ "$(waiting)" = 0 ]
}
check "run --resume burns it" resumed

# One byte is another, or the last one is missing.
damaged()
{
	local change file before
	fresh
	night A 0 run && night B 0 run || return 1
	for change in "dd bs=1 seek=100 conv=notrunc" "truncate -s -1"; do
		stranger
		nb_is 3 run || return 1
		file=$(find "$work/staging" -name "*.damaged" -prune -o \
			-type f -size +9k -print | head -n 1)
		printf X | case $change in
		dd*) $change of="$file" 2>"$work/dd" ;;
		*) $change "$file" ;;
		esac || return 1
		before=$(cat "$work/discs/A" | sha256sum)
		night A 1 run --resume &&
			says err "$file: damaged since it was dumped; nothing is" &&
			says err "hint: nightburn run makes a new one; remove" &&
			[ "$(cat "$work/discs/A" | sha256sum)" = "$before" ] &&
			[ -d "$(dirname "$(dirname "$file")").damaged" ] &&
			nb_is 1 run --resume && says err "no backup of job" &&
			nb_is 0 list && ! grep -E "^wait|suspect" "$work/out" ||
			return 1
	done
	night A 0 run && [ "$(waiting)" = 2 ]
}
check "what was damaged since is not burned, and blanks nothing" damaged

more_is_kept()
{
	fresh
	stranger
	nb_is 3 run || return 1
	dropdb shop
	nb_is 3 run && says err "is kept: it has something that this backup lacks" &&
		[ "$(waiting)" = 2 ] || return 1
	nb_is 3 run && [ "$(waiting)" = 2 ]
	local good=$?
	database
	return $good
}
check "one that has more than a newer one is kept" more_is_kept

# What waits has 400 files, of which the burned backup has 40.
packed='tree "www" { path = "'$work'/tree"  pack = "tar.zst" }'
files() { for i in $(seq "$@"); do echo "$i" >"$work/tree/file$i"; done; }
more_waits()
{
	rm -rf "$work/tree"
	mkdir "$work/tree"
	sources=$packed fresh
	files 40
	night A 0 run && night B 0 run || return 1
	files 41 400
	rm "$work/drive"
	nb_is 3 run && [ "$(waiting)" = 1 ] || return 1
	rm -f "$work"/tree/file???
}

not_forgotten()
{
	more_waits || return 1
	for disc in A B; do
		night $disc 3 --quiet run && [ "$(waiting)" = 1 ] &&
			says err "still waits: it has something that" &&
			says out "1 backup WAITING for a disc" || return 1
	done
	night A 0 run --resume && [ "$(waiting)" = 0 ] || return 1
	rm -rf "$work/back"
	nb_is 0 restore 5 --to "$work/back" &&
		[ "$(find "$work/back" -name 'file*' | wc -l)" = 400 ]
}
check "it outlives the newer one, which is burned, until it is, too" \
	not_forgotten

given_up()
{
	more_waits || return 1
	night A 3 run && [ "$(waiting)" = 1 ] &&
		night B 0 run --accept-shrink && [ "$(waiting)" = 0 ]
}
check "or until somebody says that it is not needed" given_up

# A tree that is not packed is read when it is burned: nothing of it waits.
in_place()
{
	packed='tree "www" { path = "'$work'/tree" }' more_waits || return 1
	night A 0 run && [ "$(waiting)" = 0 ]
}
check "of a tree that is read when it is burned, nothing waits" in_place

dump_waits()
{
	fresh
	psql -X -q -d shop -c "delete from t where n > 10"
	night A 0 run && night B 0 run || return 1
	database
	stranger
	nb_is 3 run || return 1
	psql -X -q -d shop -c "delete from t where n > 10"
	night A 3 run && [ "$(waiting)" = 1 ] &&
		says err "still waits: it has something that" || return 1
	database
	night B 0 run && [ "$(waiting)" = 0 ]
}
check "the same with the dump of a database" dump_waits

# ---- one staging directory, several who use it ----

# beside SETTING MESSAGE: with that, configure makes the second one.
beside()
{
	more_waits || return 1
	local id sources discs state=state pool=db
	id=$(ls "$work/staging")
	: >"$work/discs/C"
	discs='"C"'
	sources=$packed
	eval "$1"
	configure
	night C 0 run && says err "$2" && [ "$(ls "$work/staging")" = "$id" ] &&
		night C 1 run --resume && says err "no backup of job nightly" &&
		rm "$work/drive" && nb_is 3 run && [ "$(waiting)" = 2 ] &&
		night C 0 run && [ "$(ls "$work/staging")" = "$id" ] || return 1
	[ $state = state ] || { nb_is 0 list && ! grep "^wait" "$work/out"; } ||
		return 1
	discs='"DB-A", "DB-B"' state=state pool=db configure
	night A 0 run --resume && [ "$(waiting)" = 0 ] && nb_is 0 list &&
		says out " 3  "
}
other_pool() { beside pool=other "waits here for pool db, and stays"; }
check "a job of the same name in another pool leaves it alone" other_pool
other_machine()
{
	beside state=state2 "waits here for another installation"
}
check "so does another installation" other_machine

# It waits for a job that has another name now.
renamed()
{
	fresh
	stranger
	nb_is 3 run && [ "$(waiting)" = 1 ] || return 1
	sed -i 's/job "nightly"/job "daily"/' "$work/nb.conf"
	nb_is 0 list && says out "nightburn run -j daily --resume" &&
		night A 0 run -j daily --resume && [ "$(waiting)" = 0 ]
}
check "what waits for a job that was renamed is burned by it" renamed

no_recorder()
{
	fresh
	rm "$work/drive"
	ln -s /nonexistent/recorder "$work/drive"
	nb_is 3 run && [ "$(waiting)" = 1 ] &&
		says err "nightburn run --resume burns it" || return 1
	night A 0 run --resume && [ "$(waiting)" = 0 ]
}
check "a missing recorder is no reason to have no dump" no_recorder

# ---- staging that has room for one ----

small()
{
	fresh
	mkdir -p "$work/staging" && mount -t tmpfs -o size=16m,mode=711 \
		none "$work/staging"
}

burned_first()
{
	small || return 1
	stranger
	nb_is 3 run && [ "$(waiting)" = 1 ] || return 1
	night A 0 run && says err "which waits here, is burned first" &&
		[ "$(waiting)" = 0 ] && nb_is 0 list &&
		[ "$(grep -c 'DB-A (good)' "$work/out")" = 2 ]
}

# One night with the clock ahead: what is on A is not newer.
ahead()
{
	umount "$work/staging"
	small && SOURCE_DATE_EPOCH=4000000000 night A 0 run || return 1
	stranger
	nb_is 3 run && [ "$(waiting)" = 1 ] || return 1
	night B 0 run && says err "which waits here, is burned first" &&
		nb_is 0 list && [ "$(grep -c 'DB-B (good)' "$work/out")" = 2 ]
}

removed()
{
	# A newer one is on a good disc, and the old one came back.
	stranger
	nb_is 3 run || return 1
	cp -a "$work/staging" "$work/kept"
	night B 0 run && cp -a "$work/kept/." "$work/staging" &&
		rm -rf "$work/kept" || return 1
	# Both were made in one second at times.
	night A 0 run && grep -q "is removed: generation [34] on DB-B is newer" \
		"$work/err"
}

refused()
{
	umount "$work/staging"
	small || return 1
	stranger
	nb_is 3 run || return 1
	nb_is 3 run && says err "which waits here, is burned first" &&
		[ "$(waiting)" = 1 ] && night A 0 run --resume
}

# A newer one is on a good disc, but lacks what this one has.
lacks()
{
	umount "$work/staging"
	dropdb shop
	small || return 1
	night A 0 run && night B 0 run && database || return 1
	stranger
	nb_is 3 run && cp -a "$work/staging" "$work/kept" &&
		rm -rf "$work"/staging/* || return 1
	dropdb shop
	night A 0 run && database && cp -a "$work/kept/." "$work/staging" &&
		rm -rf "$work/kept" || return 1
	night B 0 run && says err "which waits here, is burned first"
}

if [ "$(id -u)" = 0 ]; then
	check "without room for two, what waits is burned first" burned_first
	check "or removed, if a disc has a newer one" removed
	check "without the disc for it, it waits on" refused
	check "nor is what has a date of the future newer" ahead
	check "nor is it removed if a newer one lacks something" lacks
	umount "$work/staging"
fi

finish
