#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A server that answers, and of which a dump is nevertheless not what somebody
# thinks: it leaves out damaged pages without an error, or is a standby that gets
# nothing new.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
start_cluster
psql -Xqc 'create database shop' || exit 1
psql -Xqd shop <<'END' || exit 1
create table t (i int, x text);
insert into t select g, repeat('x', 100) from generate_series(1, 5000) g;
END

# configure OPTIONS [DIRECTORY OF THE SOCKET]
configure()
{
	write_conf <<-END
		job "nightly" { pool = "db"
		  postgres "shop" { run_as = "postgres"
		    conninfo = "host=${2:-$PGHOST}"  $1 } }
	END
}

night()
{
	insert "$1"
	shift
	nb_is "$@"
}

# control DATA ARGUMENTS...: of a server.
control()
{
	local data=$1
	shift
	runuser -u postgres -- "$bin/pg_ctl" -D "$data" -w -s \
		-l "$data.log" "$@"
}

# What was written to the first disc and to the second is still there.
untouched()
{
	[ "$(fingerprint)" = "$before" ] && return 0
	echo 'a disc or the catalog has changed'
	return 1
}

# ---- damaged pages ----

# damage FILE: three pages of a table of the server, which is stopped.
damage()
{
	dd if=/dev/urandom of="$cluster/data/$1" bs=8192 seek=5 count=3 \
		conv=notrunc 2>"$work/log"
}

damaged_pages()
{
	local file
	configure ''
	night A 0 run && night B 0 run || return 1
	file=$(psql -XAtd shop -c "select pg_relation_filepath('t')") &&
		psql -Xqc 'alter system set zero_damaged_pages = on' &&
		control "$cluster/data" stop && damage "$file" &&
		control "$cluster/data" start || return 1
	before=$(fingerprint)
	night A 1 run && untouched &&
		says err "postgres shop: the server has zero_damaged_pages = \
on: rows on damaged pages are left out" && night B 1 run && untouched &&
		nb_is 2 check-config && says err 'zero_damaged_pages = on'
}
check "a server that leaves out damaged pages is not dumped" damaged_pages

# Without the setting the damage itself is found.
found()
{
	psql -Xqc 'alter system reset zero_damaged_pages' &&
		control "$cluster/data" restart || return 1
	night A 1 run && untouched && says err 'invalid page in block 5'
}
check "without the setting the damage is an error" found

# Of one database, or of the user; and with "all", also if the connection is to
# another database.
elsewhere()
{
	local one
	psql -Xqd shop -c 'drop table t' || return 1
	for one in 'database shop set zero_damaged_pages = 1' \
		'role postgres set ignore_checksum_failure = yes' \
		'role postgres in database shop set zero_damaged_pages = on'; do
		psql -Xqc "alter $one" || return 1
		configure ''
		night A 1 run && says err ' = on: rows on damaged' || return 1
		configure 'all = true'
		night A 1 run && says err ' = on: rows on damaged' || return 1
		psql -Xqc "alter ${one%% set*} reset all" || return 1
	done
	psql -Xqc 'create database other' &&
		psql -Xqc 'alter database other set zero_damaged_pages = on' ||
		return 1
	configure ''
	night A 0 run --accept-shrink
}
check "whoever has set it for this dump" elsewhere

# ---- a standby ----

make_standby()
{
	mkdir "$cluster/other" && chown postgres "$cluster/other" &&
		runuser -u postgres -- "$bin/pg_basebackup" -h "$PGHOST" \
			-c fast -R -D "$cluster/standby" &&
		control "$cluster/standby" \
			-o "-c unix_socket_directories=$cluster/other" start
}

# Something was written, and the standby has it.
catches_up()
{
	psql -Xqd shop -c 'create table if not exists n as select 1 v' \
		-c 'insert into n values (1)' &&
		until_true same_rows
}

rows()
{
	psql -XAt -h "$1" -d shop -c 'select count(*) from n'
}

same_rows()
{
	[ "$(rows "$PGHOST")" = "$(rows "$cluster/other")" ]
}

# The standby's last news is older than a second.
is_old()
{
	[ "$(psql -XAt -h "$cluster/other" -d shop -c "select
now() - coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time())
> interval '2 seconds'")" = t ]
}

follows()
{
	configure 'max_behind = 1s' "$cluster/other"
	catches_up && until_true is_old && night B 0 run &&
		night A 0 run && ! grep 'standby' "$work/err"
}

# told STATUS TEXT
told()
{
	night B 3 run && says err "postgres shop: the server is a standby that \
has got nothing new for " &&
		says out '1 dump BEHIND, of a standby that gets nothing new' &&
		nb_is 3 --quiet append && says err 'is a standby that'
}

paused()
{
	psql -Xqh "$cluster/other" -d shop -c 'select pg_wal_replay_pause()' \
		>"$work/log" && psql -Xqd shop -c 'insert into n values (1)' &&
		until_true is_old && told || return 1
	psql -Xqh "$cluster/other" -d shop -c 'select pg_wal_replay_resume()' \
		>"$work/log" && until_true same_rows
}

broken()
{
	control "$cluster/data" -m immediate stop && until_true is_old &&
		told || return 1
	local option
	for option in '' 'max_behind = 0' 'max_behind = 1h'; do
		configure "$option" "$cluster/other"
		night A 0 run && ! grep 'standby' "$work/err" || return 1
	done
}

# It has replayed nothing since it was started: then that long, at least.
started_again()
{
	control "$cluster/standby" -m fast \
		-o "-c unix_socket_directories=$cluster/other" restart &&
		configure 'max_behind = 1s' "$cluster/other" &&
		until_true is_old && told
}

if make_standby; then
	check "a standby that has all that it can get is right" follows
	check "one whose replay was paused is told" paused
	check "so is one whose primary is gone" broken
	check "also when it was started again" started_again
	control "$cluster/standby" -m immediate stop
else
	check "a standby" false
fi
finish
