#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A materialized view that cannot be filled when its dump is loaded: nothing is
# called restored, and the hint restores all but its rows, as it is printed.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
to="host=$PGHOST user=postgres"

# For the hint.
mkdir "$work/bin"
cat >"$work/bin/nightburn" <<END
#!/bin/sh
exec $nightburn -c $work/nb.conf "\$@"
END
chmod 755 "$work/bin/nightburn"
PATH=$work/bin:$PATH

sql()
{
	PGDATABASE=$1 psql -X -q -At -v ON_ERROR_STOP=1
}

{
	cat <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A", "B" }  drives = { "upper" } }
job "j" { pool = "p"
END
	for format in custom plain directory; do
		cat <<END
  postgres "$format" {
    database = "shop"  format = $format  conninfo = "$to"  run_as = "postgres"
  }
END
	done
	echo "}"
} >"$work/nb.conf"
chmod 600 "$work/nb.conf"

# Its function finds the table by the search_path, which a restore empties.
sql postgres <<<'create database shop'
sql shop <<'END'
create table t as select i from generate_series(1, 10) i;
create function total() returns bigint language sql as
	$$ select sum(i) from t $$;
create materialized view best as select total();
create materialized view good as select count(*) from t;
create index late on t (i);
create index best_key on best (total);
END

# What was restored: t, its index, and the other view.
is_there()
{
	sql "$1" >"$work/have" <<'END' || return 1
select count(*) from t;
select count from good;
select indexrelid::regclass from pg_index where indrelid in
	('t'::regclass, 'best'::regclass) order by indexrelid::regclass::text;
select relispopulated from pg_class where relname = 'best';
END
	diff - "$work/have" <<'END'
10
10
best_key
late
f
END
}

# as_hinted FORMAT USER...
as_hinted()
{
	local name=$1 section hint
	shift
	nb_is 1 restore --into new --source "$name" --conninfo "$to" "$@" &&
		says err 'relation "t" does not exist' || return 1
	! psql -X -d new -c 'select 1' 2>/dev/null || return 1
	hint=$(sed -n 's/.*hint: all but its rows//p' "$work/err")
	echo "$hint"
	case $hint in
	*--section*)
		for section in pre-data data; do
			nb_is 0 restore --into new --source "$name" \
				--conninfo "$to" --section $section "$@" ||
				return 1
		done
		hint=${hint#*--section data, then } ;;
	*)
		hint=${hint#*: } ;;
	esac
	[ -n "$hint" ] || return 1
	eval "${hint//DIR/$work\/to_$name}"
	is_there new && sql postgres <<<'drop database new'
}

check "a night" nb_is 0 run
chmod 755 "$work"
for format in custom plain directory; do
	check "as the hint says, $format" as_hinted $format
	if [ "$(id -u)" = 0 ]; then
		rm -rf "$work/to_$format"
		check "and as another user" as_hinted $format \
			--run-as postgres
	fi
done

# Nor is it called restored in place of another.
replaced()
{
	nb_is 1 restore --into shop --source custom --replace --conninfo "$to" &&
		[ "$(sql shop <<<'select total from best')" = 55 ]
}
check "the one that exists is not replaced" replaced
finish
