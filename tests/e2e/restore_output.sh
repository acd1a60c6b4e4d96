#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# restore --stdout and --list: one file or dump to a pipe, and what a backup
# holds, from the disc alone.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -p "$work/tree/a" "$work/packed"
echo one >"$work/tree/a/one.conf"
echo two >"$work/tree/two.conf"
printf 'a\0b' >"$work/tree/binary"
ln -s two.conf "$work/tree/link"
seq 100000 >"$work/tree/numbers"
chown 65534:65534 "$work/tree/two.conf"
chmod 4750 "$work/tree/two.conf"
touch -d '2001-02-03 04:05:06 UTC' "$work/tree/two.conf"
seq 50000 >"$work/packed/first"
seq 50001 60000 >"$work/packed/last"
ln "$work/packed/first" "$work/packed/second"
long=$(printf 'directory_%.0s' 1 2 3 4 5)
mkdir "$work/tree/$long"
: >"$work/tree/$long/empty"

# source NAME OPTIONS
source_of()
{
	echo "postgres \"$1\" { database = \"app\"  run_as = \"postgres\""
	echo "conninfo = \"host=$PGHOST\"  $2 }"
}
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "A", "B" }  drives = { "upper" } }
job "nightly" {
  pool = "db"
  $(source_of app "")
  $(source_of zstd "compress = zstd")
  $(source_of plain "format = plain  compress = gzip")
  $(source_of files "format = directory")
  postgres "globals" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  globals_only = true
  }
  tree "www" { path = "$work/tree" }
  tree "packed" { path = "$work/packed"  pack = tar.zst }
}
END
chmod 600 "$work/nb.conf"

createdb app
psql -X -q -d app -c 'create table t as select n, md5(n::text) from
	generate_series(1, 20000) n' -c 'create table u ()'

rows()
{
	psql -X -At -d "$1" -c "select count(*), md5(string_agg(md5, ''
		order by n)) from t"
}

check "a night" nb_is 0 run

# out STATUS ARGUMENTS...: its stdout is $work/out.
out()
{
	nb_is "$1" restore --stdout "${@:2}"
}

# ---- files ----

one_file()
{
	out 0 --source www --path "$1" && cmp "$work/out" "$work/tree/$2" &&
		! grep . "$work/err"
}
check "one file of a tree, by a pattern" one_file 'numbers' numbers
check "by its path" one_file 'tree/www/a/o*' a/one.conf
check "one without a byte" one_file 'empty' "$long/empty"

positional()
{
	out 0 newest tree/www/two.conf && cmp "$work/out" "$work/tree/two.conf"
}
check "by a path after the backup" positional

quiet()
{
	out 0 --json --source www --path two.conf &&
		cmp "$work/out" "$work/tree/two.conf"
}
check "there is no report" quiet

packed()
{
	local name
	for name in first second last; do
		out 0 --source packed --path $name &&
			cmp "$work/out" "$work/packed/$name" || return 1
	done
}
check "a member of a packed tree, by each of its names" packed

refused()
{
	out 2 "${@:2}" && [ ! -s "$work/out" ] && says err "$1"
}
check "several files are named" refused \
	"www: 2 files match: tree/www/a/one.conf, tree/www/two.conf" \
	--source www --path '*.conf'
check "no file: the way to find one is named" refused \
	"hint: nightburn restore --list --path '*' " \
	--source www --path none
check "a link is no file" refused \
	"www: no file of it matches" --source www --path link
check "without a name the sources are named" refused \
	"it has 7 sources: app, zstd, plain, files, globals and 2 more"
check "a dump that is a directory is not one file" refused \
	"hint: use --to DIR or --into DATABASE" --source files
check "with --to" refused "restore: --stdout together with --to" \
	--to "$work/x" --source app
check "with --into" refused "restore: --stdout together with --into" \
	--into x --source app
check "with an option for databases" refused \
	"an option for databases, but no database" --source app --table t
check "with --list" refused "--list together with --stdout" --list
check "with --salvage" refused "--salvage only restores files" --salvage

# ---- dumps ----

into_database()
{
	dropdb --if-exists new 2>/dev/null
	createdb new
	"$nightburn" -c "$work/nb.conf" restore 1 --source "$1" --stdout \
		2>"$work/err" | "${@:2}" -d new >/dev/null
	[ "${PIPESTATUS[*]}" = "0 0" ] && [ "$(rows new)" = "$(rows app)" ]
}
check "a custom dump to pg_restore" into_database app pg_restore
check "one that was compressed is not compressed then" \
	into_database zstd pg_restore
check "SQL text that was compressed, to psql" into_database plain psql -X -q

globals()
{
	out 0 --source globals && says out "CREATE ROLE postgres;"
}
check "the globals" globals

# ---- the other end ----

stops_reading()
{
	local statuses
	"$nightburn" -c "$work/nb.conf" restore --source www --path numbers \
		--stdout 2>"$work/err" | head -n 1 >"$work/out"
	statuses=${PIPESTATUS[*]}
	[ "$statuses" = "1 0" ] && [ "$(cat "$work/out")" = 1 ] &&
		says err "tree/www/numbers: the reader of the output stopped early"
}
check "a reader that ends first" stops_reading

# A reader that stands still.
interrupted()
{
	local pid result
	mkfifo "$work/fifo"
	exec 9<>"$work/fifo"
	"$nightburn" -c "$work/nb.conf" restore --source www --path numbers \
		--stdout >"$work/fifo" 2>"$work/err" &
	pid=$!
	read -r -u 9 line
	kill -TERM $pid
	wait $pid
	[ $? = 1 ] && [ "$line" = 1 ] && says err "ended by SIGTERM"
	result=$?
	exec 9>&-
	return $result
}
check "a signal while the reader stands still" interrupted

full()
{
	"$nightburn" -c "$work/nb.conf" restore --source www --path numbers \
		--stdout >/dev/full 2>"$work/err"
	[ $? = 3 ] && says err "tree/www/numbers: cannot write the output: No space left on device"
}
check "no room for the output" full

terminal()
{
	script -qec "$nightburn -c $work/nb.conf restore --stdout --source $1" \
		/dev/null </dev/null >"$work/out" 2>&1
}
binary()
{
	! terminal app &&
		says out "postgres/app.dump: binary data, and the output is a terminal" &&
		! grep -q PGDMP "$work/out"
}
text()
{
	terminal globals && says out "CREATE ROLE postgres;"
}
if command -v script >/dev/null; then
	check "no binary data to a terminal" binary
	check "but text" text
fi

# A bit of a file on the disc.
damaged()
{
	cp "$work/discs/A" "$work/discs/good"
	python3 - "$work/discs/A" <<-'END'
		import sys
		with open(sys.argv[1], "r+b") as f:
		    data = f.read()
		    at = data.index(b"\n99998\n99999\n")
		    f.seek(at + 1)
		    f.write(b"8")
	END
	out 1 --source www --path numbers && [ -s "$work/out" ] &&
		says err "tree/www/numbers: SHA-256" &&
		says err "tree/www/numbers: the output is incomplete or damaged: do not use it"
	local result=$?
	mv "$work/discs/good" "$work/discs/A"
	return $result
}
check "a wrong hash is told, though bytes have left" damaged

# ---- the list ----

list()
{
	nb_is 0 restore --list "$@" || return 1
	[ -z "$(awk 'length > 80' "$work/out")" ] && return 0
	echo "a line is longer than 80 columns:"
	cat "$work/out"
	return 1
}

json()
{
	nb_is 0 restore --list --json "${@:2}" || return 1
	python3 - "$work/out" "$1" <<-'END'
		import json, sys
		with open(sys.argv[1], encoding="utf-8") as f:
		    d = json.load(f)
		if not eval(sys.argv[2].replace("\n", " ")):
		    print(sys.argv[2], json.dumps(d, indent=1))
		    sys.exit(1)
	END
}

before=$(fingerprint)
sources()
{
	list && tr -d '\n' <"$work/out" | grep -q \
		"^backup .* of job nightly on .*generation 1, " &&
		grep -qE '^postgres +custom +[0-9.]+ [kM]?B +3 files app$' \
			"$work/out" &&
		grep -qE '^tree +tar +.* 3 files packed$' "$work/out" &&
		grep -qE '^tree +.* 5 files www$' "$work/out" &&
		[ "$(grep -c ^postgres "$work/out")" = 5 ] &&
		[ "$(grep -c ^- "$work/out")" = 0 ] && return 0
	cat "$work/out"
	return 1
}
check "the sources" sources
check "the same in JSON" json '[s["name"] for s in d["sources"]] == ["app",
"zstd", "plain", "files", "globals", "packed", "www"]
and [s["files"] for s in d["sources"]] == [3, 3, 3, 5, 1, 3, 5]
and d["backup"]["generation"] == 1 and d["backup"]["job"] == "nightly"
and d["files"] == [] and d["contents"] == []'

files()
{
	list --source www && grep -qx -- \
		'-rwsr-x--- 65534:65534      4 B 2001-02-03 04:05 tree/www/two.conf' \
		"$work/out" &&
		grep -qE '^lrwxrwxrwx .* - .* tree/www/link -> two.conf$' \
			"$work/out" &&
		grep -qx "    tree/www/$long/empty" "$work/out" &&
		! grep -q packed "$work/out" && return 0
	cat "$work/out"
	return 1
}
check "the files of a tree" files
check "in JSON" json '[(f["mode"], f["uid"], f["size"], f["mtime"])
for f in d["files"] if f["path"] == "tree/www/two.conf"] ==
[("4750", 65534, 4, "2001-02-03T04:05:06Z")] and len(d["sources"]) == 1
and d["contents"] == []' --source www
check "the members of a packed tree" json '[f["path"] for f in d["files"]
if f["type"] == "file"] == ["tree/packed/" + n for n in ("first", "last",
"second")]' --source packed
check "a pattern narrows" json 'sorted(f["path"] for f in d["files"]) ==
["tree/www/a/one.conf", "tree/www/two.conf"] and d["contents"] == []' \
	--path '*.conf'

table()
{
	list --source "$1" && grep -qE '^[0-9]+; .* TABLE DATA public t postgres$' \
		"$work/out" && ! grep -q '^;' "$work/out" && return 0
	cat "$work/out"
	return 1
}
check "what is in a custom dump" table app
check "in one that was compressed" table zstd
check "in a directory" table files
check "in JSON" json 'any(c["entry"].endswith(" TABLE public u postgres")
for c in d["contents"])' --source app
check "nothing of SQL text" json 'd["contents"] == []
and len(d["files"]) == 3' --source plain

# A name must not command a terminal.
control()
{
	psql -X -q -d app -c "create table \"c$(printf '\302\233')31m\" ()" \
		-c "create table \"d$(printf '\342\200\256')x\" ()"
	nb_is 0 run && list --source app &&
		grep -qF 'c\302\23331m' "$work/out" &&
		grep -qF 'd\342\200\256x' "$work/out" &&
		! grep -qP '\xc2\x9b|\xe2\x80\xae' "$work/out"
}

alone()
{
	"$nightburn" -c "$work/none" restore --list --source app \
		--device "stdio:$work/drive" >"$work/out" 2>"$work/err" &&
		grep -q ' TABLE DATA public t ' "$work/out"
}
check "with the disc alone" alone

not_there()
{
	nb_is 1 restore --list --source none &&
		says err "none: no such source in backup" &&
		nb_is 1 restore --list --path none &&
		says err "none: not in this backup" &&
		nb_is 2 restore --list --to x &&
		says err "restore: --list together with --to"
}
check "what is not there" not_there

unchanged()
{
	[ "$(fingerprint)" = "$before" ] && [ -z "$(ls "$work/staging")" ]
}
check "nothing was changed" unchanged
check "control characters are escaped" control
finish
