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
alter database tokyo set app.max to '100';
END
	sql tokyo <<'END'
create table event (at timestamptz);
insert into event values ('2026-01-01 00:30+09');
create materialized view days as
	select at::date as day, '03/04/2026'::text::date as fixed from event;
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
show default_transaction_read_only;
show statement_timeout;
END
	diff - "$work/have" <<'END'
2026-01-01|2026-04-03
5
Asia/Tokyo
100
on
1min
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
finish
