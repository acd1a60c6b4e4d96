#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Discs with sectors that cannot be read, in a recorder: what stands twice on a
# disc, and what one bad sector may not cost.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
export LC_ALL=C
tree=$work/tree
mkdir "$tree"
: >"$work/rules"

# medium TYPE: an empty disc, in a recorder.
medium()
{
	rm -rf "$work/state" "$work/disc" "${tree:?}"/*
	"$vdrive" new --type "$1" --capacity 60000 "$work/disc" || return 1
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "/dev/sr0" }
pool "p" { discs = { "A", "B" }  drives = { "upper" } }
job "j" { pool = "p"  tree "t" { path = "$tree"  checksum = never } }
END
	chmod 600 "$work/nb.conf"
}

# on STATUS ARGUMENTS...: nightburn, with the disc in the recorder and the bad
# sectors of $work/rules, ends with that status.
on()
{
	local want=$1
	shift
	timeout 200 "$vdrive" --hurry --disc "$work/disc" \
		--faults "$work/rules" -- "$nightburn" -c "$work/nb.conf" \
		"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ "$status" = "$want" ] && return 0
	echo "nightburn $*: exit status $status, not $want"
	cat "$work/out" "$work/err"
	return 1
}

# unreadable [FIRST[-LAST]...]: these blocks cannot be read, and no others.
unreadable()
{
	local blocks
	for blocks in "$@"; do
		echo "when read lba $blocks then sense 3/11/05 times forever"
	done >"$work/rules"
}

# blocks_of [PATH...]: where files lie on the disc, as FIRST-LAST.
blocks_of()
{
	rm -f "$work/image"
	"$vdrive" export --disc "$work/disc" "$work/image" >/dev/null || return 1
	python3 - "$work/image" "$@" <<'END'
import subprocess, sys
for path in sys.argv[2:]:
    done = subprocess.run(
        ["xorriso", "-indev", "stdio:" + sys.argv[1], "-find", path,
         "-exec", "report_lba", "--"], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if line.startswith("File data lba:"):
            first, count = (int(f) for f in line.split(",")[1:3])
            print("%d-%d" % (first, first + count - 1))
END
}

# Two nights on one disc.
two_nights()
{
	medium "$1" || return 1
	seq 1 40000 >"$tree/numbers"
	echo 1 >"$tree/version"
	on 0 run || return 1
	echo 2 >"$tree/version"
	on 0 run && says out "session 2" || return 1
	nb_is 0 list --json && python3 -c 'import json, sys
print(*[b["backup"] for b in json.load(sys.stdin)["backups"]][::-1],
      sep="\n")' <"$work/out" >"$work/ids"
	cat "$work/ids"
	[ "$(wc -l <"$work/ids")" = 2 ]
}

# restores VERSION [ARGUMENTS...]
restores()
{
	local version=$1
	shift
	rm -rf "$work/back"
	on 0 restore "$@" --to "$work/back" &&
		[ "$(cat "$work/back/tree/t/version")" = "$version" ] &&
		cmp "$work/back/tree/t/numbers" "$tree/numbers"
}

check "two nights on one disc" two_nights bd-re
first=$(sed -n 1p "$work/ids")
second=$(sed -n 2p "$work/ids")

# Neither label nor manifest of the first backup can be read: the second does
# not need them.
other_backup()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/nightburn/$first/label.json" \
		"/nightburn/$first/manifest.json")
	[ -s "$work/rules" ] && cat "$work/rules" && restores 2 &&
		restores 2 "$second" && on 1 restore "$first" --to "$work/no"
}
check "what is bad in another backup does not matter" other_backup

never_good()
{
	on 1 verify && ! grep "are good$" "$work/out"
}
check "verify calls no such disc good" never_good

# Only SHA256SUMS tells verify what there is.
no_sums()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of /SHA256SUMS)
	on 1 verify && says out "generation 2: it could NOT be checked" &&
		on 1 verify --json && says out '"incomplete": true' &&
		says out '"files": 0' && restores 2
}
check "a disc that cannot be checked is never called good" no_sums

finish
