#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is computed while a dump is loaded depends on the settings of the
# database: they are there before, in each format, by nightburn and by
# restore.sh; those that would prevent the load come after it.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs

sql()
{
	PGDATABASE=$1 psql -X -q -At -v ON_ERROR_STOP=1
}

make_database()
{
	sql postgres <<'END'
create database tokyo;
alter database tokyo set timezone to 'Asia/Tokyo';
alter database tokyo set datestyle to 'SQL, DMY';
alter database tokyo set lc_monetary to 'C.UTF-8';
alter database tokyo set app.max to '100';
END
	sql tokyo <<'END'
create table event (at timestamptz);
insert into event values ('2026-01-01 00:30+09');
create materialized view days as
	select at::date as day, '03/04/2026'::text::date as fixed,
	current_setting('lc_monetary') as money from event;
create function highest() returns int language sql stable as
	$$ select current_setting('app.max')::int $$;
create table few (v int check (v < current_setting('app.max')::int));
insert into few values (5);
END
	sql postgres <<'END'
alter database tokyo set default_transaction_read_only to on;
alter database tokyo set statement_timeout to '1min';
END
}

configure()
{
	local format
	{
		cat <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A", "B" }  drives = { "upper" } }
job "j" { pool = "p"
END
		for format in custom plain directory; do
			echo "  postgres \"$format\" { database = \"tokyo\"  format = $format  conninfo = \"host=$PGHOST user=postgres\"  run_as = \"postgres\" }"
		done
		echo "}"
	} >"$work/nb.conf"
	chmod 600 "$work/nb.conf"
}

# as_it_was DATABASE
as_it_was()
{
	sql "$1" >"$work/have" <<'END'
set datestyle to 'ISO';
select * from days;
select * from few;
show timezone;
show app.max;
select array(select unnest(setconfig) order by 1) from pg_db_role_setting s join pg_database d on
	d.oid = s.setdatabase where datname = current_database();
END
	diff - "$work/have" <<'END'
2026-01-01|2026-04-03|C.UTF-8
5
Asia/Tokyo
100
{"DateStyle=SQL, DMY",TimeZone=Asia/Tokyo,app.max=100,default_transaction_read_only=on,lc_monetary=C.UTF-8,statement_timeout=1min}
END
}

into()
{
	nb_is 0 restore --into "new_$1" --source "$1" \
		--conninfo "host=$PGHOST user=postgres" && as_it_was "new_$1"
}

replaced()
{
	nb_is 0 restore --into tokyo --source custom --replace --drop-old \
		--conninfo "host=$PGHOST user=postgres" && as_it_was tokyo
}

# An empty database that exists.
existing()
{
	sql postgres <<<'create database empty template template0'
	nb_is 0 restore --into empty --source directory \
		--conninfo "host=$PGHOST user=postgres" && as_it_was empty
}

# The script of the disc; all three are of one name.
script()
{
	sql postgres <<<'drop database tokyo'
	xorriso -osirrox on -indev "stdio:$work/discs/A" -extract / \
		"$work/whole" >/dev/null 2>&1
	chmod -R u+rwX "$work/whole"
	sh "$work/whole/restore.sh" "$1" >"$work/out" 2>&1 || {
		cat "$work/out"
		return 1
	}
	as_it_was tokyo
}

make_database
configure
check "a night" nb_is 0 run
for format in custom plain directory; do
	check "it comes back, $format" into $format
done
check "in place of the one that exists" replaced
check "into an empty one that exists" existing
check "by restore.sh" script custom
check "a drill is good" nb_is 0 drill

# ---- settings that are for applications, not for a backup ----

# In sections: the settings are there after the first one.
sections()
{
	local section
	for section in pre-data data post-data; do
		nb_is 0 restore --into parts --source "$1" --section $section \
			--conninfo "host=$PGHOST user=postgres" || return 1
	done
	as_it_was parts && sql postgres <<<'drop database parts'
}
check "section by section into a database that is read-only" sections custom
check "from a directory, too" sections directory

unlimited='-c statement_timeout=0 -c idle_session_timeout=0 -c lock_timeout=0'
unlimited+=' -c idle_in_transaction_session_timeout=0'
unlimited+=' -c default_transaction_read_only=off'

# Of the user, and shorter than anything takes.
limits()
{
	sql postgres <<'END'
alter role postgres set default_transaction_read_only = on;
alter role postgres set statement_timeout = '3ms';
alter role postgres set lock_timeout = '3ms';
alter role postgres set idle_in_transaction_session_timeout = '3ms';
alter role postgres set idle_session_timeout = '3ms';
END
	# The server of the drill has the same role.
	sed -i '$d' "$work/nb.conf" && cat >>"$work/nb.conf" <<END
  postgres "globals" { run_as = "postgres"  conninfo = "host=$PGHOST user=postgres"  globals_only = true }
}
END
}

limited()
{
	local name=limited_$1
	nb_is 0 restore --into "$name" --source "$1" --conninfo \
		"host=$PGHOST user=postgres options='-c geqo=off'" &&
		nb_is 0 restore --into "$name" --source "$1" --replace \
			--drop-old --conninfo "host=$PGHOST user=postgres" &&
		PGOPTIONS=$unlimited as_it_was "$name"
}

limited_script()
{
	PGOPTIONS=$unlimited sql postgres <<<'drop database tokyo' &&
		sh "$work/whole/restore.sh" custom >"$work/out" 2>&1 || {
		cat "$work/out"
		return 1
	}
}

check "the user's limits are set" limits
check "a night in spite of them" nb_is 0 run
for format in custom plain directory; do
	check "a restore in spite of them, $format" limited $format
done
check "restore.sh in spite of them" limited_script
check "a drill in spite of them" nb_is 0 drill
finish
