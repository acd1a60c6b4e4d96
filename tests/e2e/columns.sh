#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is printed fits a terminal of 80 columns: messages are broken between
# words, hints after a semicolon or a colon, results after a comma.  Where there
# is no terminal, a message is one line.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -p "$work/tree/with a long name/and another long one"
long=$work/tree/with\ a\ long\ name
echo page >"$long/page"
for i in 1 2 3; do
	echo page >"$long/and another long one/number $i, of three"
done
mkfifo "$long/fifo"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper-drive-in-the-rack" { device = "stdio:$work/drive"  capacity = 100M }
pool "databases-of-the-office" {
  discs = { "DATABASES-MONDAY", "DATABASES-TUESDAY" }
  drives = { "upper-drive-in-the-rack" }  rotation = append
}
job "nightly-of-the-office" {
  pool = "databases-of-the-office"
  postgres "accounting-and-orders" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  database = "app"
  }
  tree "documents-of-the-office" { path = "$work/tree" }
}
END
chmod 600 "$work/nb.conf"
createdb app
psql -X -q -d app -c 'create table t as select 1 v'

# on_terminal STATUS ARGUMENTS...
on_terminal()
{
	local want=$1 status
	shift
	python3 "$src/tests/e2e/on_terminal.py" "$nightburn" -c "$work/nb.conf" "$@" \
		>"$work/seen"
	status=$?
	[ $status = "$want" ] || {
		echo "nightburn $*: exit status $status, not $want"
		cat "$work/seen"
		return 1
	}
}

# A longer line has one word, or is a piece of a hint.
fit()
{
	! awk 'length > 80 && !/^ *[^ ]+$/ && !/^hint: / && !/^    [^ ]*\// {
		if (!hint) print
	} { hint = /^hint: / || (hint && /^    /) }' "$work/seen" | grep .
}

fits()
{
	on_terminal "$@" && fit
}

# The same with an output that is no terminal: only results are broken.
results_fit()
{
	nb_is 0 "$@" && cp "$work/out" "$work/seen" && fit
}

check "a run" fits 0 run
check "a second one" fits 0 run
check "verify" fits 0 verify
check "a drill" fits 0 drill
for one in plan list 'show 1' drives disc 'restore --list' \
	'find number' check-config; do
	# shellcheck disable=SC2086
	check "$one" results_fit $one
done
check "a restore" fits 0 restore --into new --source accounting-and-orders \
	--run-as postgres --conninfo "host=$PGHOST"
check "to a directory" fits 0 restore --to "$work/to" \
	--source documents-of-the-office

refusal()
{
	on_terminal 3 restore --into new --source accounting-and-orders \
		--run-as postgres --conninfo "host=$PGHOST" &&
		diff - "$work/seen" <<'END'
nightburn: new: the database is not empty: it has table t
hint: drop it, restore into another database, or use --replace
END
}
check "a refusal" refusal

# Longer than a line, with a hint that is.
cause()
{
	fits 1 restore --into other --source accounting-and-orders \
		--run-as postgres --conninfo "host=$work/no/such/server port=5999" &&
		head -n 1 "$work/seen" | grep -q '^nightburn: psql: exit status' &&
		[ "$(grep -c '^    ' "$work/seen")" -ge 2 ] &&
		grep -q '^hint: start the server there' "$work/seen"
}
check "a long cause" cause

one_line()
{
	nb_is 1 restore --into other --source accounting-and-orders \
		--run-as postgres --conninfo "host=$work/no/such/server port=5999" &&
		[ "$(grep -c . "$work/err")" = 2 ] &&
		grep '^nightburn: psql: .*accepting connections on that socket?$' \
			"$work/err"
}
check "without a terminal a message is one line" one_line

wrong_usage()
{
	fits 2 restore --into new --to /x --section "$(printf 'word %.0s' {1..30})"
}
check "wrong usage" wrong_usage
finish
