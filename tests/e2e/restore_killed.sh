#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A restore into a database that is killed: the next one names what it left, and
# how to remove it.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -p "$work/bin" "$work/flags"
chmod 777 "$work/flags"
# A pg_restore that hangs when all is loaded, if the file "hang" is there, and a
# psql that hangs before the exchange, if the file "late" is.
cat >"$work/bin/pg_restore" <<-END
	#!/bin/bash
	"$bin/pg_restore" "\$@" || exit
	[ -e "$work/flags/hang" ] || exit 0
	echo \$\$ >"$work/flags/hangs"
	exec sleep 600
END
cat >"$work/bin/psql" <<-END
	#!/bin/bash
	if [ -e "$work/flags/late" ] && [[ "\$*" == *"rename to"* ]]; then
		touch "$work/flags/hangs"
		exec sleep 600
	fi
	exec "$bin/psql" "\$@"
END
chmod 755 "$work/bin"/*
write_conf <<END
job "nightly" {
  pool = "db"
  postgres "app" {
    run_as = postgres  conninfo = "host=$PGHOST"
    database = app  pg_restore = "$work/bin/pg_restore"
  }
}
END
createdb app
psql -X -q -d app -c 'create table t as select 42 n' \
	-c "create role reader" -c "grant select on t to reader" \
	-c "comment on database app is 'of the shop'"

into()
{
	nb_is "$1" restore --into "$2" --source app --run-as postgres "${@:3}"
}

comment()
{
	sql_is "$1" "select shobj_description(oid, 'pg_database') from pg_database
		where datname = current_database()" "$2"
}

# killed FLAG DATABASE ARGUMENTS...: with all that it started.
killed()
{
	local pid
	touch "$work/flags/$1"
	nb restore --into "$2" --source app --run-as postgres "${@:3}" &
	pid=$!
	until_true test -e "$work/flags/hangs" || return 1
	pkill -KILL -P $pid
	wait $pid 2>/dev/null
	rm "$work/flags"/*
}

# The last hint is typed.
typed()
{
	local statements
	statements=$(sed -n 's/^hint: to remove it, unless that is still under way: //p' \
		"$work/err") && [ -n "$statements" ] &&
		psql -X -q -v ON_ERROR_STOP=1 <<<"$statements;"
}

databases()
{
	[ "$(psql -X -At -c 'select count(*) from pg_database')" = "$1" ]
}

check "a night" nb_is 0 run

plain()
{
	killed hang "$1" && into 3 "$1" &&
		says err "$1: incomplete, because a restore into it did not finish: it has table t" &&
		into 0 app --replace --drop-old &&
		says err "$1: incomplete, because a restore into it did not finish" &&
		typed && databases 4 && into 0 "$1" &&
		! grep -e incomplete "$work/err" &&
		comment "$1" 'of the shop' && dropdb "$1"
}
check "one that was half restored is named, and how to remove it" plain new
check "whatever its name is" plain "o\"d'd é"

# beside PATTERN MESSAGE
beside()
{
	local name
	name=$(psql -X -At -c "select datname from pg_database where datname
		like 'app\\_restored\\_%'") && [ -n "$name" ] &&
		into 3 app && says err "$name: $1" &&
		says err "app: the database is not empty" &&
		says err "DROP DATABASE \"$name\"" && typed && databases 4 &&
		into 3 app && ! grep _restored_ "$work/err"
}

replacing()
{
	killed hang app --replace &&
		beside "incomplete, because a restore into it did not finish"
}
check "one that was to replace another one" replacing

exchanging()
{
	PATH=$work/bin:$PATH killed late app --replace &&
		beside "was restored to replace app, and did not"
}
check "the same when it is complete" exchanging

# An empty database keeps its comment, and gets none by a restore that fails.
existing()
{
	createdb new && psql -X -q -c 'alter role reader rename to nobody' \
		-c "comment on database new is '$1'" || return 1
	into 1 new && comment new "$1"
	local result=$?
	psql -X -q -c 'alter role nobody rename to reader'
	[ $result = 0 ] && into 0 new && comment new 'of the shop'
	result=$?
	dropdb new
	return $result
}
check "a restore that fails leaves the comment of a database" existing mine
check "and none where there was none" existing ''

# Killed while one that exists is loaded in one transaction: nothing is there.
empty()
{
	createdb new && killed hang new && into 3 new
	says err "new: incomplete, because" && typed && databases 4
}
check "one that existed" empty
# What was copied to staging for the programs of PostgreSQL.
copies() { [ "$(find "$work/staging" -name 'restore.*' | wc -l)" = "$1" ]; }

# left OTHER COMMAND: the disc OTHER takes what a night burns meanwhile.
left()
{
	local pid other=$1
	shift
	touch "$work/flags/hang"
	"$nightburn" -c "$work/nb.conf" restore --into copy --source app \
		--run-as postgres --jobs 2 >"$work/log" 2>&1 &
	pid=$!
	until_true test -s "$work/flags/hangs" || return 1
	rm "$work/flags/hang"
	copies 1 && insert "$other" && nb_is 0 run && copies 1 || return 1
	kill -KILL $pid "$(cat "$work/flags/hangs")"
	wait $pid 2>/dev/null
	rm "$work/flags"/*
	copies 1 && nb_is 0 "$@" && copies 0 &&
		says err ": removed, a process that died left it"
	local good=$?
	dropdb copy
	return $good
}
check "a run removes the copy of a dump that a killed restore left" left B run
check "so does a drill" left A drill

finish
