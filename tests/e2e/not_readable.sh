#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a user may not read, because of row security or for want of privileges:
# a dump of it fails, and a restore says that it could not be counted, not that
# it is missing.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs

sql()
{
	PGDATABASE=$1 psql -X -q -At -v ON_ERROR_STOP=1
}

sql postgres >"$work/log" <<'END'
create role app login createdb;
create role helper login;
create database shop owner app;
END
PGUSER=app sql shop >"$work/log" <<'END'
create table seen as select i from generate_series(1, 10) i;
create table hidden as select i from generate_series(1, 20) i;
alter table hidden enable row level security;
alter table hidden force row level security;
create policy few on hidden using (i < 3);
create table closed as select 1 v;
create sequence ids;
create sequence secret_ids;
select nextval('ids'), nextval('secret_ids');
revoke all on closed, secret_ids from app;
do $$ begin perform lo_from_bytea(0, 'hello'); end $$;
END

# config USER OPTIONS
config()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A" }  drives = { "upper" }  rotation = append }
job "j" {
  pool = "p"
  postgres "shop" { conninfo = "host=$PGHOST user=$1"  run_as = "postgres"  $2 }
}
END
	chmod 600 "$work/nb.conf"
}

# not_counted NAME REASON
not_counted()
{
	says err "nightburn: warning: postgres shop: $1 could not be counted: $2"
}

# by_owner DATABASE OPTIONS
by_owner()
{
	config postgres "$2"
	nb_is 0 run && nb_is 0 restore --into "$1" --source shop --conninfo \
		"host=$PGHOST user=app" || return 1
	not_counted 'table public.hidden' 'row security' &&
		not_counted 'table public.closed' \
			'permission denied for table closed' &&
		not_counted 'sequence public.secret_ids' \
			'permission denied for sequence secret_ids' &&
		! grep -e missing -e ' had ' -e differs "$work/err" &&
		says err 'hint: a superuser who restores it can' &&
		[ "$(grep -c hint: "$work/err")" = 1 ] &&
		[ "$(echo 'select count(*) from hidden' | sql "$1")" = 20 ]
}

with_content()
{
	by_owner content 'checksum = content' &&
		not_counted 'the content of the large objects' \
			'permission denied for table pg_largeobject'
}

as_hinted()
{
	nb_is 0 restore --into hinted --source shop --conninfo \
		"host=$PGHOST user=postgres" && [ ! -s "$work/err" ]
}


dump_fails()
{
	local format
	for format in custom plain directory; do
		config app "format = $format"
		nb_is 1 run && says err 'postgres shop: pg_dump: exit status 1' &&
			says err "$1" && says err "$2" || return 1
	done
}

no_privileges()
{
	dump_fails 'permission denied for table closed' \
		'hint: dump as a superuser' || return 1
	echo 'grant select on closed, secret_ids to app;' | sql shop
}

row_security()
{
	dump_fails 'row-level security policy for table "hidden"' \
		'hint: dump as a superuser or a role with BYPASSRLS'
}

bypassed()
{
	echo 'alter role app bypassrls' | sql postgres
	config app ''
	nb_is 0 run && nb_is 0 restore --into bypassed --source shop \
		--conninfo "host=$PGHOST user=app" && [ ! -s "$work/err" ]
}

check "a table with row security is restored by its owner" by_owner rows ''
check "with checksums as well" with_content
check "a superuser counts all of it" as_hinted
check "a dump without the privileges fails, in each format" no_privileges
check "so does one that row security would make partial" row_security
check "a role with BYPASSRLS dumps and restores all of it" bypassed
finish
