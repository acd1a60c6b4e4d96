#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is said when PostgreSQL refuses: each cause with a remedy, and each
# remedy is tried as it was printed.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
unset PGUSER
make_discs
if [ "$(id -u)" != 0 ]; then
	skip "remedies of PostgreSQL's refusals" "only root can become postgres"
	finish
	exit 0
fi

# All but postgres, who is its peer, are trusted, or have a password.
cat >"$cluster/data/pg_hba.conf" <<'END'
local all pw scram-sha-256
local none all trust
local all refused reject
local all postgres peer
local all all trust
END
reload()
{
	runuser -u postgres -- "$bin/pg_ctl" -D "$cluster/data" -s reload
}
reload

# As its superuser.  sql DATABASE
sql()
{
	runuser -u postgres -- env PGHOST="$PGHOST" PGDATABASE="$1" psql \
		-X -q -At -v ON_ERROR_STOP=1
}

sql postgres <<'END'
create role app login createdb;
create role helper;
create role pw login superuser password 'right';
create database shop owner app;
END
sql shop <<'END'
create table t as select i from generate_series(1, 10) i;
alter table t owner to app;
create view v as select 1;
alter view v owner to helper;
END

# config OPTIONS...: of the block
config()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 200M }
pool "p" { discs = { "A" }  drives = { "upper" }  rotation = append }
job "j" {
  pool = "p"
  postgres "shop" { $* }
}
END
	chmod 600 "$work/nb.conf"
}

here="conninfo = \"host=$PGHOST\""
super="run_as = \"postgres\""

# fails TEXT HINT ARGUMENTS...
fails()
{
	nb "${@:3}"
	[ "$status" != 0 ] && says err "$1" && says err "hint: $2"
}

# Restored with this many rows.
has()
{
	[ "$(echo 'select count(*) from t' | sql "$1")" = "$2" ] || return 1
	echo "drop database \"$1\"" | sql postgres
}

# ---- connecting ----

peer()
{
	local failed='Peer authentication failed for user "postgres"'
	config "conninfo = \"host=$PGHOST user=postgres\""
	fails "$failed" 'run_as = "postgres"' run || return 1
	config "conninfo = \"host=$PGHOST user=postgres\" run_as = \"postgres\""
	nb_is 0 run || return 1
	fails "$failed" '--run-as postgres' restore --into new \
		--conninfo "host=$PGHOST user=postgres" &&
		nb_is 0 restore --into new --run-as postgres \
			--conninfo "host=$PGHOST user=postgres" && has new 10
}
check "peer authentication: run_as and --run-as" peer

no_role()
{
	config "conninfo = \"host=$PGHOST user=nobody_there\""
	fails 'role "nobody_there" does not exist' 'run_as = "postgres"' run &&
		config "$here" "$super" && nb_is 0 run &&
		fails 'role "nobody_there" does not exist' \
			'--run-as postgres' restore --into new --conninfo \
			"host=$PGHOST user=nobody_there" &&
		nb_is 0 restore --into new --run-as postgres \
			--conninfo "host=$PGHOST" && has new 10
}
check "a role that does not exist" no_role

# The port that is printed is typed.
no_socket()
{
	config "conninfo = \"host=$PGHOST port=5999 user=app\""
	fails 'No such file or directory' "start the server there; another one \
has a socket: conninfo = \"host=$PGHOST port=5432\"" run || return 1
	local hint
	hint=$(sed -n 's/.*a socket: //p' "$work/err")
	config "$hint" "$super"
	nb_is 0 run && fails 'No such file or directory' "start the server \
there; another one has a socket: --conninfo \"host=$PGHOST port=5432\"" \
		restore --into new --run-as postgres \
		--conninfo "host=$PGHOST port=5999" || return 1
	hint=$(sed -n 's/.*a socket: --conninfo "\(.*\)"$/\1/p' "$work/err")
	nb_is 0 restore --into new --run-as postgres --conninfo "$hint" &&
		has new 10
}
check "no server at that socket: the one that has another" no_socket

no_host()
{
	config 'conninfo = "host=none.invalid"' "$super"
	fails 'could not translate host name "none.invalid"' \
		'getent hosts none.invalid' run
	config 'conninfo = "host=127.0.0.1 port=1"' "$super"
	fails 'Connection refused' 'start the server, or let it listen' run
}
check "no such host, and no server there" no_host

no_database()
{
	config "$here" "$super" 'database = "shopp"'
	fails 'database "shopp" does not exist' \
		'psql -l lists the databases; database = "NAME"' run &&
		runuser -u postgres -- psql -h "$PGHOST" -l | grep -q shop &&
		config "$here" "$super" 'database = "shop"' && nb_is 0 run
}
check "a database that does not exist" no_database

no_postgres()
{
	echo 'alter database postgres rename to other' | sql template1
	fails 'database "postgres" does not exist' \
		'createdb --maintenance-db=template1 postgres' restore \
		--into new --run-as postgres --conninfo "host=$PGHOST" || return 1
	runuser -u postgres -- createdb -h "$PGHOST" \
		--maintenance-db=template1 postgres &&
		nb_is 0 restore --into new --run-as postgres --conninfo \
			"host=$PGHOST" && has new 10 &&
		echo 'drop database other' | sql postgres
}
check "a server without the database postgres" no_postgres

password()
{
	export HOME=$work/home
	mkdir -p "$HOME"
	rm -f "$HOME/.pgpass"
	config "conninfo = \"host=$PGHOST user=pw\""
	fails 'no password supplied' \
		"a line $PGHOST:5432:*:*:PASSWORD in ~/.pgpass (mode 0600)" \
		run || return 1
	sed -n 's/^hint: a line \(.*:\)PASSWORD in .*/\1wrong/p' "$work/err" \
		>"$HOME/.pgpass"
	chmod 0600 "$HOME/.pgpass"
	fails 'password authentication failed for user "pw"' "correct the \
password of pw: a line $PGHOST:5432:*:pw:PASSWORD in" restore --into new \
		--conninfo "host=$PGHOST user=pw" &&
		fails 'password authentication failed for user "pw"' \
			"correct the password of pw: a line" run || return 1
	sed -n 's/^hint: .*: a line \(.*:\)PASSWORD in .*/\1right/p' "$work/err" \
		>"$HOME/.pgpass"
	nb_is 0 run && nb_is 0 restore --into new --conninfo \
		"host=$PGHOST user=pw" && has new 10 || return 1
	# All that is done needs it, the comparison, too.
	rm "$HOME/.pgpass"
	nb_is 0 restore --into new --conninfo \
		"host=$PGHOST user=pw password=right" && has new 10
}
check "no password, and a wrong one" password

rejected()
{
	echo 'create role refused login superuser' | sql postgres
	config "conninfo = \"host=$PGHOST user=refused\""
	fails 'pg_hba.conf rejects connection' 'change that line of pg_hba.conf' \
		run || return 1
	sed -i 's/refused reject/refused trust/' "$cluster/data/pg_hba.conf"
	echo 'SELECT pg_reload_conf()' | sql postgres && until_true nb_is 0 run
}
check "pg_hba.conf" rejected

# typed DATABASE: the statement of the hint
typed()
{
	sed -n "s/^hint: //; s/^nightburn: hint: //; s/.*hint: //; \
s/.*: \(ALTER .*\)/\1/; s/, or try again later//; /^ALTER\|^GRANT/p" \
		"$work/err" >"$work/typed"
	cat "$work/typed"
	[ -s "$work/typed" ] && sed 's/to that user/to app/' "$work/typed" |
		sql "$1"
}

closed()
{
	config "$here" "$super"
	echo 'alter database shop allow_connections false' | sql postgres
	fails 'database "shop" is not currently accepting connections' \
		'in another database: ALTER DATABASE "shop" ALLOW_CONNECTIONS true' \
		run && typed postgres && nb_is 0 run
}
check "a database that allows no connections" closed

closed_target()
{
	echo 'create database shut allow_connections false' | sql postgres
	fails 'database "shut" is not currently accepting connections' \
		'in another database: ALTER DATABASE "shut" ALLOW_CONNECTIONS true' \
		restore --into shut --run-as postgres --conninfo "host=$PGHOST" &&
		typed postgres && nb_is 0 restore --into shut --run-as postgres \
		--conninfo "host=$PGHOST" && has shut 10
}
check "a restore into such a one" closed_target

as_app()
{
	config "conninfo = \"host=$PGHOST user=app\""
	echo 'grant app to helper; alter view v owner to app' | sql shop
	echo 'revoke connect on database shop from public, app' | sql postgres
	fails 'permission denied for database "shop"' \
		'GRANT CONNECT ON DATABASE "shop" to that user' run &&
		typed postgres && nb_is 0 run || return 1
	echo 'alter database shop connection limit 0' | sql postgres
	fails 'too many connections for database "shop"' \
		'ALTER DATABASE "shop" CONNECTION LIMIT -1' run &&
		typed postgres && nb_is 0 run || return 1
	echo 'alter role app connection limit 0' | sql postgres
	fails 'too many connections for role "app"' \
		'ALTER ROLE "app" CONNECTION LIMIT -1' run &&
		typed postgres && nb_is 0 run
}
check "a user who may not connect, and limits" as_app

# ---- statements ----

# A superuser's work: by app, then as the hint says.  superuser TEXT
superuser()
{
	config "$here" "$super"
	nb_is 0 run && fails "$1" \
		'restore as a superuser, as with --run-as postgres' \
		restore --into new --conninfo "host=$PGHOST user=app" &&
		nb_is 0 restore --into new --run-as postgres \
			--conninfo "host=$PGHOST" && has new 10
}

event_trigger()
{
	sql shop <<'END'
create function nothing() returns event_trigger language plpgsql as
	$$ begin end $$;
alter function nothing() owner to app;
create event trigger quiet on ddl_command_end execute function nothing();
END
	superuser 'permission denied to create event trigger "quiet"'
	local result=$?
	echo 'drop event trigger quiet; drop function nothing()' | sql shop
	return $result
}
check "event triggers are for superusers" event_trigger

publication()
{
	echo 'create publication everything for all tables' | sql shop
	superuser 'must be superuser to create FOR ALL TABLES publication'
	local result=$?
	echo 'drop publication everything' | sql shop
	return $result
}
check "so is a publication of all tables" publication

other_owner()
{
	echo 'create role third; alter view v owner to third' | sql shop
	config "$here" "$super"
	nb_is 0 run && fails 'must be member of role "third"' \
		'restore as a superuser, as with --run-as postgres; or --no-owner' \
		restore --into new --conninfo "host=$PGHOST user=app" &&
		nb_is 0 restore --into new --run-as postgres \
			--conninfo "host=$PGHOST" && has new 10 &&
		nb_is 0 restore --into new --no-owner \
			--conninfo "host=$PGHOST user=app" && has new 10
	local result=$?
	echo 'alter view v owner to app; drop role third' | sql shop
	return $result
}
check "so are objects of other owners, unless without them" other_owner

# The dump names an extension that this server does not have.
extension()
{
	sql shop <<'END'
create extension citext;
update pg_extension set extname = 'postgis' where extname = 'citext';
END
	config "$here" "$super"
	nb_is 0 run
	sql shop <<'END'
update pg_extension set extname = 'citext' where extname = 'postgis';
drop extension citext;
END
	fails 'extension "postgis" is not available' "install it where the \
server runs: it is in postgresql-contrib, or apt-cache search \
'postgresql-15.*postgis' finds its package" restore --into new \
		--run-as postgres --conninfo "host=$PGHOST" || return 1
	local command found
	command=$(grep -o "apt-cache search '[^']*'" "$work/err")
	found=$(eval "$command" 2>/dev/null)
	[ -z "$found" ] || echo "$found" | grep -q postgresql-15-postgis
}
check "an extension that is not installed" extension

# On a new server: the role and the directory of the tablespace are missing.
new_server()
{
	mkdir "$work/space" && chown postgres "$work/space" &&
		echo "create tablespace fast location '$work/space'" |
		sql postgres && sql shop <<'END' || return 1
create table quick (v int) tablespace fast;
alter table quick owner to app;
END
	config "$here" "$super" "}
  postgres \"globals\" { $here $super globals_only = true"
	nb_is 0 run || return 1
	sql postgres <<'END'
drop database shop;
drop tablespace fast;
drop role helper;
drop role app;
END
	rm -r "$work/space"
	local to=(--source shop --into new --run-as postgres
		--conninfo "host=$PGHOST")
	fails 'role "app" does not exist' '--with-globals restores' restore \
		"${to[@]}" && says err '--no-owner, --no-privileges and' &&
		nb_is 0 restore "${to[@]}" --no-owner --no-privileges \
			--no-tablespaces && has new 10 &&
		fails "directory \"$work/space\" does not exist" \
			'where the server runs: mkdir -p' restore "${to[@]}" \
			--with-globals || return 1
	local commands
	commands=$(sed -n 's/.*where the server runs: \(.*\); or leave .*/\1/p' \
		"$work/err")
	nb_is 0 restore "${to[@]}" --with-globals --no-tablespaces &&
		has new 10 && eval "$commands" &&
		nb_is 0 restore "${to[@]}" --with-globals && has new 10
}
check "a new server: roles, tablespaces and their directories" new_server

# ---- a server that is starting ----

restart()
{
	cat >>"$cluster/data/postgresql.conf" <<END
restore_command = 'until [ -e $work/go ]; do sleep 0.1; done; false'
END
	touch "$cluster/data/recovery.signal"
	chown postgres "$cluster/data/recovery.signal"
	runuser -u postgres -- "$bin/pg_ctl" -D "$cluster/data" -s -m immediate \
		stop
	runuser -u postgres -- "$bin/pg_ctl" -D "$cluster/data" -s -W \
		-l "$cluster/server.log" start
}

is_starting()
{
	pg_isready -h "$PGHOST"
	[ $? = 1 ]
}

# was_refused COUNT: more often than that
was_refused()
{
	[ "$(grep -c 'database system is' "$cluster/server.log")" -gt "$1" ]
}

starting()
{
	local refusals
	config "$here" "$super" 'database = "postgres"  min_ratio = 0'
	chmod 755 "$work" && restart && until_true is_starting || return 1
	fails 'FATAL:  the database system is' \
		'try again when the server accepts connections' \
		restore --into new --run-as postgres --conninfo "host=$PGHOST" \
		--source shop || return 1
	refusals=$(grep -c 'database system is' "$cluster/server.log")
	"$nightburn" -c "$work/nb.conf" run >"$work/out" 2>"$work/err" &
	local pid=$!
	until_true was_refused "$refusals"
	touch "$work/go"
	wait $pid || cat "$work/err"
	says out verified
}
check "a backup waits for a server that is starting" starting

finish
