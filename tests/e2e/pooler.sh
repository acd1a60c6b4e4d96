#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Through a connection pooler, which refuses the options that nightburn asks the
# server for: it does without them.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -m 755 "$work/pool"
server=$PGHOST/.s.PGSQL.5432
own=$work/pool/.s.PGSQL.6432
python3 "$src/tests/e2e/fake_pooler.py" "$own" "$server" &
pooler=$!
trap 'kill $pooler; at_exit' EXIT
through="host=$work/pool port=6432 user=postgres"

cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A" }  drives = { "upper" }  rotation = append }
job "j" {
  pool = "p"
  postgres "app" { run_as = "postgres"  conninfo = "$through" }
  postgres "globals" {
    run_as = "postgres"  conninfo = "$through"  globals_only = true
  }
}
END
chmod 600 "$work/nb.conf"
createdb app
psql -X -q -d app -c 'create table t as select i from generate_series(1, 10) i'

refuses()
{
	PGOPTIONS='-c geqo=off' psql -X -d "$through" -c 'select 1'
	[ $? = 2 ] && psql -X -d "$through" -c 'select 1'
}

# counted: the tables, too
dumped()
{
	nb_is 0 run && [ ! -s "$work/err" ]
}

restored()
{
	nb_is 0 restore --into new --source app --run-as postgres \
		--conninfo "$through" "$@" && [ ! -s "$work/err" ] &&
		[ "$(psql -X -At -d new -c 'select count(*) from t')" = 10 ]
}

check "the pooler is there" until_true refuses
check "a dump through it" dumped
check "a restore through it" restored
check "a replacement" restored --replace --drop-old
finish
