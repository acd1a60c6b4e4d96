#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Discs that are lost, broken or found again: what is said of them afterwards,
# and a next step that works.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

two_nights()
{
	rm -rf "$work"/{state,staging,discs,tree,back}
	mkdir "$work/tree"
	head -c 6000 /dev/urandom >"$work/tree/file"
	seq 9999 >"$work/tree/word"
	make_discs
	write_conf <<-END2
		job "nightly" { pool = "db"  tree "www" { path = "$work/tree" } }
	END2
	nb_is 0 run && insert B && nb_is 0 run
}

volume()
{
	nb disc --json
	python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["volume_id"])' "$work/out"
}

# Nothing of it can be read: no label, no volume id.
break_disc()
{
	local size
	size=$(stat -c %s "$work/discs/$1") &&
		head -c "$size" /dev/urandom >"$work/discs/$1"
}

a_kept()
{
	local before verb
	before=$(sha256sum "$work/discs/A")
	insert A && nb_is 3 plan --json &&
		says out '"reason": "other-unread"' || return 1
	for verb in run blank "run --resume"; do
		# shellcheck disable=SC2086
		nb_is 3 $verb && says err "may be the one with the newest" &&
			says err "nightburn verify with disc B first" &&
			says err "catalog lost B" || return 1
	done
	nb_is 3 adopt --as A --volume-id "$(volume)" &&
		says err "may be on a disc that is unreadable" &&
		[ "$before" = "$(sha256sum "$work/discs/A")" ]
}

# $1: what finds the broken disc, as a night or a person does.
unread()
{
	two_nights && cp "$work/discs/B" "$work/B.whole" && break_disc B &&
		nb_is 3 restore --to "$work/back" &&
		says err "hint: insert another disc" &&
		nb_is 3 $1 && a_kept || return 1
	insert B && cp "$work/B.whole" "$work/discs/B" && sleep 1 &&
		nb_is 0 verify && insert A && nb_is 0 plan && nb_is 0 run
}
check "run: a disc that nobody can identify may be the newest one" unread run
check "so may one that verify could not identify" unread verify

gone()
{
	two_nights && break_disc B && nb_is 3 run && a_kept &&
		nb_is 0 catalog lost B && nb_is 0 plan &&
		says out "plan    append" && nb_is 3 blank &&
		: >"$work/discs/B" && insert B && nb_is 0 run --resume &&
		insert A && nb_is 0 run
}
check "somebody says that it is gone: the other one is the last" gone

# What can be read is none of the pool's: another's data, or nothing at all.
no_disc_of_the_pool()
{
	two_nights && xorriso -outdev "stdio:$work/discs/C" -volid HOLIDAYS \
		-map "$work/tree" /tree >/dev/null 2>&1 || return 1
	insert C && nb_is 3 run && insert A && nb_is 0 plan &&
		rm "$work/drive" && nb run && insert A && nb_is 0 plan
}
check "another's data, or no disc, changes nothing" no_disc_of_the_pool

# B has a backup that shrank, A the last one that lacks nothing.
a_shrunk_night()
{
	local i
	two_nights && rm -rf "$work"/{state,staging} && make_discs || return 1
	for i in $(seq 30); do
		head -c 6000 /dev/urandom >"$work/tree/$i"
	done
	nb_is 0 run && rm "$work"/tree/1? && rm "$work"/tree/2? &&
		insert B && nb_is 3 run
}

# The disc id that a hint named.
named_id()
{
	sed -n 's/.*nightburn catalog lost \([0-9a-f]*\)$/\1/p' "$work/err"
}

last_complete()
{
	a_shrunk_night && nb_is 3 catalog lost A &&
		says err "no other good disc of pool db has a backup that" &&
		nb_is 0 list && ! grep -q "A  *replaced" "$work/out" &&
		nb_is 3 catalog lost A && nb_is 0 catalog lost "$(named_id)" &&
		says out "which lacks something of the one before it" &&
		says err "no good backup that lacks nothing any more" &&
		nb_is 0 catalog lost "$(nb list --json; python3 -c '
import json, sys
print([d["disc_id"] for d in json.load(open(sys.argv[1]))["discs"]
       if d["disc"] == "A"][0])' "$work/out")" --json &&
		says out '"newest": "B", "generation": 2, "shrunk": true'
}
check "the last disc that lacks nothing is not lost by a slip" last_complete

last_of_all()
{
	two_nights && nb_is 0 catalog lost B && nb_is 3 catalog lost A &&
		says err "no other good disc of pool db has a backup" &&
		nb_is 0 catalog lost "$(named_id)" &&
		says err "pool db has no good backup any more"
}
check "nor is the last good one" last_of_all

# Each command says what is true of a disc that is lost, and lost A turns up.
told()
{
	a_shrunk_night && nb_is 3 catalog lost A &&
		nb_is 0 catalog lost "$(named_id)" || return 1
	nb_is 0 find 30 && says out "A (lost)" && nb_is 0 show 1 &&
		says out "A (lost)" && ! grep -q "B (lost)" "$work/out" &&
		nb_is 3 restore --to "$work/back" &&
		says err "which counts as lost); name 2 for this one" &&
		nb_is 0 rotate && says err "insert a blank disc, which becomes" ||
		return 1
	insert A && nb_is 3 plan --json && says out '"reason": "lost"' &&
		nb_is 0 verify && says err "hint: nightburn catalog rebuild" &&
		nb_is 3 rotate && says err "hint: run nightburn catalog rebuild" &&
		nb_is 3 adopt --as A --volume-id "$(volume)" &&
		says err "hint: nightburn catalog rebuild" &&
		nb_is 3 run && says err "hint: run nightburn catalog rebuild" &&
		nb_is 0 catalog rebuild && nb_is 0 find 30 &&
		! grep lost "$work/out" && nb_is 0 plan
}
check "what is told of a lost disc, and of one that turns up again" told

# What helps with a disc that was verified, and is bad.
bad_again()
{
	local at
	two_nights && at=$(grep -abo "^9998$" \
		"$work/discs/B" | head -n 1 | cut -d: -f1) &&
		printf other | dd of="$work/discs/B" bs=1 seek="$at" \
			conv=notrunc 2>"$work/log" && nb_is 1 verify || return 1
	nb_is 3 run && ! grep -q "nightburn verify" "$work/err" &&
		says err "next backup; if this one is broken, nightburn catalog" &&
		insert A && nb_is 0 run && insert B && nb_is 3 run &&
		says err "hint: run nightburn adopt --as NAME to use it again" &&
		nb_is 0 adopt --as B --volume-id "$(volume)" && nb_is 0 run
}
check "a disc that is bad is not verified again and again" bad_again

# The catalog was made again from the disc that is left.
never_seen()
{
	two_nights && rm -f "$work"/state/catalog.db* && insert A &&
		nb_is 0 catalog rebuild && nb_is 2 catalog lost B &&
		says err "B: the catalog has no such disc, so that nothing on \
it counts" && says err "hint: insert a blank disc, which becomes B" &&
		nb_is 2 catalog lost C && says err "hint: it has: A" &&
		nb_is 0 catalog rebuild --finish && : >"$work/discs/new" &&
		insert new && nb_is 0 run && says out "on disc B"
}
check "a disc that the catalog never knew needs not be declared lost" never_seen

# The file that remembers a disc that nobody could read.
damaged_file()
{
	two_nights && echo nonsense >"$work/state/unread" || return 1
	nb_is 1 verify && says err "$work/state/unread: damaged" &&
		says err "hint: move the file away, then run nightburn verify" &&
		rm "$work/state/unread" && nb_is 0 verify
}
check "a damaged file of discs that nobody could read: its hint works" \
	damaged_file

finish
