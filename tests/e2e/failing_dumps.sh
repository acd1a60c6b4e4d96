#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Dumps that do not count leave discs and catalog untouched, byte for byte.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
createdb testdb
psql -X -q -d testdb -c 'create table t as select generate_series(1, 9999) n'
real=$(command -v pg_dump)
mkdir "$work/fake"

configure()
{
	cat >"$work/nb.conf" <<-END
	state_dir = "$work/state"
	staging_dir = "$work/staging"
	drive "d" { device = "stdio:$work/drive"  capacity = 100M }
	pool "db" { discs = { "A", "B" }  drives = { "d" } }
	job "nightly" {
	  pool = "db"
	  postgres "testdb" {
	    run_as = "postgres"  conninfo = "host=$PGHOST"
	    pg_dump = "$1"  timeout = ${2:-60}  max_size = 20M
	  }
	}
	END
	chmod 600 "$work/nb.conf"
}

# fake NAME: a pg_dump that tells its version truly, and then does the rest of
# the standard input.
fake()
{
	{
		echo '#!/bin/bash'
		echo "[ \"\$1\" = --version ] && exec $real --version"
		cat
	} >"$work/fake/$1"
	chmod 755 "$work/fake/$1"
}

fake half <<END
$real "\$@" | head -c 2000
echo 'pg_dump: error: connection lost' >&2
exit 1
END
fake killed <<'END'
echo PGDMP
kill -KILL $$
END
fake empty <<'END'
exit 0
END
fake endless <<'END'
exec cat /dev/zero
END
fake prompt <<'END'
read -r -t 100 password </dev/tty || sleep 100
END
fake truncated <<END
$real "\$@" | head -c 3000
END

configure "$real"
check "a first good night" nb_is 0 run
insert B
check "a second good night" nb_is 0 run
insert A

untouched()
{
	local before
	configure "$work/fake/$1" "$2"
	before=$(fingerprint)
	nb_is 1 run && says err "$3" && [ "$(fingerprint)" = "$before" ] &&
		[ -z "$(ls "$work/staging")" ] && nb_is 0 verify
}
check "pg_dump that exits 1 half-way" untouched half 60 \
	"pg_dump: error: connection lost"
check "pg_dump that is killed" untouched killed 60 "killed by signal 9"
check "pg_dump that gives nothing" untouched empty 60 "testdb"
check "pg_dump without end" untouched endless 60 "testdb"
check "pg_dump that hangs on a prompt" untouched prompt 2 "testdb"
check "pg_dump that exits 0 with half an archive" untouched truncated 60 \
	"testdb"

signalled()
{
	local before pid dump=$work/fake/prompt
	configure "$dump" 300
	before=$(fingerprint)
	# In the background a shell has SIGINT ignored, and so would nightburn.
	python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$nightburn" -c "$work/nb.conf" run \
		>"$work/out" 2>"$work/err" &
	pid=$!
	for _ in $(seq 300); do
		pgrep -f "bash $dump -w" >"$work/pids" && break
		sleep 0.1
	done
	for _ in $(seq "$2"); do
		kill "-$1" "$pid"
	done
	wait "$pid"
	[ $? = 1 ] && says err "$3" &&
		[ "$(fingerprint)" = "$before" ] &&
		[ -z "$(ls "$work/staging")" ] || return 1
	! kill -0 "$(cat "$work/pids")"
}
check "a signal during the dump ends it in order, and pg_dump" signalled TERM 1 \
	"ended by SIGTERM"
check "SIGINT does so" signalled INT 1 "stopped by you (SIGINT)"
check "SIGHUP does so" signalled HUP 1 "ended by SIGHUP"
check "a signal that comes three times does so" signalled TERM 3 \
	"ended by SIGTERM"

shrunk()
{
	configure "$real"
	psql -X -q -d testdb -c 'truncate t'
	nb_is 3 run && says err "run nightburn run --accept-shrink" &&
		nb_is 0 run --accept-shrink
}
check "a dump that shrank is not good until that is accepted" shrunk

finish
