#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A drill restores a backup into a cluster of its own and compares: a good one,
# one that lacks something, and whatever ends it; nothing is left, and nothing
# else is touched.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir "$work/bin" "$work/tree" "$cluster/space"
chown postgres "$cluster/space" 2>/dev/null
printf 'x\n' >"$work/tree/file"
ln -s file "$work/tree/link"
head -c 100000 /dev/urandom >"$work/tree/odd"$'\t'"name"

# sql DATABASE: what comes on stdin
sql()
{
	PGDATABASE=$1 psql -X -q -At -v ON_ERROR_STOP=1
}

fill()
{
	sql postgres <<END && sql shop <<'END' && sql icu <<'END'
create role app;
create role "o'dd ""role" in role app;
create tablespace space location '$cluster/space';
create database shop owner app tablespace space;
create database icu template template0 encoding 'UTF8' locale_provider icu
	icu_locale 'de-u-co-phonebk' locale 'C';
create table own (v int);
END
create schema "Odd ""one";
create table t (id serial primary key, v text, f float8 default 0.1,
	g int generated always as (7) stored);
insert into t (v) select U&'\00e9' || i from generate_series(1, 1000) i;
alter table t owner to app;
alter table t enable row level security;
create table parts (n int) partition by list (n);
create table part1 partition of parts for values in (1);
create table "Odd ""one"."part ""2" partition of parts for values in (2);
insert into parts select i % 2 + 1 from generate_series(1, 11) i;
create table spaced (v int) tablespace pg_default;
create sequence still start 5;
do $$ begin perform lo_from_bytea(0, 'hello'), lo_from_bytea(0, '\x0001');
end $$;
END
create table words as select U&'\00e9' || i v from generate_series(1, 50) i;
END
}
fill || exit 1

# A pg_dump whose arguments and output $work/change may change.
cat >"$work/bin/pg_dump" <<END
#!/bin/bash
[ "\$1" = --version ] && exec $bin/pg_dump --version
set -o pipefail
more=() filter=cat
. $work/change
$bin/pg_dump "\$@" "\${more[@]}" | \$filter
END
chmod 755 "$work/bin/pg_dump"
: >"$work/change"

server="run_as = \"postgres\"  conninfo = \"host=$PGHOST\""
globals="postgres \"globals\" { $server  globals_only = true }"

# config SOURCES [OPTIONS]: of the only job, on a disc that is new.
config()
{
	rm -rf "$work/state" "$work/staging"
	: >"$work/discs/A"
	configure "$@"
}

configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 500M }
pool "p" { discs = { "A" }  drives = { "upper" }  rotation = append }
job "j" {
  pool = "p"  ${2-}
  $1
}
END
	chmod 600 "$work/nb.conf"
}

# one OPTIONS: the database shop, by the pg_dump above.
one()
{
	printf '%s' "postgres \"shop\" { $server  min_ratio = 0
pg_dump = \"$work/bin/pg_dump\"  check = list  $1 }"
}

nothing_left()
{
	[ -z "$(ls "$work/staging")" ] && ! pgrep -f "$work/staging/" ||
		{ echo "something is left"; ls -R "$work/staging"; return 1; }
}

# Of the other cluster, and of its tablespace.
others()
{
	(echo 'select datname, oid from pg_database order by 1; select rolname,
oid from pg_roles order by 1; select * from pg_tablespace order by 1' |
		sql postgres; ls "$cluster/space") | md5sum
}

good()
{
	config "$globals
  postgres \"all\" { $server  all = true  checksum = content }
  postgres \"plain\" { $server  database = \"shop\"  format = plain }
  postgres \"dir\" { $server  database = \"shop\"  format = directory
    jobs = 2  checksum = content }
  tree \"www\" { path = \"$work/tree\" }
  tree \"packed\" { path = \"$work/tree\"  pack = tar.zst }"
	before=$(others)
	nb_is 0 run && nb_is 0 drill && nothing_left &&
		[ "$(others)" = "$before" ] &&
		says out "from disc A: 5 databases, 14 tables, 3083 rows, 14 \
checksums, 4 files" && [ ! -s "$work/err" ] &&
		nb_is 0 list && says out " UTC good" &&
		nb_is 0 list --json && says out '"drill": "good"'
}
check "all of a backup comes back, and is compared" good

named()
{
	nb_is 0 drill --source icu --run-as postgres --json &&
		nothing_left &&
		says out '"databases": 1, "tables": 1, "rows": 50, "checksums"' &&
		nb_is 0 drill --source www && nothing_left &&
		says out "0 databases, 0 tables, 0 rows, 0 checksums, 2 files" &&
		nb_is 1 drill --source none && says err "none: no such source"
}
check "one source alone" named

kept()
{
	nb_is 0 drill --source shop --keep || return 1
	dir=$(grep -o "$work/staging/[^:]*" "$work/err" | head -n 1)
	[ "$(psql -X -At -h "$dir/cluster" -U nightburn_drill -d shop \
		-c 'select count(*) from t')" = 1000 ] &&
		[ "$(stat -c %a "$dir/cluster")" = 700 ] || return 1
	sh -c "$(sed -n 's/^hint: to end and remove it: //p' "$work/err")" \
		>"$work/log" && nothing_left
}
check "with --keep the cluster stays, and ends as it says" kept

odd_path()
{
	local odd="$work/a dump \\101"

	sed -i "s|^staging_dir.*|staging_dir = \"${odd//\\/\\\\\\\\}\"|" \
		"$work/nb.conf"
	grep ^staging_dir "$work/nb.conf"
	nb_is 0 drill --source shop && [ -z "$(ls "$odd")" ]
}
check "the name of the staging directory may have a backslash" odd_path

lacks()
{
	config "$globals $(one '')"
	echo 'more=(--exclude-table-data=public.t --no-blobs
		--exclude-table=public.spaced)' >"$work/change"
	nb_is 0 run && nb_is 1 drill && nothing_left &&
		says err "postgres shop: table public.t has 0 rows, had 1000" &&
		says err "postgres shop: table public.spaced is missing" &&
		says err "postgres shop: there are 0 large objects, were 2" &&
		says out "3 differences found" &&
		nb_is 0 list && says out " UTC failed" &&
		says out "a drill failed" && nb_is 0 verify &&
		says err "a drill failed: the disc stays suspect" &&
		nb_is 3 run
}
check "a dump that lacks something fails the drill" lacks

# By an enum, whose values have other numbers after a restore.
hashed()
{
	sql shop <<-'END'
		create type label as enum ('a', 'b', 'c', 'd', 'e', 'f', 'g');
		create table hashed (l label, n int) partition by hash (l);
		create table low partition of hashed
			for values with (modulus 3, remainder 0);
		create table middle partition of hashed
			for values with (modulus 3, remainder 1);
		create table high partition of hashed
			for values with (modulus 3, remainder 2)
			partition by list (n);
		create table rest partition of high default;
		insert into hashed select l, n from unnest(enum_range(null::label))
			with ordinality e (l, i), generate_series(1, 7000) n
			where n < 10 ^ i and n < 2 ^ i * 50;
	END
}

changed()
{
	hashed || return 1
	config "$globals $(one 'format = plain  checksum = content')"
	printf '%s\n' "filter='sed s/500\\t0.1/501\\t0.1/;s/^a\\t4/a\\t5/'" \
		>"$work/change"
	nb_is 0 run && nb_is 1 drill && nothing_left &&
		says err "the content of table public.hashed differs" &&
		says out "2 differences found" &&
		says err "postgres shop: the content of table public.t differs"
}
check "so does one with other content" changed

broken()
{
	echo "filter='sed s/^ALTER.TABLE/ALTER/'" >"$work/change"
	nb_is 0 run && nb_is 1 drill && nothing_left &&
		says err "postgres shop: was not restored" &&
		says out "1 source NOT restored"
	: >"$work/change"
}
check "and one that cannot be loaded" broken

# Nor do rows in another partition matter.  A subscription keeps a database from
# being dropped, and so does what the database sets.
good_as_well()
{
	sql shop <<-'END' || return 1
		set client_min_messages = error;
		create subscription "of ""it" connection 'host=192.0.2.1'
			publication p with (connect = false, slot_name = it);
		alter database shop set default_transaction_read_only = on;
	END
	config "$globals $(one 'checksum = content')"
	nb_is 0 run && nb_is 0 drill && nothing_left &&
		says out "7 tables, 13" && says out "8 checksums"
	local result=$?
	sql shop <<-'END' && return $result
		set default_transaction_read_only = off;
		alter database shop reset default_transaction_read_only;
		alter subscription "of ""it" set (slot_name = none);
		drop subscription "of ""it";
		drop table hashed;
		drop type label;
	END
}
check "a subscription and partitions by hash are no differences" good_as_well

alone()
{
	config "$(one '')"
	nb_is 0 run && nb_is 0 drill && nothing_left &&
		says out "1 database, 4 tables, 1011 rows" || return 1
	config "$(one 'format = plain  checksum = none')"
	nb_is 0 run && nb_is 3 drill && nothing_left &&
		says err "postgres shop: the backup has no roles"
}
check "without roles, what is theirs is left out if possible" alone

# A dump that nobody can load is not excused by the roles that are missing.
unloadable()
{
	sql shop <<-'END' || return 1
		set default_transaction_read_only = off;
		create table allowed (n int);
		insert into allowed values (1);
		create function is_allowed(int) returns bool language plpgsql
			as 'begin return exists (select from allowed
				where n = $1); end';
		create table strict (n int check (is_allowed(n)));
		insert into strict values (1);
	END
	config "$(one '')"
	nb_is 0 run && nb_is 1 drill && nothing_left &&
		says err 'relation "allowed" does not exist' &&
		! grep "has no roles" "$work/err" && nb_is 0 list &&
		says out suspect
	local result=$?
	sql shop <<-'END' && return $result
		set default_transaction_read_only = off;
		drop table strict;
		drop function is_allowed(int);
		drop table allowed;
	END
}
check "without roles, too, a dump that cannot be loaded is a failure" unloadable

uncounted()
{
	config "$globals $(one 'checksum = none')"
	nb_is 0 run && nb_is 0 drill && nothing_left &&
		says err "there is nothing to compare" &&
		says out "1 database not compared"
}
check "without counts it is only restored" uncounted

extension()
{
	echo "insert into pg_extension values (99999, 'no_such', 10, 2200, true,
'7.1')" | PGOPTIONS='-c allow_system_table_mods=on' sql shop
	config "$globals $(one '')"
	nb_is 0 run
	echo "delete from pg_extension where oid = 99999" |
		PGOPTIONS='-c allow_system_table_mods=on' sql shop
	nb_is 3 drill && nothing_left &&
		says err "postgres shop: it needs the extension no_such 7.1" &&
		says out "1 source CANNOT be restored here"
}
check "what this machine lacks is told, and no fault of the disc" extension

has_server()
{
	ls "$work"/staging/*/cluster/data/postmaster.pid
}

# ended SIGNAL
ended()
{
	if [ "$1" = TERM ]; then
		config "$globals $(one '')"
		nb_is 0 run || return 1
	fi
	# Holds the drill while its server runs.
	mkfifo "$work/hold"
	cat >"$work/bin/psql" <<END
#!/bin/sh
read line <$work/hold
END
	chmod 755 "$work/bin/psql"
	PATH=$work/bin:$PATH "$nightburn" -c "$work/nb.conf" drill \
		>"$work/out" 2>"$work/err" &
	until_true has_server || return 1
	kill "-$1" $!
	wait $!
	status=$?
	rm "$work/bin/psql" "$work/hold"
	until_true nothing_left && nothing_left && case $1 in
	TERM) [ "$status" = 1 ] ;;
	KILL) [ "$status" = 137 ] ;;
	esac
}
check "SIGTERM leaves nothing" ended TERM
check "SIGKILL leaves nothing" ended KILL

# A program that fails, and the next time does not.
again()
{
	printf '#!/bin/sh\nexit 1\n' >"$work/bin/pg_restore"
	chmod 755 "$work/bin/pg_restore"
	PATH=$work/bin:$PATH nb_is 1 drill && nothing_left &&
		says err "postgres shop: was not restored" &&
		nb_is 0 list && says out "suspect" || return 1
	rm "$work/bin/pg_restore"
	! grep DAMAGED "$work/out" &&
		nb_is 0 drill && nb_is 0 list && ! says out "suspect" >/dev/null
}
check "the next good drill makes a suspect disc good again" again

# beside FORMAT SUFFIX NAME: one of the scripts beside the dump is damaged.
beside()
{
	config "$globals $(one "format = $1")"
	rm -rf "$work/back"
	nb_is 0 run && nb_is 0 restore --to "$work/back" --source shop || return 1
	python3 - "$work/discs/A" "$work/back/postgres/shop$2" <<-'END' || return 1
	import sys
	with open(sys.argv[2], "rb") as f:
	    wanted = f.read()
	with open(sys.argv[1], "r+b") as f:
	    at = f.read().index(wanted)
	    f.seek(at)
	    f.write(bytes([wanted[0] ^ 1]))
	END
	nb_is 3 restore --into back --source shop --run-as postgres &&
		says err "postgres/shop$2: SHA-256 differs" &&
		says err "back: it is restored, but files beside its dump on the disc are damaged" &&
		[ "$(echo 'select count(*) from t' | sql back)" = 1000 ] &&
		dropdb back && nb_is 1 drill --json && nothing_left &&
		says err "postgres/shop$2: SHA-256 differs" &&
		says out '"bad": 1' && nb_is 0 list && says out "a drill failed" &&
		says out "DAMAGED, 1 file, found"
}
check "a damaged script beside a dump fails the drill" \
	beside custom .dump+create.sql
check "of the directory format as well" beside directory +settings.sql

# at DAY: a run on that day.
at()
{
	SOURCE_DATE_EPOCH=$((1800000000 + $1 * 86400)) nb_is 0 run
}

weekly()
{
	config "tree \"www\" { path = \"$work/tree\" }" "drill = weekly"
	at 0 && says out "verified, drilled" &&
		at 1 && ! says out drilled >/dev/null &&
		at 7 && says out "verified, drilled" && nothing_left
}
check "drill = weekly: a run drills when it is due" weekly

# The clock was ahead in one night.
ahead()
{
	at 4000 && says out "verified, drilled" &&
		at 8 && ! says out drilled >/dev/null &&
		at 14 && says out "verified, drilled" &&
		at 15 && ! says out drilled >/dev/null
}
check "one of the future does not put the next one off" ahead

nightly()
{
	echo 'more=(--exclude-table-data=public.t)' >"$work/change"
	config "$globals $(one '')" "drill = nightly"
	nb_is 4 run && nothing_left && says out verified &&
		says err "table public.t has 0 rows, had 1000" &&
		nb_is 0 list && says out "suspect"
	: >"$work/change"
}
check "a run whose drill fails leaves a suspect disc" nightly

last()
{
	config "$globals $(one '')"
	nb_is 0 run
}

without_network()
{
	last || return 1
	unshare -n "$nightburn" -c "$work/nb.conf" drill \
		>"$work/out" 2>"$work/err" || { cat "$work/err"; return 1; }
	nothing_left && says out "1 database, 4 tables"
}
if unshare -n true 2>/dev/null; then
	check "in a network namespace of its own" without_network
else
	skip "in a network namespace of its own" "needs root"
fi

as_postgres()
{
	last || return 1
	chown -R postgres "$work/state" "$work/staging" "$work/discs" \
		"$work/nb.conf"
	runuser -u postgres -- "$nightburn" -c "$work/nb.conf" drill \
		>"$work/out" 2>"$work/err"
	[ $? = 0 ] || { cat "$work/err"; return 1; }
	nothing_left && says out "1 database, 4 tables"
}
if [ "$(id -u)" = 0 ] && runuser -u postgres -- test -x "$nightburn"; then
	check "the user postgres can drill as well" as_postgres
else
	skip "the user postgres can drill as well" "needs root"
fi

finish
