#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is counted in the snapshot of a dump, and recorded in the manifest:
# exactly what the dump has, whatever others do meanwhile.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir "$work/bin"

# sql DATABASE: what comes on stdin
sql()
{
	PGDATABASE=$1 psql -X -q -At -v ON_ERROR_STOP=1
}

fill()
{
	echo 'create database shop' | sql postgres && sql shop <<'END'
create schema "Odd ""one";
create table t (id serial primary key, v text, f float8 default 0.1,
	g int generated always as (7) stored);
insert into t (v) select U&'\00e9' || i from generate_series(1, 1000) i;
create table parts (n int) partition by list (n);
create table part1 partition of parts for values in (1);
create table "Odd ""one"."part ""2" partition of parts for values in (2);
insert into parts select i % 2 + 1 from generate_series(1, 11) i;
create table parent (a int);
create table child (b int) inherits (parent);
alter table parent add c text;
insert into child values (1, 2, 'x');
insert into parent values (3, 'y');
create unlogged table loose as select 1 v;
create materialized view seen as select * from t;
create sequence still start 5;
create table nothing ();
insert into nothing default values;
create table late as select 1 v;
do $$ begin perform lo_from_bytea(0, 'hello'), lo_from_bytea(0, '\x0001');
end $$;
END
}
fill || exit 1

# A pg_dump that first does what $work/meanwhile says, as another session.
cat >"$work/bin/pg_dump" <<END
#!/bin/sh
case \$1 in
--version) ;;
*) printf '%s\n' "\$@" | grep snapshot >>$work/snapshots
. $work/meanwhile ;;
esac
exec $bin/pg_dump "\$@"
END
chmod 755 "$work/bin/pg_dump"
: >"$work/meanwhile"
: >"$work/snapshots"
chmod 666 "$work/snapshots"

# config OPTIONS
config()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 500M }
pool "p" { discs = { "A" }  drives = { "upper" }  rotation = append }
job "j" {
  pool = "p"
  postgres "shop" {
    run_as = "postgres"  conninfo = "host=$PGHOST"
    pg_dump = "$work/bin/pg_dump"  min_ratio = 0  $1
  }
}
END
	chmod 600 "$work/nb.conf"
}

# What the newest manifest has, a line each: what schema.name value.
counts()
{
	xorriso -osirrox on -indev "stdio:$work/discs/A" -extract \
		/nightburn/manifest.json "$work/manifest" >"$work/log" 2>&1
	python3 - "$work/manifest" <<'END'
import json, sys
for c in json.load(open(sys.argv[1]))["sources"][0].get("counts", []):
    if c["what"] != "size":
        print(c["what"], c.get("schema", "") + "." + c.get("name", ""),
              c["value"])
END
	rm -f "$work/manifest"
}

cat >"$work/rows" <<'END'
large_objects . 2
rows Odd "one.part "2 6
rows public.child 1
rows public.late 1
rows public.loose 1
rows public.nothing 1
rows public.parent 1
rows public.part1 5
rows public.t 1000
sequence public.still 5 unused
sequence public.t_id_seq 1000
END

rows()
{
	for one in 'format = custom' 'format = plain' \
		'format = directory  jobs = 2'; do
		config "$one" && nb_is 0 run && counts | LC_ALL=C sort |
			diff "$work/rows" - || return 1
	done
	[ "$(sort -u "$work/snapshots" | wc -l)" = 3 ]
}
check "rows of all tables, sequences and large objects, in each format" rows

none()
{
	: >"$work/snapshots"
	config 'checksum = none'
	nb_is 0 run && [ -z "$(counts)" ] && [ ! -s "$work/snapshots" ]
}
check "nothing at all with checksum = none" none

content()
{
	config 'checksum = content'
	nb_is 0 run || return 1
	counts >"$work/one"
	LC_ALL=C sort "$work/one" | grep -v ^checksum | diff "$work/rows" - &&
		[ "$(grep -c ^checksum "$work/one")" = 9 ] || return 1
	# The same in another order, with another layout.
	sql shop <<'END' || return 1
update t set v = v where id % 3 = 0;
alter table parent add gone int;
alter table parent drop gone;
vacuum full t;
END
	nb_is 0 run && counts | diff "$work/one" - || return 1
	echo "update t set v = v || ' ' where id = 500" | sql shop
	nb_is 0 run && [ "$(counts | diff "$work/one" - |
		grep -c '^> checksum public.t ')" = 1 ] &&
		[ "$(counts | diff "$work/one" - | grep -c '^>')" = 1 ]
}
check "checksums depend on the content alone" content

limited()
{
	config 'checksum = content  checksum_limit = 40K'
	nb_is 0 run && counts >"$work/two" &&
		! grep -q '^checksum public.t ' "$work/two" &&
		grep -q '^rows public.t 1000$' "$work/two" &&
		grep -q '^checksum public.child ' "$work/two"
}
check "a table beyond checksum_limit has its rows counted" limited

# While the dump waits, others write: it is what the snapshot had.
meanwhile()
{
	config 'checksum = content'
	cat >"$work/meanwhile" <<END
$bin/psql -X -q -h $PGHOST -U postgres -d shop >/dev/null <<SQL
insert into t (v) values ('new');
create table newer as select 1 v;
select nextval('still');
SQL
END
	nb_is 0 run
	: >"$work/meanwhile"
	counts >"$work/now"
	grep -v -e public.still -e public.t_id_seq \
		-e public.t' ' "$work/one" >"$work/want"
	grep -v 'public.t ' "$work/now" | diff "$work/want" - &&
		grep -q '^rows public.t 1000$' "$work/now" &&
		nb_is 0 restore --source shop --into back \
			--conninfo "host=$PGHOST" --run-as postgres &&
		[ "$(echo 'select count(*) from t' | sql back)" = 1000 ]
}
check "only what the snapshot has, whatever others write" meanwhile

# While the dump begins, a table is rewritten: its new file has no row that the
# snapshot sees.  rewrites TIMES
rewrites()
{
	rm -f "$work/begun"
	mkdir "$work/begun"
	chmod 777 "$work/begun"
	cat >"$work/meanwhile" <<END
if [ \$(ls $work/begun | wc -l) -lt $1 ]; then
	mktemp $work/begun/XXXXXX >/dev/null
	$bin/psql -X -q -h $PGHOST -U postgres -d shop -c 'begin' \
		-c 'truncate late' -c 'insert into late values (1), (2)' \
		-c 'commit' >/dev/null
fi
END
}

rewritten()
{
	config "$1"
	rewrites 2
	nb_is 0 run && says err "postgres shop: table public.late: truncated or rewritten while the dump began; try 3 of 3" &&
		nb_is 0 restore --source shop --into "$2" \
			--conninfo "host=$PGHOST" --run-as postgres &&
		[ "$(echo 'select count(*) from late' | sql "$2")" = 2 ]
	local result=$?
	rm -r "$work/begun"
	: >"$work/meanwhile"
	return $result
}
check "a table that is rewritten meanwhile is dumped again" rewritten '' r1
check "without counting, too" rewritten 'checksum = none' r2
check "in a directory, too" rewritten 'format = directory  jobs = 2' r3

always()
{
	config "$1"
	rewrites 9
	nb_is 1 run && says err "postgres shop: table public.late: truncated or rewritten while the dump began; its rows may be missing"
	local result=$?
	rm -r "$work/begun"
	: >"$work/meanwhile"
	return $result
}
check "one that always is fails the source" always ''
check "and without counting" always 'checksum = none'

refused()
{
	config ''
	cat >"$work/meanwhile" <<'END'
case "$*" in
*--snapshot*) echo 'pg_dump: error: query failed: ERROR:  invalid snapshot identifier: "1-1"' >&2
	exit 1 ;;
esac
END
	nb_is 0 run && says err "postgres shop: pg_dump: cannot use the \
snapshot of another connection; the tables are not counted" &&
		[ -z "$(counts)" ]
	: >"$work/meanwhile"
}
check "a dump that cannot have the snapshot is made without it" refused

# The table of an extension with rows, not an empty one, nor what it marks.
member()
{
	config ''
	sql shop <<'END' || return 1
create extension pg_trgm;
create table orders as select 1 v;
create table unused (v int);
create table marked as select 1 v;
alter extension pg_trgm add table orders;
alter extension pg_trgm add table unused;
alter extension pg_trgm add table marked;
update pg_extension set extconfig = array['marked'::regclass::oid],
	extcondition = array[''] where extname = 'pg_trgm';
END
	nb_is 0 run && says out "    1 table whose rows are LEFT OUT" &&
		says err "nightburn: warning: postgres shop: the rows of table \
public.orders are not in the dump: it belongs to extension pg_trgm" &&
		[ "$(grep -c 'not in the dump' "$work/err")" = 1 ] &&
		! counts | grep missing || return 1
	echo 'drop extension pg_trgm cascade' | sql shop
}
check "the rows of a table that belongs to an extension are missed" member

# control DATA ARGUMENTS...: of a server.
control()
{
	local data=$1
	shift
	runuser -u postgres -- "$bin/pg_ctl" -D "$data" -w -s \
		-l "$data.log" "$@"
}

prepared()
{
	echo 'alter system set max_prepared_transactions = 2' | sql postgres &&
		control "$cluster/data" -m fast restart || return 1
	echo "begin; insert into t (v) values ('later');
prepare transaction 'order 1'" | sql shop
	nb_is 0 run && says out "    1 prepared transaction LEFT OUT" &&
		says err "postgres shop: what the prepared transaction order 1 \
did is not in the dump" || return 1
	echo "rollback prepared 'order 1'" | sql shop
	nb_is 0 run && ! grep 'LEFT OUT' "$work/out"
}
check "a prepared transaction is named" prepared

standby()
{
	mkdir "$cluster/other" && chown postgres "$cluster/other" &&
		runuser -u postgres -- "$bin/pg_basebackup" -h "$PGHOST" \
			-c fast -R -D "$cluster/standby" || return 1
	control "$cluster/standby" \
		-o "-c unix_socket_directories=$cluster/other" start || return 1
	config ''
	sed -i "s,host=[^\"]*,host=$cluster/other," "$work/nb.conf"
	nb_is 0 run && says out "    1 table whose rows are LEFT OUT" &&
		says err "postgres shop: the rows of table public.loose are \
not in the dump: it is unlogged, and the server is a standby"
	local result=$?
	control "$cluster/standby" -m immediate stop
	return $result
}
check "an unlogged table is named on a standby" standby

finish
