#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# restore --with-globals and --replace: roles and tablespaces that are missing,
# and a database in place of another one, which stays as it was if anything
# fails.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -p "$work/bin" "$work/space" "$work/spare" "$work/tree"
echo content >"$work/tree/file"
chown postgres "$work/space" "$work/spare"
touch "$work/log"
chmod 666 "$work/log"
# A psql that tells how it was called, and waits in the middle of an exchange as
# long as the file "slow" says.
cat >"$work/bin/psql" <<-END
	#!/bin/bash
	{
		echo "psql \$*"
		tr '\\0' ' ' </proc/\$PPID/cmdline
		echo
	} >>"$work/log"
	args=("\$@")
	last=\$((\$# - 1))
	if [ -e "$work/slow" ] && [[ \${args[last]} == *"rename to"* ]]; then
		args[last]=\${args[last]/; alter database/; --}
		args[last]=\${args[last]//; alter database/; select pg_sleep(\$(cat "$work/slow")); alter database}
		args[last]=\${args[last]/; --/; alter database}
	fi
	exec "$bin/psql" "\${args[@]}"
END
cat >"$work/bin/pg_restore" <<-END
	#!/bin/sh
	exec "$bin/pg_restore" "\$@"
END
chmod 755 "$work/bin"/*
postgres()
{
	echo "postgres \"$1\" {
	  database = app  run_as = postgres  conninfo = \"host=$PGHOST\"
	  pg_restore = \"$work/bin/pg_restore\"  $2
	}"
}
# configure GLOBALS
configure()
{
	write_conf <<-END
		job "nightly" {
		  pool = "db"
		  $(postgres custom "")
		  $(postgres directory "format = directory")
		  $(postgres plain "format = plain")
		  $1
		}
	END
}

createdb app
psql -X -q -d app <<END
create role owner_of_app login connection limit 5 password 's3cret'
	valid until '2040-01-01 00:00:00+00';
alter role owner_of_app set work_mem = '7MB';
comment on role owner_of_app is 'a;b -- c
\restrict d "e';
create role reader;
create role "odd ""name";
create role stays connection limit 3;
grant owner_of_app to reader;
grant reader to stays;
grant set on parameter log_statement to reader;
create tablespace apart location '$work/space';
create tablespace spare location '$work/spare';
grant create on tablespace spare to reader;
create table t as select 42 n;
alter table t owner to owner_of_app;
grant select on t to reader;
alter database app owner to owner_of_app;
alter database app set work_mem = '9MB';
alter role reader in database app set work_mem = '8MB';
revoke connect on database app from public;
END

no_db()
{
	! psql -X -At -d "$1" -c 'select 1' 2>/dev/null
}

# into STATUS DATABASE SOURCE ARGUMENTS...
into()
{
	: >"$work/log"
	nb_is "$1" restore 2 --into "$2" --source "$3" --run-as postgres \
		"${@:4}"
}

configure ""
check "a night without globals" nb_is 0 run
globals()
{
	echo "postgres \"$1\" {
		run_as = \"postgres\"  conninfo = \"host=$PGHOST\"
		globals_only = true  pg_restore = \"$work/bin/pg_restore\"
	}"
}
configure "$(globals globals)"
check "and one with them" nb_is 0 run
psql -X -q -d app -c 'alter role stays connection limit 7'

# ---- globals ----

# The roles and a tablespace of the backup are not there.
take_away()
{
	psql -X -q -c 'alter role owner_of_app rename to somebody' \
		-c 'alter role reader rename to nobody' \
		-c 'revoke nobody from stays' \
		-c 'drop role "odd ""name"' -c 'drop tablespace spare'
}

give_back()
{
	psql -X -q <<-END
		set client_min_messages = error;
		drop database if exists new;
		revoke all on parameter log_statement from reader;
		drop tablespace if exists spare;
		drop role if exists owner_of_app;
		drop role if exists reader;
		drop role if exists "odd ""name";
		alter role somebody rename to owner_of_app;
		alter role nobody rename to reader;
		grant reader to stays;
		create role "odd ""name";
		create tablespace spare location '$work/spare';
		grant create on tablespace spare to reader;
	END
}

came_back()
{
	sql_is new 'select n from t' 42 &&
		sql_is new "select rolcanlogin, rolconnlimit, rolconfig from pg_roles
			where rolname = 'owner_of_app'" 't|5|{work_mem=7MB}' &&
		sql_is new "select rolpassword is not null from pg_authid
			where rolname = 'owner_of_app'" t &&
		sql_is new "select replace(shobj_description('owner_of_app'::regrole,
			'pg_authid'), e'\n', '/')" 'a;b -- c/\restrict d "e' &&
		sql_is new "select string_agg(roleid::regrole || ' ' ||
			member::regrole, ', ' order by roleid::regrole::text)
			from pg_auth_members where member > 16383" \
			'owner_of_app reader, reader stays, somebody nobody' &&
		sql_is new "select count(*) from pg_roles where rolname =
			'odd \"name'" 1 &&
		sql_is new "select spcacl from pg_tablespace where spcname = 'spare'" \
			'{postgres=C/postgres,reader=C/postgres}' &&
		sql_is new "select has_parameter_privilege('reader',
			'log_statement', 'set')" t
}

with_globals()
{
	take_away
	into 0 new "$1" --with-globals && came_back &&
		sql_is new "select rolconnlimit from pg_roles where rolname =
			'stays'" 7 &&
		says err "nightburn: globals: left unchanged, because they exist: role postgres, role stays, tablespace apart" &&
		! grep -E 's3cret|SCRAM|md5' "$work/log" &&
		into 3 new "$1" --with-globals
	local result=$?
	give_back
	return $result
}
check "roles and tablespaces that are missing come first" with_globals custom
check "with a directory" with_globals directory
check "with SQL text" with_globals plain

# Tablespaces are left out; roles are not, whoever owns the objects.
no_tablespaces()
{
	take_away
	into 0 new custom --with-globals --no-tablespaces --no-owner \
		--no-privileges &&
		says err "left unchanged, because they exist: role postgres, role stays" &&
		! grep tablespace "$work/err" && sql_is new 'select n from t' 42 &&
		sql_is new "select count(*) from pg_tablespace
			where spcname = 'spare'" 0 &&
		sql_is new "select count(*) from pg_roles where rolname in
			('reader', 'owner_of_app')" 2
	local result=$?
	give_back
	return $result
}
check "no tablespaces with --no-tablespaces, but the roles" no_tablespaces

# What cannot be made: a tablespace where another one is, a role without the
# right to make one.
failing()
{
	take_away
	psql -X -q -c "create role limited login" \
		-c "alter tablespace apart rename to elsewhere"
	into 1 new custom --with-globals --conninfo "host=$PGHOST user=limited" &&
		says err "permission denied" && no_db new &&
		sql_is postgres "select count(*) from pg_roles where rolname in
			('reader', 'owner_of_app')" 0 &&
		into 1 new custom --with-globals &&
		says err "already in use as a tablespace" && no_db new
	local result=$?
	psql -X -q -c "alter tablespace elsewhere rename to apart" \
		-c "drop role limited"
	give_back
	return $result
}
check "any other error is one, and nothing is restored" failing

# Of two sources one must be named; here, both are of the same server.
several()
{
	local one
	one=$(globals globals)
	configure "$one $(globals "of the other")" && nb_is 0 run -j nightly
	configure "$one"
	take_away
	nb_is 2 restore 3 --into new --source custom --run-as postgres \
		--with-globals &&
		says err "has the globals of several servers" &&
		says err "hint: choose one with --globals NAME: globals, of the other" &&
		nb_is 1 restore 3 --into new --source custom \
			--run-as postgres --globals nosuch &&
		says err "has no globals of a source nosuch" && no_db new &&
		nb_is 0 restore 3 --into new --source custom \
			--run-as postgres --globals "of the other" &&
		says err "nightburn: of the other: left unchanged" &&
		sql_is new 'select n from t' 42
	local result=$?
	give_back
	return $result
}
check "of the globals of several servers, one is named" several

no_globals()
{
	nb_is 1 restore 1 --into new --source custom --run-as postgres \
		--with-globals &&
		says err "has no globals" &&
		says err "hint: leave --with-globals out; a source with globals_only = true adds them to the backups" &&
		no_db new
}
check "a backup without globals" no_globals

# ---- replacing ----

databases()
{
	psql -X -At -c "select oid, datname, datallowconn, datconnlimit, datacl,
		datdba, dattablespace from pg_database order by oid"
}

# The database that is replaced has another row.
spoil()
{
	psql -X -q -d app -c 'insert into t values (43)' \
		-c 'alter database app set work_mem = "5MB"'
}
rows="select string_agg(n::text, ' ' order by n) from t"
properties="select datdba::regrole, (select string_agg(a::text, ' ' order by
	a::text) from unnest(datacl) a), datconnlimit, (select
	string_agg(setrole::text || setconfig::text, ' ' order by setrole)
	from pg_db_role_setting where setdatabase = d.oid) from pg_database d
	where datname = 'app'"
was=$(psql -X -At -c "$properties")

old_database()
{
	psql -X -At -c "select datname from pg_database where datname like
		'app\\_before\\_%'"
}

replaced()
{
	local old
	spoil
	into 0 app "$1" --replace --json && sql_is app "$rows" 42 &&
		sql_is app "$properties" "$was" && old=$(old_database) &&
		[[ $old =~ ^app_before_20[0-9]{6}T[0-9]{6}Z$ ]] &&
		sql_is "$old" "$rows" '42 43' &&
		says out "\"old_database\": \"$old\"" &&
		says out '"restored": true' &&
		says err "nightburn: app: was replaced; the old database is now $old" &&
		says err "hint: to remove it: DROP DATABASE \"$old\"" &&
		dropdb "$old" && [ "$(databases | wc -l)" = 4 ]
}
check "custom: a database is replaced, and kept under another name" \
	replaced custom
check "the same with a directory" replaced directory
check "the same with SQL text" replaced plain

# What the hint says is typed as it is.
template()
{
	local old hint
	psql -X -q -c 'alter database app is_template true' || return 1
	into 0 app custom --replace && old=$(old_database) &&
		hint=$(sed -n 's/^hint: to remove it: //p' "$work/err") &&
		[ "$hint" = "ALTER DATABASE \"$old\" IS_TEMPLATE false; DROP DATABASE \"$old\"" ] &&
		psql -X -q -v ON_ERROR_STOP=1 <<<"$hint;" &&
		[ "$(databases | wc -l)" = 4 ] &&
		psql -X -q -c 'alter database app is_template true' &&
		into 0 app custom --replace --drop-old &&
		[ "$(databases | wc -l)" = 4 ]
}
check "one that is a template, with the statements that drop it" template

dropped()
{
	spoil
	into 0 app custom --replace --drop-old --json && sql_is app "$rows" 42 &&
		says out '"old_database": null' && [ -z "$(old_database)" ] &&
		[ "$(databases | wc -l)" = 4 ]
}
check "or dropped" dropped

missing()
{
	into 0 new custom --replace --json && sql_is new "$rows" 42 &&
		says out '"old_database": null' && dropdb new
}
check "one that is missing is only restored" missing

# The database and all others are as they were.
same()
{
	local before result
	before=$(databases)
	"$@"
	result=$?
	[ "$(databases)" = "$before" ] && [ $result = 0 ] && return 0
	databases
	return 1
}

# A subscription would go on in the old database.
subscribed()
{
	local old statements
	spoil
	psql -X -q -d app <<-'END' || return 1
		set client_min_messages = error;
		create subscription "of ""it" connection 'host=/none'
			publication p with (connect = false, slot_name = it);
		alter subscription "of ""it" enable;
	END
	statements='ALTER SUBSCRIPTION "of ""it" DISABLE; ALTER SUBSCRIPTION "of ""it" SET (slot_name = NONE)'
	same into 3 app custom --replace --disconnect &&
		says err 'app: the database has subscriptions and cannot be replaced: "of ""it"' &&
		says err "detach them first (their slots remain): $statements" &&
		says err "nightburn: app: the database was not changed" &&
		psql -X -q -d app -c "$statements" &&
		until_true sql_is postgres "select count(*) from pg_stat_activity
			where datname = 'app'" 0 &&
		into 0 app custom --replace && old=$(old_database) &&
		says err "hint: to remove it: in that database DROP SUBSCRIPTION \"of \"\"it\"; then in another one DROP DATABASE \"$old\"" &&
		psql -X -q -d "$old" -c 'drop subscription "of ""it"' &&
		dropdb "$old" && psql -X -q -d app <<-'END' || return 1
			set client_min_messages = error;
			create subscription other connection 'host=/none'
				publication p with (connect = false, slot_name = none);
		END
	into 0 app custom --replace --drop-old --json &&
		says out '"old_database": null' &&
		[ "$(databases | wc -l)" = 4 ]
}
check "one with a subscription is not replaced before that is detached" \
	subscribed

# A slot would go with the old database, and be dropped with it.
slots()
{
	local statements="SELECT pg_drop_replication_slot('one'); SELECT pg_drop_replication_slot('two')"
	psql -X -q -At -d app \
		-c "select pg_create_logical_replication_slot('two', 'pgoutput')" \
		-c "select pg_create_logical_replication_slot('one', 'pgoutput')" \
		-c "select pg_create_physical_replication_slot('all')" \
		>/dev/null || return 1
	into 3 app custom --replace --drop-old &&
		says err "app: the database has replication slots and cannot be replaced: one, two" &&
		says err "if they may be dropped: $statements" &&
		sql_is postgres "select count(*) from pg_replication_slots" 3 &&
		psql -X -q -At -d app -c "$statements" >/dev/null &&
		into 0 app custom --replace --drop-old &&
		psql -X -q -At -d app \
			-c "select pg_drop_replication_slot('all')" >/dev/null
}
check "one with replication slots is not replaced before they are dropped" \
	slots

# Names: of the same second, and as long as they can be.
names()
{
	local taken=app_before_20010909T014640Z long cut
	long=$(printf 'é%.0s' {1..31})
	cut=$(printf 'é%.0s' {1..19})
	createdb $taken && createdb "$long" &&
		psql -X -q -d "$long" -c 'create table x ()' || return 1
	export SOURCE_DATE_EPOCH=1000000000
	into 0 app custom --replace && says err "now ${taken}_2" &&
		sql_is ${taken}_2 "$rows" 42 && dropdb $taken &&
		dropdb ${taken}_2 && into 0 "$long" custom --replace &&
		sql_is "$long" "$rows" 42 &&
		sql_is "${cut}_before_20010909T014640Z" \
			"select count(*) from x" 0 &&
		dropdb "$long" && dropdb "${cut}_before_20010909T014640Z"
	local result=$?
	unset SOURCE_DATE_EPOCH
	return $result
}
check "no other database has the name, and names are not too long" names

# The name of the session.
connect()
{
	PGAPPNAME=$1 psql -X -At -d app -c 'select pg_sleep(600)' \
		>/dev/null 2>&1 &
	session=$!
	until_true sql_is postgres "select count(*) from pg_stat_activity where
		application_name = '$1'" 1
}

in_use()
{
	local before
	connect shop
	before=$(databases)
	into 3 app custom --replace &&
		says err "app: the database is in use and cannot be replaced: session postgres (shop)" &&
		says err "hint: end them, or use --disconnect" &&
		says err "nightburn: app: the database was not changed" &&
		[ "$(databases)" = "$before" ] && kill -0 $session &&
		sql_is app "$rows" 42
}
check "sessions are named, and nothing is done" in_use

disconnected()
{
	spoil
	into 0 app custom --replace --disconnect --drop-old &&
		sql_is app "$rows" 42 && wait $session
	[ $? = 2 ] && [ "$(databases | wc -l)" = 4 ]
}
check "or ended" disconnected

# Clients that connect again at once.
stubborn()
{
	local clients=() i result
	spoil
	touch "$work/stubborn"
	for i in 1 2 3 4; do
		while [ -e "$work/stubborn" ]; do
			PGAPPNAME=stubborn "$bin/psql" -X -At -d app \
				-c 'select pg_sleep(600)' >/dev/null 2>&1
		done &
		clients+=($!)
	done
	until_true sql_is postgres "select count(*) from pg_stat_activity where
		application_name = 'stubborn'" 4
	into 0 app custom --replace --disconnect --drop-old \
		--conninfo "host=$PGHOST password=s3cret" &&
		! grep s3cret "$work/log" && [ "$(databases | wc -l)" = 4 ]
	result=$?
	rm "$work/stubborn"
	psql -X -q -c "select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'stubborn'" >/dev/null
	until_true no_session
	wait "${clients[@]}"
	[ $result = 0 ] && sql_is app "$rows" 42
}
no_session()
{
	psql -X -q -c "select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'stubborn'" >/dev/null
	sql_is postgres "select count(*) from pg_stat_activity where
		application_name = 'stubborn'" 0
}
check "also those that come back at once" stubborn

# Somebody comes while the new one is restored.
late()
{
	local pid result
	cat >"$work/bin/pg_restore" <<-END
		#!/bin/bash
		"$bin/pg_restore" "\$@" || exit
		touch "$work/space/loaded"
		while [ -e "$work/space/loaded" ]; do sleep 0.1; done
	END
	into 3 app custom --replace &
	pid=$!
	until_true test -e "$work/space/loaded" && connect late
	rm -f "$work/space/loaded"
	wait $pid && says err "cannot be replaced: session postgres (late)"
	result=$?
	psql -X -q -c "select pg_terminate_backend(pid) from pg_stat_activity
		where application_name = 'late'" >/dev/null
	wait $session
	printf '#!/bin/sh\nexec "%s" "$@"\n' "$bin/pg_restore" \
		>"$work/bin/pg_restore"
	return $result
}
check "one that comes later keeps it, too" same late

failed()
{
	psql -X -q -c 'alter role owner_of_app rename to somebody' || return 1
	into 1 app "$1" --replace && sql_is app "$rows" 42 &&
		says err 'role "owner_of_app" does not exist' &&
		says err "nightburn: app: the database was not changed"
	local result=$?
	psql -X -q -c 'alter role somebody rename to owner_of_app'
	return $result
}
check "custom: a dump that cannot be restored replaces nothing" same failed custom
check "directory: the same" same failed directory
check "plain: the same" same failed plain

kept()
{
	psql -X -q -c 'alter role reader rename to nobody' || return 1
	into 3 app custom --replace --no-privileges --keep &&
		says err "does not replace app, because its properties differ from the original ones" &&
		says err "nightburn: app: the database was not changed" &&
		sql_is app "$rows" 42
	local result=$? beside
	psql -X -q -c 'alter role nobody rename to reader'
	beside=$(psql -X -At -c "select datname from pg_database where datname
		like 'app\\_restored\\_%'")
	says err "$beside: was restored to replace app, and was not removed" &&
		sql_is "$beside" "$rows" 42 && dropdb "$beside" && return $result
}
check "--keep leaves what was restored" same kept

differs()
{
	psql -X -q -c 'alter role reader rename to nobody' || return 1
	into 3 app custom --replace --no-privileges &&
		says err "does not replace app, because its properties differ from the original ones"
	local result=$?
	psql -X -q -c 'alter role nobody rename to reader'
	return $result
}
check "one that is not as it was replaces nothing" same differs

# killed SECONDS COMMAND...: nightburn is, between the two renames.
killed()
{
	local pid
	echo "$1" >"$work/slow"
	nb restore 2 --into app --source custom --run-as postgres --replace &
	pid=$!
	until_true sql_is postgres "select count(*) from pg_stat_activity where
		wait_event = 'PgSleep'" 1 || return 1
	# With all that it started.
	pkill -KILL -P $pid
	wait $pid 2>/dev/null
	rm "$work/slow"
	"${@:2}"
}

end_backend()
{
	psql -X -At -c "select pg_terminate_backend(pid) from pg_stat_activity
		where wait_event = 'PgSleep'" >/dev/null
}

# One state or the other: OLD rows, DATABASES before.
exchanged()
{
	until_true sql_is postgres "select count(*) from pg_stat_activity where
		query like '%rename to%' and pid <> pg_backend_pid()" 0 &&
		sql_is app "$rows" "$1" && sql_is postgres "select count(*) from
		pg_database where datname like 'app\\_before\\_%'" "$2" &&
		[ "$(databases | wc -l)" = 5 ]
}

drop_others()
{
	local one
	for one in $(psql -X -At -c "select datname from pg_database where
		datname like 'app\\_%'"); do
		dropdb "$one"
	done
}

middle()
{
	spoil
	killed 60 end_backend && exchanged '42 43' 0 && drop_others &&
		killed 1 true && exchanged 42 1 && drop_others
}
check "killed between the renames: the old one or the new one" middle

unreachable()
{
	into 1 app custom --replace --conninfo "host=$work/none" &&
		says err "psql: exit status 2: " && [ ! -s "$work/out" ]
}
check "no server" same unreachable

# The one that the others are administered from.
of_postgres()
{
	psql -X -q -c 'create table x ()' &&
		into 0 postgres custom --replace --drop-old &&
		sql_is postgres "$rows" 42 &&
		[ "$(databases | wc -l)" = 4 ]
}
check "the database postgres" of_postgres

# A dump that lacks rows that were counted.
lacking()
{
	printf '#!/bin/sh\nexec "%s" "$@" --exclude-table-data=t\n' \
		"$bin/pg_dump" >"$work/bin/pg_dump"
	chmod 755 "$work/bin/pg_dump"
	cp "$work/nb.conf" "$work/nb.good"
	sed -i "s|pg_restore = |pg_dump = \"$work/bin/pg_dump\" &|" "$work/nb.conf"
	sed -i 's/database = app/min_ratio = 0 &/' "$work/nb.conf"
	nb_is 0 run || return 1
	nb_is 3 restore --into app --source custom --run-as postgres \
		--replace --drop-old &&
		says err "postgres custom: table public.t has 0 rows, had 1" &&
		says err "does not replace app, because it does not have what was counted" &&
		sql_is app "$rows" 42 &&
		nb_is 3 restore --into lacking --source custom --run-as postgres &&
		says err "lacking: is restored, but does not have what was counted" &&
		sql_is lacking 'select count(*) from t' 0
	local result=$?
	dropdb --if-exists lacking
	mv "$work/nb.good" "$work/nb.conf"
	return $result
}
check "one that lacks rows replaces nothing" same lacking

template()
{
	into 2 "$1" custom --replace &&
		says err "$1: the server needs it as it is, and it cannot be replaced"
}
check "template1 is refused" same template template1
check "template0, too" same template template0

usage()
{
	nb_is 2 restore --into app --source custom "${@:2}" && says err "$1"
}
check "--disconnect alone" usage "restore: --disconnect without --replace" \
	--disconnect
check "--drop-old alone" usage "restore: --drop-old without --replace" \
	--drop-old
check "a part does not replace the whole" usage \
	"restore: a part of a dump cannot replace a database" \
	--replace --table t
files()
{
	nb_is 2 restore --to "$work/back" "$1" &&
		says err "an option for databases, but no database"
}
check "--replace of files" files --replace
check "--with-globals of files" files --with-globals
finish
