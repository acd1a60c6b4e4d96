#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a database must not have before something is restored into it, for
# nightburn and for the script on the disc; and more in it than one transaction
# can create.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "A", "B" }  drives = { "upper" } }
job "nightly" {
  pool = "db"
  postgres "app" { run_as = "postgres"  conninfo = "host=$PGHOST" }
}
END
chmod 600 "$work/nb.conf"

createdb app
psql -X -q -d app -c 'create table t as select 42 n'

burned()
{
	nb_is 0 run && xorriso -indev "stdio:$work/discs/A" -osirrox on \
		-extract / "$work/copy" >"$work/log" 2>&1
}
check "a backup is burned" burned

# fill SQL...: the database of that name becomes one with these objects alone.
fill()
{
	dropdb app && createdb app && psql -X -q -d app -c "$1"
}

refused()
{
	nb_is 3 restore --into app --run-as postgres &&
		says err "app: the database is not empty: it has $1" || return 1
	sh "$work/copy/restore.sh" >"$work/log" 2>&1 && return 1
	grep -qF 'app: exists and is not empty: left alone' "$work/log"
}

only()
{
	fill "$1" && refused "$2"
}
check "a table is seen" only 'create table other ()' 'table other'
check "a function alone is seen" only \
	"create function f() returns int language sql as 'select 1'" \
	'function f()'
check "a large object alone is seen" only 'select lo_create(70000)' \
	'large object 70000'
check "a schema alone is seen" only 'create schema s' 'schema s'
check "an extension alone is seen" only 'create extension hstore' \
	'extension hstore'

restored()
{
	[ "$(psql -X -At -d app -c 'select n from t')" = 42 ]
}

# A new database has what the template has.
template()
{
	psql -X -q -d template1 -c 'create extension hstore' &&
		dropdb app && createdb app &&
		nb_is 0 restore --into app --run-as postgres && restored &&
		dropdb app && createdb app &&
		sh "$work/copy/restore.sh" && restored
}
check "an extension of the template does not count" template

# restart OPTIONS: the server.
restart()
{
	local as=()
	[ "$(id -u)" != 0 ] || as=(runuser -u postgres --)
	(cd "$cluster" && "${as[@]}" "$bin/pg_ctl" -D "$cluster/data" -w -s \
		-m fast -o "$1" -l "$cluster/server.log" restart >/dev/null)
}

tables()
{
	psql -X -At -d app -c "select count(*) from pg_class where
		relname ~ '^many_' and relkind = 'r'"
}

# A lock for each table, index and type of a transaction; the server has fewer.
locks()
{
	insert B
	dropdb app && createdb app && psql -X -q -d app -c "do \$\$ begin
		for i in 1..700 loop execute format('create table many_%s
		(k int primary key, v text)', i); end loop; end \$\$" &&
		nb_is 0 run --accept-shrink && dropdb app &&
		createdb app &&
		restart '-c max_locks_per_transaction=10 -c max_connections=10' ||
		return 1
	nb_is 0 restore --into app --run-as postgres &&
		says err "app: max_locks_per_transaction is too low for \
one transaction; restoring without" &&
		[ "$(tables)" = 700 ]
}
check "a dump with more objects than the server has locks" locks

finish
