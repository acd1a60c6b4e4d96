#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A database comes back as it was, with all that pg_dump leaves out of a dump:
# encoding, locale, owner, privileges, settings ...  By nightburn in each format,
# by restore.sh and by the lines of RESTORE.txt.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs

# sql DATABASE: what comes on stdin
sql()
{
	PGDATABASE=$1 psql -X -q -At -v ON_ERROR_STOP=1
}

odd="o\"dd 100% 'x' \\ a=b"
mkdir "$cluster/space"
chown postgres "$cluster/space" 2>/dev/null

make_roles()
{
	sql postgres <<END
create role app;
create role reader;
create role "o'dd ""role";
create role lesser;
create role member;
create tablespace space location '$cluster/space';
END
}

make_databases()
{
	sql postgres <<'END'
create database ascii template template0 encoding 'SQL_ASCII' locale 'C';
create database latin template template0 encoding 'LATIN1' locale 'C';
create database utf8 template template0 encoding 'UTF8' lc_collate 'C'
	lc_ctype 'C.utf8';
create database icu template template0 encoding 'UTF8' locale_provider icu
	icu_locale 'und' locale 'C.utf8';
create database german template template0 encoding 'UTF8' locale_provider icu
	icu_locale 'de-u-co-phonebk' locale 'C';
create database shop owner app tablespace space connection limit 7;
revoke connect on database shop from public;
grant connect on database shop to reader with grant option;
grant temporary on database shop to "o'dd ""role";
alter database shop set search_path to "$user", 'My Schema', public;
alter database shop set application_name to 'it''s \ "quoted", :db';
alter database shop set default_transaction_read_only to on;
alter database shop set my.own to 'a=b';
alter role reader in database shop set work_mem to '5MB';
alter role "o'dd ""role" in database shop set search_path to '';
comment on database shop is E'a ''shop'' "with" :db \\\nand a second line';
create database form is_template true connection limit 0;
create database closed allow_connections false;
END
	# A label whose provider is not there.
	sql postgres <<'END'
insert into pg_shseclabel values ((select oid from pg_database
	where datname = 'ascii'), 'pg_database'::regclass, 'none', 'secret');
END
	sql postgres <<END
create database "${odd//\"/\"\"}";
comment on database "${odd//\"/\"\"}" is 'odd';
END
	printf "set client_encoding to sql_ascii;
comment on database latin is 'caf\\351';
alter database latin set application_name to '\\344\\366\\374';" | sql latin
}

# Privileges that are not the owner's alone to give.
make_privileges()
{
	sql postgres <<'END'
create database p_chain owner app;
grant create, connect on database p_chain to reader with grant option;
grant create on database p_chain to lesser with grant option;
set role reader;
grant create on database p_chain to "o'dd ""role", lesser with grant option;
grant connect on database p_chain to public;
set role lesser;
grant create on database p_chain to public, "o'dd ""role";
reset role;
create database p_none;
revoke all on database p_none from postgres, public;
create database p_back;
grant create on database p_back to app with grant option;
grant create, temporary on database p_back to reader with grant option;
set role reader;
grant create, temporary on database p_back to app with grant option;
reset role;
alter database p_back owner to app;
create database p_member owner app;
grant create on database p_member to member with grant option;
set role member;
grant create on database p_member to reader;
reset role;
grant app to member;
create database p_super owner app;
grant create on database p_super to app with grant option;
grant create on database p_super to reader with grant option;
set role reader;
grant create on database p_super to postgres;
END
}

fill()
{
	for one in ascii latin; do
		printf "set client_encoding to sql_ascii;
create table t as select 'caf\\351 \\304' v;" | sql $one
	done
	for one in utf8 icu german shop form "$odd" $privileged; do
		echo "set default_transaction_read_only to off;
create table t as select U&'\\00e9' || i v from generate_series(1, 50) i;" |
			sql "$one"
	done
}

privileged="p_chain p_none p_back p_member p_super"
all_names()
{
	# shellcheck disable=SC2086
	printf '%s\n' ascii latin utf8 icu german shop form "$odd" $privileged
}

# names FORMAT: all, or some where it is the same for each format.
names()
{
	[ "$1" = custom ] && all_names || printf '%s\n' ascii icu shop "$odd"
}

# What the database $1 is, by queries that are not nightburn's.
facts()
{
	sql "$1" <<'END'
set client_encoding to sql_ascii;
set search_path to pg_catalog;
select pg_encoding_to_char(encoding), datlocprovider, datcollate, datctype,
	coalesce(to_jsonb(d)->>'daticulocale', to_jsonb(d)->>'datlocale'),
	to_jsonb(d)->>'daticurules', spcname, rolname,
	datconnlimit, datistemplate, datallowconn,
	replace(shobj_description(d.oid, 'pg_database'), E'\n', '|'),
	(select array_agg(a::text order by a::text) from aclexplode(
	coalesce(datacl, acldefault('d', datdba))) a),
	(select array_agg((setrole, c)::text order by setrole, c)
	from pg_db_role_setting, unnest(setconfig) c where setdatabase = d.oid)
from pg_database d join pg_tablespace t on t.oid = dattablespace
	join pg_roles r on r.oid = datdba where datname = current_database();
select count(*), md5(string_agg(encode(textsend(v), 'hex'), ',' order by v))
	from public.t;
END
}

drop()
{
	sql postgres <<END
select format('alter database %I is_template false', datname) from pg_database
	where datname = '${1//\'/\'\'}' \\gexec
select format('drop database %I', datname) from pg_database
	where datname = '${1//\'/\'\'}' \\gexec
END
}

# as_it_was NAME [DATABASE]: which NAME is now.
as_it_was()
{
	facts "${2-$1}" >"$work/now" 2>&1
	diff "$work/facts.$(printf %s "$1" | md5sum | cut -c 1-8)" "$work/now" &&
		return 0
	echo "$1 is not what it was"
	return 1
}

# config FORMAT
config()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 500M }
pool "p" { discs = { "A" }  drives = { "upper" }  rotation = append }
job "j" {
  pool = "p"
  postgres "all" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  all = true
    format = $1
  }
  postgres "globals" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  globals_only = true
  }
}
END
	chmod 600 "$work/nb.conf"
}

restore()
{
	nb_is "$1" restore "$(cat "$work/id.$2")" --source "$3" \
		--into "$4" --conninfo "host=$PGHOST" --run-as postgres
}

make_roles && make_databases && make_privileges && fill || exit 1
all_names | while IFS= read -r name; do
	facts "$name" >"$work/facts.$(printf %s "$name" | md5sum | cut -c 1-8)"
done

nights()
{
	for one in custom directory plain; do
		config $one && nb_is 0 run || return 1
		grep -o '^[0-9]\{8\}T[0-9]\{6\}Z-[0-9a-f]*' "$work/out" |
			head -n 1 >"$work/id.$one"
	done
}
check "databases of all kinds are dumped in each format" nights

left_out()
{
	says out "1 database LEFT OUT, it allows no connections" &&
		[ "$(grep -c 'closed' "$work/err")" = 1 ] &&
		says err "database closed is left out: it allows no connections"
}
check "what is left out is named, once" left_out

# same FORMAT: each under its own name; the label's provider is missing.
same()
{
	names "$1" | while IFS= read -r name; do
		drop "$name" || return 1
		if [ "$name" = ascii ]; then
			restore 3 "$1" ascii ascii &&
				says err "ascii: security label of none is \
none, was secret" && says out restored || return 1
		else
			restore 0 "$1" "$name" "$name" || return 1
		fi
		as_it_was "$name" || return 1
	done
}
for format in custom directory plain; do
	check "databases come back as they were, $format" same $format
done

other()
{
	restore 0 custom shop "an other=\"name'" &&
		as_it_was shop "an other=\"name'" &&
		drop "an other=\"name'"
}
check "under another name, too" other

existing()
{
	sql postgres <<'END'
create database empty template template0 encoding 'LATIN1' locale 'C';
grant connect on database empty to reader;
END
	restore 3 plain shop empty &&
		says err "empty: the database exists, but its encoding is \
LATIN1, was UTF8" && [ "$(echo 'select datacl is null from pg_database
where datname = $$empty$$' | sql postgres)" = f ] || return 1
	drop empty
	sql postgres <<'END'
create database empty connection limit 3;
grant connect, create on database empty to app;
alter database empty set work_mem to '9MB';
alter role app in database empty set work_mem to '9MB';
comment on database empty is 'empty';
END
	restore 0 plain shop empty && as_it_was shop empty && drop empty ||
		return 1
	sql postgres <<'END'
create database empty connection limit 3;
grant create on database empty to app;
comment on database empty is 'empty';
END
	restore 0 plain utf8 empty
	[ "$status" = 3 ] && says err "empty: the database exists, but its" &&
		drop empty
}
check "into an empty database: what can be changed, or not at all" existing

# without QUERY...: on a server that lacks something.
lacking()
{
	echo 'alter role app rename to gone' | sql postgres
	restore 3 custom shop lost && says out restored &&
		says err 'lost: role "app" does not exist' &&
		says err 'lost: owner is postgres, was app' &&
		[ "$(echo 'select count(*) from t' | sql lost)" = 50 ] &&
		drop lost || return 1
	echo 'alter role gone rename to app' | sql postgres
}
check "without a role the data comes back, and the rest is told" lacking

files()
{
	nb_is 0 restore "$(cat "$work/id.custom")" --source shop \
		--to "$work/files" &&
		[ "$(ls "$work/files/postgres" | paste -sd ' ')" = \
			"shop.dump shop.dump+create.sql shop.dump+settings.sql" ]
}
check "as files, the scripts come with their dump" files

# ---- by the disc alone ----

extract()
{
	xorriso -osirrox on -indev "stdio:$work/discs/A" -extract / \
		"$work/disc" >"$work/log" 2>&1 && chmod -R u+w "$work/disc"
}
check "xorriso extracts the disc" extract

# script FORMAT: all of the backup, which ends with 1 for the sake of the label.
script()
{
	local list
	mapfile -t list < <(names "$1")
	for name in "${list[@]}"; do
		drop "$name" || return 1
	done
	[ "$1" != custom ] || list=()
	(cd "$work/disc" && sh restore.sh --no-check \
		--backup "$(cat "$work/id.$1")" "${list[@]}") \
		>"$work/out" 2>"$work/err"
	[ $? = 1 ] && says err "restore.sh: ascii: is restored, but its \
security label of none is none, was secret" &&
		[ "$(grep -c '^restore.sh: ' "$work/err")" = 2 ] || return 1
	names "$1" | while IFS= read -r name; do
		as_it_was "$name" || exit 1
	done
}
for format in custom directory plain; do
	check "restore.sh brings them back as they were, $format" \
		script $format
done

locale()
{
	local d
	d=$work/disc/$(cat "$work/id.plain")/postgres
	sed -i "s/'C.utf8'/'xx_XX.utf8'/" "$d/utf8.sql+create.sql"
	drop utf8
	(cd "$work/disc" && sh restore.sh --no-check \
		--backup "$(cat "$work/id.plain")" utf8) >"$work/out" \
		2>"$work/err" && return 1
	says err 'invalid locale name: "xx_XX.utf8"' && says err "ctype is C, was" &&
		[ "$(echo 'select count(*) from t' | sql utf8)" = 50 ]
}
check "without its locale it comes back with C, and that is told" locale

by_hand()
{
	local d
	d=$work/disc/$(cat "$work/id.custom")/postgres
	says disc/RESTORE.txt "psql -d postgres -v db=NAME -f FILE" || return 1
	drop shop
	psql -X -d postgres -v db=shop -f "$d/shop.dump+create.sql" >"$work/out" &&
		pg_restore -d shop "$d/shop.dump" &&
		psql -X -d shop -f "$d/shop.dump+settings.sql" >>"$work/out" &&
		[ ! -s "$work/out" ] && as_it_was shop
}
check "the lines of RESTORE.txt do the same" by_hand

finish
