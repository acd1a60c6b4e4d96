#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What of a dump is restored and how; what a restore that fails leaves behind;
# and how the server is named.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -p "$work/tree/a/deep" "$work/tree/b" "$work/bin" "$work/space"
for file in a/one.conf a/deep/two.conf b/three.txt; do
	echo "$file" >"$work/tree/$file"
done
touch "$work/log"
chmod 666 "$work/log"
chmod 777 "$work/space"
# Programs that tell how they were called, and how nightburn was.
for program in pg_restore psql; do
	cat >"$work/bin/$program" <<-END
		#!/bin/sh
		{
			echo "$program \$*"
			echo "password \${PGPASSWORD-none}"
			tr '\\0' ' ' </proc/\$PPID/cmdline
			echo
		} >>"$work/log"
		exec "$bin/$program" "\$@"
	END
	chmod 755 "$work/bin/$program"
done
printf '#!/bin/sh\nunset PGUSER\nexec "%s" "$@"\n' "$nightburn" \
	>"$work/bin/without"
chmod 755 "$work/bin/without"
postgres()
{
	echo "postgres \"$1\" {
	  database = app  run_as = postgres  conninfo = \"host=$PGHOST\"
	  pg_restore = \"$work/bin/pg_restore\"  $2
	}"
}
write_conf <<END
job "nightly" {
  pool = "db"
  $(postgres custom "")
  $(postgres directory "format = directory")
  $(postgres plain "format = plain")
  $(postgres zstd "compress = zstd")
  postgres "globals" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  globals_only = true
  }
  tree "www" { path = "$work/tree" }
}
END

createdb app
chown postgres "$work/space"
psql -X -q -d app <<END
create role owner_of_app;
create role reader;
create tablespace apart location '$work/space';
create schema s;
create table t tablespace apart as select 42 n;
create index on t (n);
create table u as select 43 n;
create table s.v as select 44 n;
comment on table s.v is 'of v';
create table s.w (n int primary key);
comment on schema s is 'its comment';
grant usage on schema s to reader;
create schema "s s";
create table "s s"."a b" ();
create schema empty;
alter schema s owner to owner_of_app;
alter table t owner to owner_of_app;
alter database app owner to owner_of_app;
revoke connect on database app from public;
grant connect on database app to reader;
grant select on t to reader;
END

no_db()
{
	! psql -X -At -d "$1" -c 'select 1' 2>/dev/null
}

# into STATUS DATABASE SOURCE ARGUMENTS...
into()
{
	: >"$work/log"
	nb_is "$1" restore --into "$2" --source "$3" --run-as postgres \
		"${@:4}"
}

called()
{
	grep -qF -- "$1" "$work/log" && return 0
	cat "$work/log"
	return 1
}

owner="select relowner::regrole from pg_class where relname = 't'"
acl="select relacl is null from pg_class where relname = 't'"
space="select reltablespace <> 0 from pg_class where relname = 't'"
tables="select string_agg(relname, ' ' order by relname) from pg_class
	where relkind = 'r' and oid >= 16384"

check "a night" nb_is 0 run

as_it_was()
{
	into 0 new custom && sql_is new "$owner" owner_of_app &&
		sql_is new "$acl" f && sql_is new "$space" t && dropdb new
}
check "a dump is restored as it was" as_it_was

lacks="hint: --with-globals restores the roles and tablespaces that this server lacks"

# To a server that lacks the roles: nothing differs then.
elsewhere()
{
	psql -X -q -c 'alter role owner_of_app rename to somebody' \
		-c 'alter role reader rename to nobody' || return 1
	into 1 new custom && no_db new && says err "$lacks; --no-owner" &&
		into 1 new plain && no_db new && says err "$lacks" &&
		into 1 new custom --no-privileges && no_db new &&
		into 0 new custom --no-owner --no-privileges &&
		sql_is new 'select n from t' 42 && dropdb new
	local result=$?
	psql -X -q -c 'alter role somebody rename to owner_of_app' \
		-c 'alter role nobody rename to reader'
	return $result
}
check "without owners and privileges no role is needed" elsewhere

without()
{
	into 0 new custom --no-owner --no-privileges --no-tablespaces &&
		sql_is new "$owner" postgres && sql_is new "$acl" t &&
		sql_is new "$space" f && sql_is new 'select n from t' 42 && dropdb new
}
check "without owner, privileges, tablespaces" without

selected()
{
	into 0 new "$1" --table t --table u && sql_is new "$tables" 't u' &&
		says err "new: --table restores tables without their indexes, keys, defaults, sequences and triggers" &&
		says err "hint: --schema, or all of it into another database, has these as well" &&
		dropdb new && into 0 new "$1" --section pre-data &&
		sql_is new 'select count(*) from u' 0 &&
		sql_is new "$tables" 'a b t u v w' && dropdb new
}
# One section after the other into the same database; data only once.
sections()
{
	into 0 new "$1" --section pre-data &&
		into 3 new "$1" --section pre-data &&
		says err "new: the database is not empty: it has " &&
		into 0 new "$1" --section data && sql_is new 'select n from u' 43 &&
		into 3 new "$1" --section data &&
		says err "new: there is data already: in table " &&
		says err "hint: truncate these tables, or restore into another database" &&
		sql_is new 'select n from u' 43 &&
		into 0 new "$1" --section post-data &&
		sql_is new "select count(*) > 0 from pg_index
			where indrelid = 't'::regclass" t
	local result=$?
	dropdb --if-exists new
	return $result
}
check "sections one after the other, custom format" sections custom
check "sections one after the other, directory format" sections directory
check "tables and sections of the custom format" selected custom
check "tables and sections of the directory format" selected directory

schema="select nspowner::regrole || ' ' || obj_description(oid) || ' ' ||
	has_schema_privilege('reader', oid, 'usage') from pg_namespace
	where nspname = 's'"
names="select string_agg(nspname, ' ' order by nspname) from pg_namespace
	where oid >= 16384"

# With its owner, comment and privileges; with a table, only that table.
schemas()
{
	into 0 new "$1" --schema s &&
		sql_is new "$tables" 'v w' && sql_is new "$names" s &&
		sql_is new "$schema" 'owner_of_app its comment true' &&
		sql_is new "select obj_description('s.v'::regclass)" 'of v' &&
		sql_is new "select count(*) from pg_index where indrelid = 's.w'::regclass" 1 &&
		dropdb new && into 0 new "$1" --table v --table "a b" &&
		sql_is new "$tables" 'a b v' && sql_is new "$names" 's s s' &&
		dropdb new && into 0 new "$1" --schema empty --schema "s s" &&
		sql_is new "$names" 'empty s s' && sql_is new "$tables" 'a b' &&
		dropdb new && createdb new &&
		into 0 new "$1" --schema s --table v && sql_is new "$tables" v &&
		dropdb new && into 0 new "$1" --schema public &&
		sql_is new "$tables" 't u' && dropdb new
}
check "a schema comes with its own definition" schemas custom
check "of the directory format as well" schemas directory
check "and of a compressed file" schemas zstd

# lacking SOURCE MESSAGE ARGUMENTS...: nothing is created.
lacking()
{
	into 1 new "$1" "${@:3}" && says err "$1: the dump has no $2" &&
		no_db new && [ ! -s "$work/out" ] && ! called "-d "
}

nothing_of_it()
{
	local hint="hint: nightburn restore --list --source $1 shows what it has"
	lacking "$1" 'table "nosuch"' --table nosuch && says err "$hint" &&
		lacking "$1" 'table "nosuch"' --table t --table nosuch &&
		lacking "$1" 'schema "S"' --schema S && says err "$hint" &&
		lacking "$1" 'schema "nosuch"' --schema s --schema nosuch &&
		lacking "$1" 'table "t" in these schemas' --schema s --table t &&
		lacking "$1" 'table "s.v"' --table s.v &&
		says err "hint: a schema is named with --schema, not before the table" &&
		into 1 new "$1" --table nosuch --json &&
		says out '"restored": false' &&
		psql -X -q -d app -c 'alter role reader rename to nobody' &&
		into 1 new "$1" --with-globals --table nosuch &&
		sql_is postgres "select count(*) from pg_roles where rolname = 'reader'" 0 &&
		psql -X -q -d app -c 'alter role nobody rename to reader' && no_db new
}
check "a part that the dump does not have is an error" nothing_of_it custom
check "of the directory format as well" nothing_of_it directory

plain_whole()
{
	local option
	for option in --no-owner --no-privileges --no-tablespaces \
		"--table t" "--schema s" "--section data" "--jobs 2"; do
		# shellcheck disable=SC2086
		into 2 new plain $option && no_db new &&
			says err "plain: a dump in plain format can only be restored as a whole" ||
			return 1
	done
}
check "of a dump in plain format nothing can be chosen" plain_whole

wrong_options()
{
	into 2 new custom --section some &&
		says err "--section some: expected pre-data, data or post-data" &&
		into 2 new custom --jobs 0 &&
		says err "--jobs 0: expected a number from 1 to 64" &&
		into 2 new zstd --jobs 2 &&
		says err "zstd: several jobs cannot read a compressed file" &&
		into 2 new custom newest some/path &&
		says err "paths cannot be used with a database" &&
		nb_is 2 restore --to "$work/back" --no-owner &&
		says err "an option for databases, but no database" && no_db new
}
check "options that make no sense are refused" wrong_options

parallel()
{
	into 0 new directory --jobs 2 && called "--jobs=2" &&
		sql_is new 'select n from t' 42 && dropdb new &&
		into 0 new custom --jobs 2 && called "--jobs=2" &&
		sql_is new 'select n from t' 42 && dropdb new || return 1
	[ "$(nproc)" -lt 2 ] && return 0
	into 0 new directory && called "--jobs=" && dropdb new
}
check "several jobs load a directory, or a file if that is asked for" parallel

# ---- failures ----

reported()
{
	! grep -q restored "$work/out" && [ ! -s "$work/out" ] &&
		into 1 new "$1" --json && says out '"files": 0' &&
		says out '"bad": 1' && says out '"restored": false'
}

# A role that the dump names is missing.
fails()
{
	psql -X -q -c 'alter role owner_of_app rename to somebody' || return 1
	into 1 new "$1" && no_db new &&
		says err "created for this restore is removed again" &&
		reported "$1" && no_db new &&
		into 1 new "$1" --keep && sql_is new 'select 1' 1 &&
		says err "new: the database is incomplete" && dropdb new &&
		createdb new && into 1 new "$1" &&
		called "--single-transaction" && sql_is new "$tables" ""
	local result=$?
	psql -X -q -c 'alter role somebody rename to owner_of_app'
	[ $result = 0 ] && into 0 new "$1" && sql_is new 'select n from u' 43
	result=$?
	dropdb --if-exists new
	return $result
}
check "custom: what a failed restore made is removed" fails custom
check "directory: the same" fails directory
check "plain: the same" fails plain

unreachable()
{
	into 1 new custom --conninfo "host=$work/none" && [ ! -s "$work/out" ] &&
		into 1 new custom --conninfo "host=$work/none" --json &&
		says out '"bad": 1' && says out '"restored": false' &&
		createdb new && psql -X -q -d new -c 'create table x ()' &&
		into 3 new custom --json && says out '"bad": 1' &&
		sql_is new "$tables" x && dropdb new
}
check "no server, or a database that is not empty: nothing is restored" \
	unreachable

no_database()
{
	into 2 new globals && says err "globals: no database" &&
		says err "hint: nightburn restore --to DIR --source globals, then psql -f DIR/postgres/globals.sql" &&
		into 2 new www && says err "www: no database" &&
		says err "hint: nightburn restore --to DIR --source www restores its files" &&
		no_db new
}
check "what is no database does not go into one, and the way is named" \
	no_database

# ---- the server ----

secret()
{
	into 0 new "$1" --conninfo "$2" && sql_is new 'select n from t' 42 &&
		called "password s3cret" && ! grep -v '^password' "$work/log" |
		grep s3cret && grep -qF -- --conninfo "$work/log" && dropdb new
}
check "a URI, whose password no program shows" secret custom \
	"postgresql://postgres:s3cret@/template1?host=$PGHOST"
check "a string with a password and another database" secret plain \
	"host=$PGHOST password='s3cret' dbname=template1"
check "the same with a directory" secret directory \
	"host=$PGHOST password=s3cret"

bad_conninfo()
{
	into 2 new custom --conninfo "hots=x" &&
		says err 'restore: --conninfo: invalid connection option "hots"'
}
check "what libpq does not understand is a usage error" bad_conninfo

# Root cannot log in; without --run-as it is who dumped it, by the
# configuration; without that, there is a hint.
user()
{
	[ "$(id -u)" = 0 ] || return 0
	nb_is 0 restore --into new --source "$1" && sql_is new 'select n from t' 42 &&
		dropdb new &&
		"$nightburn" -c "$work/none.conf" restore --into new \
			--device "stdio:$work/discs/A" --source "$1" \
			>"$work/out" 2>"$work/err"
	[ $? = 1 ] && says err 'role "root" does not exist' &&
		says err "hint: --run-as USER: the administrator of the server, for example postgres" &&
		no_db new && nb_is 1 restore --into new --source "$1" \
		--conninfo "host=$PGHOST" && says err 'role "root"' && no_db new
}

without_user()
{
	(
		nightburn=$work/bin/without
		user "$1"
	)
}
check "who runs the programs is known from the configuration" \
	without_user custom
check "for a directory as well" without_user directory

# ---- files ----

paths()
{
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back" "${@:2}" &&
		[ "$(cd "$work/back/tree/www" && find . -type f | sort |
			tr '\n' ' ')" = "$1" ]
}
check "files that match a pattern" paths "./a/deep/two.conf ./a/one.conf " \
	--path '*.conf'
check "a directory that matches, with all in it" paths "./a/deep/two.conf " \
	--path 'de*'
check "a pattern with a slash is for the whole path" paths \
	"./a/one.conf ./b/three.txt " --path 'tree/www/a/o*.conf' \
	--path 'tree/*/b' --source www
finish
