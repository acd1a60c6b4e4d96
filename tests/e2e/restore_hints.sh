#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a restore says that cannot give what was asked for: which backup instead,
# which disc, which command.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -p "$work/tree/sub"
echo page >"$work/tree/index.php"
echo deep >"$work/tree/sub/deep.txt"
ln -s index.php "$work/tree/link"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" {
  discs = { "DB-A", "DB-B" }  drives = { "upper" }  rotation = "append"
}
job "nightly" {
  pool = "db"
  postgres "app" { run_as = "postgres"  conninfo = "host=$PGHOST" }
  tree "www" { path = "$work/tree" }
}
END
chmod 600 "$work/nb.conf"
createdb app
# Larger than the block by which spoil.py finds it.
psql -X -q -d app -c 'create table t as select 0 n; create table filling as
	select md5(i::text) from generate_series(1, 500) i;
	create role one; create role two;
	grant create on database app to one, two'

# night DAY: at two o'clock on that day of November 2026.
night()
{
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

# spoil GENERATION...: the dumps of these backups, on the disc in the drive.
spoil()
{
	local generation
	for generation in "$@"; do
		rm -rf "$work/dump"
		nb_is 0 restore --to "$work/dump" "$generation" --source app &&
			python3 "$src/tests/e2e/spoil.py" "$work/drive" \
				"$work/dump/postgres/app.dump" || return 1
	done
}

into()
{
	nb_is "$1" restore --run-as postgres --into "${@:2}"
}

# ---- the newest backup is damaged ----

three_nights()
{
	night 11 && night 12 && night 13 && says out "session 3" &&
		cp "$work/discs/A" "$work/good" && nb_is 0 list &&
		says out "DB-A (good), checked 2026-11-13" && spoil 3
}
check "three nights on one disc, the newest dump is damaged" three_nights

newest=$(date -u -d 2026-11-13 "+generation 3 (%F 02:00 UTC)")
before=$(date -u -d 2026-11-12 "+generation 2 (%F 02:00 UTC)")

names_older()
{
	into 1 new && no_db new && says err "SHA-256 differs" &&
		says err "DB-A: $newest is damaged" && says err \
		"hint: --allow-older restores the one before it, $before" &&
		into 1 new 3 && says err "hint: name 2 to restore $before" &&
		nb_is 1 restore --to "$work/to" && says err \
		"hint: name 2 to restore $before" &&
		nb_is 1 restore --stdout --source app && says err \
		"hint: name 2 to restore $before"
}
check "the backup before it is named" names_older

allowed()
{
	into 0 older --allow-older && in_db older 12 &&
		says err "DB-A: $newest is damaged; $before is restored instead" &&
		into 1 no 3 --allow-older && no_db no
}
check "--allow-older restores it" allowed

today=$(date -u +%F)
found="was found damaged on $today (1 file)"

# After that, the newest is the newest that is not known to be damaged.
recorded()
{
	nb_is 1 verify &&
		[ "$(grep -c "SHA-256 differs" "$work/err")" = 1 ] &&
		says err "session 3 has bad files; reading session 2 of DB-A as well" &&
		nb_is 0 list && says out "DB-A (suspect), DAMAGED, 1 file, \
found $today" && says out "DB-A (suspect), checked $today" &&
		nb_is 0 show 3 && says out "DAMAGED, 1 file, found $today" &&
		nb_is 0 list --json && says out '"check": "damaged", "bad": 1' &&
		says out '"check": "good", "bad": 0'
}
check "verify records which backup is damaged" recorded

passed_over()
{
	into 3 new && no_db new &&
		says err "$newest $found; nothing was restored" && says err \
		"hint: --allow-older restores $before instead" && says err \
		"hint: name 3 to try that one anyway" &&
		into 0 second --allow-older && in_db second 12 && says err \
		"$newest $found; $before is taken instead" &&
		nb_is 3 restore --to "$work/older" && says out "OLDER" &&
		says err "$before was restored, because $newest $found" &&
		says err "hint: name 3 to try that one anyway" &&
		nb_is 3 restore --stdout --source app && [ ! -s "$work/out" ] &&
		nb_is 0 restore --allow-older --to "$work/older2" &&
		into 0 third 2 && ! grep damaged "$work/err"
}
check "restore passes over it, and says so" passed_over

# asked_for ARGUMENTS...: the newest is tried, and found to be damaged.
asked_for()
{
	nb_is 1 "$@" && says err "SHA-256 differs"
}
check "by its number it is tried" asked_for restore --run-as postgres \
	--into no 3
check "as the newest on this disc as well" asked_for restore \
	--run-as postgres --into no --this-disc
check "and a drill without a backup tries it" asked_for drill

# Without the catalog the labels tell what the newest session was.
unknown()
{
	"$nightburn" verify --device "stdio:$work/discs/A" \
		>"$work/out" 2>"$work/err"
	[ $? = 3 ] && says err "DB-A: session 3 is not good: generation 3 is \
damaged, generation 2 is good, generation 1 is good"
}
check "verify without the catalog calls no disc good whose newest is not" \
	unknown

elsewhere()
{
	insert B
	night 14 && into 0 newest && in_db newest 14 && ! grep damaged \
		"$work/err" && insert A
}
check "on another disc there is a newer one" elsewhere

# A disc that is good again, as after the drive was cleaned.
repaired()
{
	cp "$work/good" "$work/discs/A" && nb_is 0 verify &&
		says err "a drill failed: the disc stays suspect" &&
		nb_is 0 list && ! grep DAMAGED "$work/out" &&
		nb_is 0 drill --this-disc && nb_is 0 restore --to "$work/again" 3
}
check "a later verify that finds it good clears it" repaired

# Only SHA256SUMS is damaged: the first of its paths.
only_sums()
{
	rm -rf "$work/sums" && mkdir "$work/sums" &&
		xorriso -osirrox on -indev "stdio:$work/discs/A" -extract \
			/SHA256SUMS "$work/sums/SHA256SUMS" >"$work/log" 2>&1 &&
		python3 "$src/tests/e2e/spoil.py" "$work/discs/A" \
			"$work/sums/SHA256SUMS" || return 1
	nb_is 1 verify && says err "not listed in SHA256SUMS" &&
		nb_is 0 list && ! grep DAMAGED "$work/out" &&
		says out "suspect" && nb_is 0 restore --to "$work/sound" 3 &&
		cp "$work/good" "$work/discs/A" && nb_is 0 verify
}
check "a damaged SHA256SUMS makes no backup damaged" only_sums

# ---- the backup is not there ----

not_there()
{
	nb_is 1 restore --to "$work/x" 41 && says err "backup 41 is not on disc \
DB-A, nor in the catalog" && says err "hint: nightburn list shows the backups" &&
		nb_is 1 restore --to "$work/x" --at 2026-11-01 && says err \
		"no backup on disc DB-A is as old as 2026-11-01 23:59:59 UTC" &&
		says err "hint: nightburn list shows the backups"
}
check "a backup that does not exist is not looked for on other discs" not_there

path_first()
{
	local hint="a path follows the backup:"
	nb_is 1 restore --to "$work/x" tree/www/sub &&
		says err "hint: $hint" || return 1
	# shellcheck disable=SC2046
	nb_is 0 restore --to "$work/x" $(sed -n "s/^hint: $hint //p" \
		"$work/err") && [ -e "$work/x/tree/www/sub/deep.txt" ] &&
		nb_is 1 restore --stdout index.html && says err "index.html is \
no backup, nor a path in one of this disc" &&
		nb_is 0 restore --list --path '*'
}
check "a path in the place of the backup" path_first

twice()
{
	nb_is 0 restore --to "$work/y" 2 tree/www/link &&
		nb_is 3 restore --to "$work/y" 2 tree/www/link &&
		says err "tree/www/link: already exists" && says err "hint: \
restore into an empty directory, or use --force" &&
		nb_is 0 restore --force --to "$work/y" 2 tree/www/link
}
check "a link that exists" twice

other_disc()
{
	insert B
	nb_is 3 restore --list 2 && says err "$before is on DB-A, not on DB-B" &&
		says err "hint: insert DB-A" && insert A
}
check "a backup on another disc is named, by --list too" other_disc

no_catalog()
{
	mv "$work/state" "$work/away" && nb_is 1 list
	status=$?
	mv "$work/away" "$work/state" && [ $status = 0 ] && says err "hint: the \
first backup creates it; from discs that exist, nightburn catalog rebuild"
}
check "list without a catalog names how to make one" no_catalog

# ---- there is no configuration ----

no_configuration()
{
	local command
	for command in 'restore --list' 'restore --to x' verify disc drill; do
		# shellcheck disable=SC2086
		"$nightburn" -c "$work/none.conf" $command \
			>"$work/out" 2>"$work/err"
		[ $? = 2 ] && says err "$work/none.conf: cannot open" && says \
			err "hint: without a configuration, name the drive: \
--device /dev/sr0 or --device stdio:FILE" || return 1
	done
	"$nightburn" -c "$work/none.conf" restore --list --device \
		"stdio:$work/discs/A" >"$work/out" 2>"$work/err" &&
		"$nightburn" -c "$work/none.conf" plan >"$work/out" 2>"$work/err"
	! grep -q -- --device "$work/err"
}
check "without a configuration, --device is named where it helps" \
	no_configuration

# ---- restore.sh ----

differences()
{
	mkdir "$work/disc" && xorriso -indev "stdio:$work/drive" -osirrox on \
		-extract / "$work/disc" >/dev/null 2>&1 || return 1
	chmod -R u+w "$work/disc" && psql -X -q -d postgres -c 'drop database app' \
		-c 'drop database older' -c 'drop database second' \
		-c 'drop database third' -c 'drop database newest' \
		-c 'drop role one' -c 'drop role two' &&
		chmod -R a+rX "$work/disc" || return 1
	(cd "$work/disc" && sh restore.sh --no-check \
		--backup "$(cd "$work/disc" && ls -d 20261112*)" app) \
		>"$work/out" 2>"$work/err"
	status=$?
	cat "$work/out" "$work/err"
	[ "$status" = 1 ] && ! grep -F '?' "$work/err" &&
		[ "$(grep -c '^restore.sh: app: .* but its ' "$work/err")" -gt 1 ]
}
check "restore.sh prints each difference on its own line" differences

finish
