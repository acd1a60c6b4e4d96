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

finish
