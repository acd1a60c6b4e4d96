#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What commands read of a disc with six sessions, counted by the recorder: each
# block once, and no more than is needed; and how many children they start to
# parse its file systems.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
export LC_ALL=C
tree=$work/tree
mkdir "$tree"

# medium TYPE: six nights on one disc, each with a file of 3 MiB.
medium()
{
	local night
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "/dev/sr0" }
pool "p" { discs = { "A", "B" }  drives = { "upper" }
  max_nights_on_one_disc = 0 }
job "j" { pool = "p"  tree "t" { path = "$tree"  checksum = never } }
END
	chmod 600 "$work/nb.conf"
	rm -rf "$work/state" "$work/disc" "${tree:?}"/*
	"$vdrive" new --type "$1" --capacity 60000 "$work/disc" || return 1
	for night in 1 2 3 4 5 6; do
		head -c 3145728 /dev/urandom >"$tree/file$night"
		on run && ends 0 "session $night" || return 1
	done
	used=$(python3 - "$work/state/catalog.db" <<'END'
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(
    "select sum(blocks) from sessions").fetchone()[0])
END
) || return 1
	echo "$used blocks"
	[ "$used" -gt 9000 ]
}

# on ARGUMENTS...: nightburn, with the disc in the recorder; its commands are
# in $work/trace.
on()
{
	rm -f "$work/trace"
	timeout 200 "$vdrive" --hurry --disc "$work/disc" ${faults:+--faults} \
		${faults:+"$faults"} \
		--trace "$work/trace" -- "$nightburn" -c "$work/nb.conf" -v \
		"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	return 0
}

ends()
{
	[ "$status" = "$1" ] && grep -qF -- "$2" "$work/out" "$work/err" &&
		return 0
	echo "exit status $status, not $1, or no \"$2\" in:"
	cat "$work/out" "$work/err"
	return 1
}

# cost BLOCKS CHILDREN MANIFESTS: the last command read no more blocks, started no
# more children, and parsed just so many manifests.
cost()
{
	local blocks children manifests
	blocks=$(python3 - "$work/trace" <<'END'
import json, sys
blocks = 0
for line in open(sys.argv[1]):
    c = json.loads(line)
    cdb = bytes.fromhex(c["cdb"])
    if c["status"] == 0 and c["op"] == "28":
        blocks += int.from_bytes(cdb[7:9], "big")
    if c["status"] == 0 and c["op"] == "a8":
        blocks += int.from_bytes(cdb[6:10], "big")
print(blocks)
END
) || return 1
	children=$(grep -c "a child process parses" "$work/err")
	manifests=$(grep -c "manifest.json: read, " "$work/err")
	echo "$blocks blocks read, at most $1; $children children, at most $2; \
$manifests manifests, not $3"
	[ "$blocks" -gt 0 ] && [ "$blocks" -le "$1" ] &&
		[ "$children" -gt 0 ] && [ "$children" -le "$2" ] &&
		[ "$manifests" = "$3" ]
}

# The label is read twice, by a child each; one more child reads the tree.  The
# catalog knows what the manifests say.
verifies()
{
	on verify && ends 0 "generation 6" && cost $((used * 11 / 10)) 3 0
}

# A block of the padding cannot be read: no file is bad.
padding()
{
	local last
	last=$(python3 - "$work/state/catalog.db" <<'END'
import sqlite3, sys
print(sqlite3.connect(sys.argv[1]).execute(
    "select max(start + blocks) from sessions").fetchone()[0] - 10)
END
) || return 1
	echo "when read lba $last then sense 3/11/05 times forever" \
		>"$work/rules"
	faults=$work/rules on verify && ends 0 "generation 6" || return 1
	cp -a "$work/state" "$work/keep"
	rm "$work"/state/catalog.db*
	faults=$work/rules on catalog rebuild && ends 0 "generation 6" &&
		nb_is 0 list && [ "$(grep -c "A (good)" "$work/out")" = 6 ]
	status=$?
	rm -rf "$work/state" && mv "$work/keep" "$work/state" && return $status
}

# Nothing but one file of 3 MiB, directories, a manifest and labels.
restores()
{
	rm -rf "$work/back"
	on restore "$1" --to "$work/back" "tree/t/file$1" && ends 0 "" &&
		cmp "$work/back/tree/t/file$1" "$tree/file$1" &&
		cost $((1536 + 600)) 3 1
}

# And each of the five sessions before the newest has a SHA256SUMS that its own
# directory alone leads to.
rebuilds()
{
	rm "$work"/state/catalog.db* && on catalog rebuild &&
		ends 0 "generation 6" && cost $((used * 11 / 10)) 8 6 &&
		nb_is 0 list && cat "$work/out" &&
		[ "$(grep -c "A (good)" "$work/out")" = 6 ]
}

for type in dvd+rw cd-rw; do
	check "$type: six sessions on one disc" medium $type
	check "$type: verify reads each block once" verifies
	check "$type: restore of the newest reads what it restores" restores 6
	check "$type: so does restore of the oldest" restores 1
	check "$type: catalog rebuild reads each block once" rebuilds
done
check "a block of no file that cannot be read makes none bad" padding
finish
