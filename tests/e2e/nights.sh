#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nights with a real PostgreSQL server and two discs that are files.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -p "$work/tree/sub/empty"
echo content >"$work/tree/file"
ln "$work/tree/file" "$work/tree/sub/linked"
ln -s ../file "$work/tree/sub/symbolic"
printf 'odd\n' >"$work/tree/"$'a name\nof two lines'
: >"$work/tree/nothing"
chmod 4751 "$work/tree/file"
chown 1234:4321 "$work/tree/nothing"
echo junk >"$work/tree/cache.log"
touch "$work/pg_restore.log"
chmod 666 "$work/pg_restore.log"
cat >"$work/pg_restore" <<END
#!/bin/sh
echo "\$*" >>"$work/pg_restore.log"
exec "$bin/pg_restore" "\$@"
END
chmod 755 "$work/pg_restore"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "DB-A", "DB-B" }  drives = { "upper" } }
job "nightly" {
  pool = "db"
  postgres "testdb" {
    run_as = "postgres"  conninfo = "host=$PGHOST"
    pg_restore = "$work/pg_restore"
  }
  postgres "globals" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  globals_only = true
  }
  tree "files" { path = "$work/tree"  exclude = { "*.log" } }
}
END
chmod 600 "$work/nb.conf"

rows()
{
	[ "$(psql -X -At -d "$1" -c 'select sum(n) from t')" = "$2" ]
}

set_rows()
{
	psql -X -q -d testdb -c "drop table if exists t" \
		-c "create table t as select generate_series(1, $1) n"
}

createdb testdb
psql -X -q -d testdb -c 'create table t (n int)'
set_rows 10

plan_blank()
{
	nb_is 0 plan && says out "plan    fresh, because the disc is blank" &&
		[ ! -e "$work/state" ]
}
check "a plan for a blank disc touches nothing" plan_blank

dry()
{
	nb_is 0 run --dry-run && [ ! -s "$work/discs/A" ] &&
		[ ! -e "$work/staging" ]
}
check "a dry run writes nothing" dry

msinfo_blank()
{
	nb_is 0 msinfo && [ "$(cat "$work/out")" = 0,0 ] &&
		[ "$(cat "$work/err")" = "blank: start a fresh session" ]
}
check "msinfo of a blank disc is 0,0 with exit status 0" msinfo_blank

first_night()
{
	nb_is 0 run && says out "generation 1 on disc DB-A, session 1" &&
		says out "verified" && [ -s "$work/discs/A" ] &&
		[ ! -s "$work/discs/B" ]
}
check "the first night is burned and verified" first_night

staging_empty()
{
	[ -z "$(ls "$work/staging")" ]
}
check "staging is empty after a verified night" staging_empty

second_night()
{
	insert B
	set_rows 20
	nb_is 0 run && says out "generation 2 on disc DB-B, session 1"
}
check "the second night goes to the other disc" second_night

third_night()
{
	insert A
	set_rows 30
	nb_is 0 plan && says out "plan    blank-then-fresh, because the disc \
is the oldest of the pool" &&
		nb_is 0 run && says out "generation 3 on disc DB-A, session 1"
}
check "the third night rewrites the first disc" third_night

left_in()
{
	set_rows 40
	nb_is 0 run && says out "generation 4 on disc DB-A, session 2"
}
check "the disc left in the drive gets an appended session" left_in

msinfo_appended()
{
	nb_is 0 msinfo && grep -qE '^0,[0-9]+$' "$work/out" &&
		[ "$(cut -d, -f2 "$work/out")" -gt 32 ]
}
check "msinfo of an appendable disc gives two numbers" msinfo_appended

restore_both()
{
	nb_is 0 restore --into new4 --conninfo "host=$PGHOST" \
		--run-as postgres && rows new4 820 &&
		nb_is 0 restore 3 --into new3 --conninfo "host=$PGHOST" \
		--run-as postgres && rows new3 465
}
check "both nights on that disc can be restored into databases" restore_both

configured_restore()
{
	[ "$(grep -c -e --exit-on-error "$work/pg_restore.log")" = 2 ]
}
check "restore runs the pg_restore that the configuration names" \
	configured_restore

no_database()
{
	for one in "tree files" "postgres globals"; do
		nb_is 2 restore --into new9 --source "${one#* }" \
			--conninfo "host=$PGHOST" --run-as postgres &&
			says err "$one: no database" || return 1
	done
}
check "what is no database does not go into one" no_database

not_empty()
{
	nb_is 3 restore --into new3 --conninfo "host=$PGHOST" \
		--run-as postgres && says err "new3: the database is not empty"
}
check "a database that is not empty is left alone" not_empty

tree_back()
{
	nb_is 0 restore --to "$work/back" --source files || return 1
	(cd "$work/tree" && find . ! -name '*.log' \
		-printf '%P|%y|%m|%U|%G|%s|%n|%l|%T@\n' | grep -v '^|' |
		sed 's/\.[0-9]*$//' | sort) >"$work/want"
	(cd "$work/back/tree/files" && find . \
		-printf '%P|%y|%m|%U|%G|%s|%n|%l|%T@\n' | grep -v '^|' |
		sed 's/\.[0-9]*$//' | sort) >"$work/have"
	# Directories and links: the size is the file system's own affair.
	sed -i -E 's/^([^|]*\|[dl]\|[^|]*\|[^|]*\|[^|]*)\|.*$/\1/' \
		"$work/want" "$work/have"
	diff "$work/want" "$work/have" &&
		diff -r "$work/tree/sub" "$work/back/tree/files/sub"
}
check "a tree comes back with owners, modes, times and links" tree_back

# Each fsync fails there, with EIO: that of the target's file system is another call.
mounted_beneath()
{
	unshare -m bash -c 'mkdir -p "$1/tree/files/sub" &&
		mount -t tmpfs none "$1/tree/files/sub" &&
		FAIL="sync 1 ever 5" FAIL_STRUCK="$1.struck" \
		LD_LIBRARY_PATH="$2" LD_PRELOAD="$2/libfail.so" \
		"$2/nightburn" -c "$3" restore --to "$1" --source files' \
		bash "$work/mounted" "$build/.libs" "$work/nb.conf" \
		>"$work/out" 2>"$work/err"
	[ $? = 1 ] && says err "tree/files/sub/linked: cannot sync"
}
if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null ||
	grep -q __asan_init "$build/.libs/nightburn"; then
	skip "a file system mounted beneath the target is synchronised" \
		"needs root, and no sanitizer"
else
	check "a file system mounted beneath the target is synchronised" \
		mounted_beneath
fi

by_hand()
{
	mkdir "$work/extra"
	echo extra >"$work/extra/file"
	nb_is 0 append "$work/extra" &&
		says out "generation 4 on disc DB-A, session 3" || return 1
	# It does not move the disc in the rotation, nor what is newest.
	nb_is 0 restore --into new5 --conninfo "host=$PGHOST" \
		--run-as postgres && rows new5 820 &&
		nb_is 0 find extra/file && says out tree/extra/file &&
		nb_is 0 append --dry-run "$work/extra" && nb_is 0 verify
}
check "paths are appended by hand" by_hand

# A file alone, and two at once; nothing else can be.
by_hand_files()
{
	local id
	echo letter >"$work/extra/letter.txt" && chmod 640 "$work/extra/letter.txt"
	mkfifo "$work/extra/fifo"
	nb_is 0 append "$work/extra/letter.txt" "$work/extra/file" &&
		says out "generation 4 on disc DB-A, session 4" &&
		nb_is 0 find letter.txt &&
		id=$(grep -o '[0-9]*T[0-9]*Z-[0-9a-f]*' "$work/out") &&
		nb_is 0 restore --to "$work/one" "$id" tree/letter.txt &&
		cmp "$work/one/tree/letter.txt" "$work/extra/letter.txt" &&
		[ "$(stat -c '%a %Y' "$work/one/tree/letter.txt")" = \
			"$(stat -c '%a %Y' "$work/extra/letter.txt")" ] &&
		[ ! -e "$work/one/tree/file" ] || return 1
	xorriso -indev "stdio:$work/discs/A" -osirrox on \
		-extract / "$work/onehand" >"$work/log" 2>&1 &&
		sh "$work/onehand/restore.sh" --backup "$id" \
			--to "$work/plain" &&
		cmp "$work/plain/letter.txt" "$work/extra/letter.txt" || return 1
	nb_is 2 append "$work/extra/fifo" &&
		says err "$work/extra/fifo: neither a file nor a directory" &&
		nb_is 1 append "$work/extra/none" &&
		says err "$work/extra/none: cannot find: No such file"
}
check "files are appended by hand" by_hand_files

by_hand_blank()
{
	: >"$work/discs/C"
	insert C
	nb_is 3 append "$work/extra" && insert A
}
check "paths are not appended to a disc without a backup" by_hand_blank

rotate()
{
	local pid
	nb_is 0 rotate --dry-run && says out "wanted  DB-B" || return 1
	"$nightburn" -c "$work/nb.conf" rotate --wait=60 >"$work/out" \
		2>"$work/err" &
	pid=$!
	for _ in $(seq 300); do
		grep -q 'insert disc DB-B' "$work/err" && break
		sleep 0.1
	done
	insert B
	wait "$pid" && says out "disc    DB-B" && insert A
}
check "rotate names the disc, and waits until it is in" rotate

# Only the watchdog's alarm has a status; another must not look like success.
stray_alarm()
{
	local pid
	: >"$work/err"
	"$nightburn" -c "$work/nb.conf" rotate --wait=60 >"$work/out" \
		2>"$work/err" &
	pid=$!
	for _ in $(seq 300); do
		grep -q 'insert disc DB-B' "$work/err" && break
		sleep 0.1
	done
	kill -ALRM "$pid"
	wait "$pid"
	[ $? = 1 ]
}
check "a stray SIGALRM ends with 1" stray_alarm

too_large()
{
	local before
	before=$(fingerprint)
	head -c 120000000 /dev/zero >"$work/tree/large"
	insert B
	nb_is 3 run && says err "does not fit on a disc of this kind: 120." &&
		says err " MB needed, 100.0 MB available" &&
		! grep libisofs "$work/err" &&
		[ "$(fingerprint)" = "$before" ] &&
		[ -n "$(ls "$work/staging")" ]
}
check "a backup too large for the disc is refused before any write" too_large

resume()
{
	rm "$work/tree/large"
	nb_is 0 run --resume && says out "on disc DB-B, session 1" &&
		staging_empty
}
check "what waits in staging is burned by run --resume" resume

two_runs()
{
	local holder before
	before=$(fingerprint)
	exec 9>>"$work/state/lock"
	flock -n 9 || return 1
	nb run
	exec 9>&-
	[ "$status" = 5 ] && says err "another run is active" &&
		[ "$(fingerprint)" = "$before" ]
}
check "a second run at the same time exits 5" two_runs

foreign()
{
	cp "$work/discs/B" "$work/keep"
	head -c 1000000 /dev/urandom >"$work/discs/B"
	cp "$work/discs/B" "$work/random"
	nb_is 3 run && says err "contains data, but no nightburn label" &&
		cmp "$work/discs/B" "$work/random" || return 1
	cp "$work/keep" "$work/discs/B"
	nb_is 0 verify
}
check "a disc that nightburn does not know is not written" foreign

no_disc()
{
	rm "$work/drive"
	nb_is 3 run && says err "no disc in the drive" &&
		[ "$(grep -c "no disc in the drive" "$work/err")" = 1 ] &&
		insert B
}
check "no disc: the dump is kept, and a disc is asked for, once" no_disc

last_good()
{
	insert B
	nb_is 3 blank && says err "the disc holds the last good backup" ||
		return 1
	insert A
	nb_is 3 blank && says err ", appended by hand)" &&
		nb_is 0 blank --accept-shrink &&
		says out "plan    blank-then-fresh"
}
check "the last good disc is not blanked, the older one is" last_good

flipped()
{
	insert B
	nb_is 0 run --resume || return 1
	nb_is 0 verify || return 1
	# One byte of the dump, found by its magic.
	at=$(grep -abo PGDMP "$work/discs/B" | tail -n 1 | cut -d: -f1)
	printf X | dd of="$work/discs/B" bs=1 seek=$((at + 600)) \
		conv=notrunc status=none
	nb_is 1 verify && says err "testdb.dump: SHA-256 differs" &&
		says out "BAD" &&
		says err "generation 6 is damaged, generation 5 is good" &&
		nb_is 3 restore --to "$work/older" && says out "OLDER" &&
		nb_is 1 restore --to "$work/bad" 6 &&
		[ -z "$(find "$work/bad" -name '*.dump')" ] &&
		[ -n "$(find "$work/bad" -name globals.sql)" ]
}
check "a flipped bit is found, and not delivered under a name" flipped

suspect()
{
	nb_is 3 run && says err "the disc is suspect"
}

# No other disc is due: it is the one with the newest backup, which stays.
rotate_suspect()
{
	nb_is 0 rotate && says err "insert disc DB-A" &&
		says out "wanted  DB-A" && insert A && nb_is 0 plan &&
		nb_is 0 rotate && ! grep -E "eject|insert disc" "$work/err"
	status=$?
	insert B
	return $status
}
check "a disc that failed its verification is not written" suspect
check "rotate asks for a disc that the next run would use" rotate_suspect

json()
{
	nb_is 0 list --json && python3 -m json.tool "$work/out" >/dev/null &&
		nb_is 0 find --json file &&
		python3 -m json.tool "$work/out" >/dev/null &&
		nb_is 0 disc --json &&
		python3 -m json.tool "$work/out" >/dev/null &&
		nb_is 0 show --json 3 &&
		python3 -m json.tool "$work/out" >/dev/null
}
check "reports are JSON when asked for" json

adopt()
{
	nb_is 3 adopt --as DB-B --volume-id WRONG &&
		says err "the volume id of this disc is" || return 1
	volume=$("$nightburn" -c "$work/nb.conf" disc --json |
		python3 -c 'import json,sys; print(json.load(sys.stdin)["volume_id"])')
	# Only the newest session is bad, and before it stands what no other
	# disc holds.
	nb_is 3 adopt --as DB-B --volume-id "$volume" &&
		says err "no other disc holds the newest good backup" &&
		says err "nightburn run with another disc first" || return 1
	insert A
	nb_is 0 run && insert B &&
		nb_is 0 adopt --as DB-B --volume-id "$volume" &&
		nb_is 0 run && says out "verified"
}
check "a disc is adopted with its volume id" adopt

finish
