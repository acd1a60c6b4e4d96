#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whose disc it is: a pool that was renamed, a disc whose name left the
# configuration, two configurations on one state directory.  What the catalog
# knows counts, not what a configuration names.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# configure POOL NAMES
configure()
{
	cat >"$work/nb.conf" <<-END2
		state_dir = "$work/state"
		staging_dir = "$work/staging"
		drive "burner" { device = "stdio:$work/drive"  capacity = 20M }
		pool "$1" { discs = { $2 }  drives = { "burner" } }
		job "nightly" { pool = "$1"  tree "www" { path = "$work/tree" } }
	END2
	chmod 600 "$work/nb.conf"
}

two_nights()
{
	rm -rf "$work"/{state,staging,discs,tree}
	mkdir "$work/tree"
	head -c 6000 /dev/urandom >"$work/tree/file"
	make_discs
	configure db '"DB-A", "DB-B"'
	nb_is 0 run && insert B && nb_is 0 run
}

volume()
{
	nb disc --json
	python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["volume_id"])' "$work/out"
}

# kept NAME POOL HINT: the disc in the drive is not adopted as NAME.
kept()
{
	local id before
	id=$(volume)
	before=$(sha256sum "$work/drive")
	nb_is 3 adopt --as "$1" --volume-id "$id" &&
		says err "holds the newest good backup of pool $2, although the" &&
		says err "hint: adopt another disc$3" &&
		[ "$before" = "$(sha256sum "$work/drive")" ]
}

# given_up NAME: it is, for somebody who says that it is no longer needed.
given_up()
{
	nb_is 0 adopt --as "$1" --volume-id "$(volume)" --accept-shrink &&
		nb_is 0 run
}

renamed()
{
	two_nights || return 1
	configure data '"DB-A", "DB-B"'
	kept DB-B db ", and burn a backup to it; then nightburn adopt" &&
		insert A && nb_is 0 adopt --as DB-A --volume-id "$(volume)" &&
		nb_is 0 run && insert B &&
		kept DB-B db "; or nightburn adopt --accept-shrink" &&
		given_up DB-B
}
check "the newest backup of a pool that was renamed is not adopted" renamed

other_configuration()
{
	two_nights || return 1
	configure web '"W-A", "W-B"'
	kept W-A db ", and burn" && insert C &&
		: >"$work/discs/C" && nb_is 0 run && insert B &&
		kept W-B db "; or nightburn adopt --accept-shrink" &&
		given_up W-B
}
check "nor that of another configuration with this state directory" \
	other_configuration

name_removed()
{
	two_nights || return 1
	configure db '"DB-A", "DB-C"'
	kept DB-C db ", and burn a backup to it first" &&
		: >"$work/discs/C" && insert C && nb_is 0 run && insert B &&
		nb_is 0 adopt --as DB-A --volume-id "$(volume)"
}
check "nor that of a disc whose name left the configuration" name_removed

# A copy in a file is damaged, the disc is not; then the other way round.
copies()
{
	two_nights || return 1
	cp "$work/discs/B" "$work/copy"
	python3 "$src/tests/e2e/spoil.py" "$work/copy" "$work/tree/file" ||
		return 1
	nb verify --device "stdio:$work/copy"
	[ "$status" = 1 ] &&
		says err "DB-B: not recorded: stdio:$work/copy is no drive of" &&
		nb_is 0 list && ! grep -E "suspect|damaged" "$work/out" || return 1
	mv "$work/copy" "$work/copy2" && cp "$work/discs/B" "$work/copy" &&
		cp "$work/copy2" "$work/discs/B" && nb_is 1 verify &&
		nb_is 0 verify --device "stdio:$work/copy" &&
		says err "DB-B: not recorded" && nb_is 0 list &&
		grep -q suspect "$work/out"
}
check "a copy of a disc says nothing about the disc" copies

# three NAMES: as configure, with a third disc; $uniq is its other source.
three()
{
	configure db '"DB-A", "DB-B", "DB-C"'
	sed -i "s|tree \"www\"|${uniq-} &|" "$work/nb.conf"
}

# Two discs have a source that is not configured any more, the third has not;
# then somebody says that a new disc is the second.
one_is_replaced()
{
	local uniq="tree \"uniq\" { path = \"$work/uniq\" }"
	rm -rf "$work"/{state,staging,discs,tree,uniq}
	mkdir "$work/tree" "$work/uniq" && make_discs && : >"$work/discs/C"
	echo www >"$work/tree/file"
	echo uniq >"$work/uniq/file"
	three && nb_is 0 run && insert B && nb_is 0 run || return 1
	uniq='' && three && insert C && nb_is 0 run || return 1
	mv "$work/discs/B" "$work/discs/found" && : >"$work/discs/B" &&
		insert B && nb_is 3 run &&
		nb_is 0 adopt --as DB-B --volume-id "" && nb_is 0 run --resume
}

replaced()
{
	local before
	one_is_replaced && nb_is 0 list && says out "  DB-B (replaced), checked" &&
		joined out | grep -q "^db  *DB-B  *replaced .*, apart: disc id " &&
		insert A && before=$(sha256sum "$work/drive") || return 1
	nb_is 3 run && says err "tree uniq (generation 1)" &&
		[ "$before" = "$(sha256sum "$work/drive")" ] || return 1
	nb_is 3 restore 2 --to "$work/back" &&
		says err "hint: insert the earlier DB-B (disc id "
}
check "a disc whose name another one got counts no longer as a copy" replaced

# It comes back: it can be read, but nobody would notice if it went again.
found()
{
	insert found && nb_is 3 catalog rebuild && says err "recorded apart" &&
		nb_is 0 list && says out "  DB-B (good, apart), checked" &&
		insert A && nb_is 3 run && says err "tree uniq (generation 1)" &&
		nb_is 0 list || return 1
	nb_is 0 catalog lost "$(joined out |
		sed -n 's/.*, apart: disc id \([0-9a-f]*\)$/\1/p')" &&
		nb_is 0 list && says out "  DB-B (replaced), checked" &&
		says out "  DB-B (good), checked"
}
check "nor does it when it was read again, but it is kept apart" found

# Each way to a name: its own, another one.
blanked_with_another_key()
{
	local name
	for name in DB-A DB-C; do
		two_nights || return 1
		rm "$work/state/key"
		configure db '"DB-A", "DB-B", "DB-C"'
		insert A && nb_is 0 adopt --as "$name" --volume-id "$(volume)" &&
			nb_is 0 list &&
			says out "no longer on any disc" &&
			! joined out | grep -E "DB-A +good|DB-A \(good" || return 1
	done
}
check "what was blanked is gone, whatever key its label has" \
	blanked_with_another_key

# Both ways: it is found again, or a new disc gets its name.
lost()
{
	two_nights || return 1
	mv "$work/discs/B" "$work/discs/found" && : >"$work/discs/B" &&
		insert B && nb_is 3 run &&
		says err "run nightburn catalog lost NAME with the name of" &&
		nb_is 3 adopt --as DB-B --volume-id "" &&
		says err "hint: if disc DB-B is broken or lost: nightburn \
catalog lost DB-B; otherwise nightburn adopt --as DB-A, the disc" ||
		return 1
	nb_is 2 catalog lost DB-X && says err "hint: it has: DB-A, DB-B" &&
		nb_is 2 catalog lost && nb_is 2 catalog accept DB-B &&
		nb_is 0 catalog lost DB-B &&
		says err "DB-B: lost with it, generation 2" &&
		says out "newest good backup is generation 1, on disc DB-A" &&
		nb_is 0 catalog lost DB-B --json &&
		says out '"changed": false, "backups": 0, "newest": "DB-A"' &&
		nb_is 0 list && says out "DB-B (replaced), checked" &&
		joined out | grep -q "DB-B  *replaced .*, lost, apart:" ||
		return 1
	insert A && nb_is 3 blank && says err "holds the last good backup" &&
		nb_is 3 adopt --as DB-B --volume-id "$(volume)" &&
		says err "holds the newest good backup" &&
		insert B && nb_is 0 run --resume &&
		says out "generation 3 on disc DB-B"
}
check "a disc that is lost counts no longer, and the other one is kept" lost

lost_and_found()
{
	two_nights && nb_is 0 catalog lost DB-B || return 1
	nb_is 3 run && says err "hint: run nightburn catalog rebuild" &&
		nb_is 0 catalog rebuild && nb_is 0 list &&
		says out "DB-B (good), checked" && insert A && nb_is 0 run
}
check "one that is found again is recorded by catalog rebuild" lost_and_found

# B has the newer one, of an emptied tree: adopt does not take A for it, whatever
# the catalog knows of A.
last_complete()
{
	local how hint
	for how in "catalog lost DB-A" forget; do
		hint="it is the last backup that lacks nothing"
		[ "$how" = forget ] ||
			hint="nightburn catalog rebuild records it again"
		rm -rf "$work"/{state,staging,discs,tree}
		mkdir "$work/tree" && make_discs && configure db '"DB-A", "DB-B"'
		for i in $(seq 9); do echo "$i" >"$work/tree/$i"; done
		nb_is 0 run && rm "$work"/tree/* && insert B && nb_is 3 run ||
			return 1
		if [ "$how" = forget ]; then
			rm "$work"/state/catalog.db*
			nb_is 0 catalog rebuild &&
				nb_is 0 catalog rebuild --finish
		else
			nb_is 3 $how &&
				nb_is 0 catalog lost "$(sed -n \
					's/.*catalog lost //p' "$work/err")"
		fi || return 1
		insert A && nb_is 3 adopt --as DB-A --volume-id "$(volume)" &&
			says err "hint: $hint" &&
			nb_is 0 verify &&
			nb_is 0 adopt --accept-shrink --as DB-A \
				--volume-id "$(volume)" || return 1
	done
}
check "nor is the last good backup given up for one that shrank" last_complete

# spoil_label DISC: a label that nobody can read, in each of its copies.
spoil_label()
{
	python3 - "$work/discs/$1" <<-'END2'
	import sys
	with open(sys.argv[1], "r+b") as f:
	    disc = f.read().replace(b'"disc_id"', b'"disk"id"')
	    f.seek(0)
	    f.write(disc)
	END2
}

# suspected VERB STATUS: it says which disc that is, and the other is kept.
suspected()
{
	two_nights && spoil_label B && nb_is 3 plan &&
		says err "by its volume id disc DB-B" && nb_is "$2" $1 &&
		says err "by its volume id disc DB-B, but the label of" &&
		says err "if it is broken, nightburn catalog lost DB-B" &&
		nb_is 0 list && joined out | grep -q "DB-B  *suspect" &&
		nb_is "$2" $1 && ! grep "by its volume id" "$work/err" &&
		insert A && nb_is 3 blank && says err "the last good backup"
}
check "verify: a disc whose label cannot be read holds nothing that counts" \
	suspected verify 3
check "run: a disc without a readable label does not count" \
	suspected run 3

# What one disc alone has, of a pool that was renamed then.
alone_in_a_renamed_pool()
{
	local dry uniq="tree \"uniq\" { path = \"$work/uniq\" }"
	rm -rf "$work"/{state,staging,discs,tree,uniq}
	mkdir "$work/tree" "$work/uniq" && make_discs
	echo www >"$work/tree/file"
	echo uniq >"$work/uniq/file"
	configure db '"DB-A", "DB-B"' &&
		sed -i "s|tree \"www\"|$uniq &|" "$work/nb.conf" &&
		nb_is 0 run && configure db '"DB-A", "DB-B"' && insert B &&
		nb_is 0 run && configure data '"DB-A", "DB-B"' && insert A ||
		return 1
	for dry in -n ''; do
		nb_is 3 adopt $dry --as DB-A --volume-id "$(volume)" &&
			says err "alone holds something that no newer backup" &&
			says err "has: tree uniq (generation 1)" || return 1
	done
	nb_is 3 adopt --as DB-A --volume-id X &&
		says err "it has generation 1 of pool db, disc DB-A, of 20" &&
		says err "hint: all of it would be erased; confirm with" &&
		given_up DB-A
}
check "nor is what it alone has, of a pool that was renamed" \
	alone_in_a_renamed_pool

# Nothing is left but two discs whose key is lost.
all_is_lost()
{
	local one before dry
	two_nights && rm -rf "$work"/{state,staging} || return 1
	before=$(sha256sum "$work"/discs/*)
	for one in A B; do
		insert $one
		for dry in -n ''; do
			nb_is 3 adopt $dry --as DB-A --volume-id "$(volume)" &&
				says err "hint: if the key was kept, nightburn \
key import, then" || return 1
		done
	done
	[ "$before" = "$(sha256sum "$work"/discs/*)" ] && insert A &&
		nb_is 0 adopt -n --as DB-A --volume-id "$(volume)" \
			--accept-shrink &&
		[ "$before" = "$(sha256sum "$work"/discs/*)" ] &&
		given_up DB-A && insert B &&
		nb_is 0 adopt --as DB-B --volume-id "$(volume)"
}
check "with state and key lost, no disc is adopted before one was burned" \
	all_is_lost

# The first night of a new server, before anything is there.
all_is_lost_and_empty()
{
	local one before
	two_nights && rm -rf "$work"/{state,staging,tree} || return 1
	mkdir "$work/tree" && insert new && : >"$work/discs/new" &&
		nb_is 0 run --accept-shrink || return 1
	before=$(sha256sum "$work"/discs/[AB])
	for one in A B; do
		insert $one
		nb_is 3 adopt --as DB-B --volume-id "$(volume)" &&
			says err "hint: if the key was kept, nightburn key \
import, then" && says err "if not, burn a backup that is not empty" ||
			return 1
	done
	[ "$before" = "$(sha256sum "$work"/discs/[AB])" ] &&
		echo 1 >"$work/tree/file" && insert new && nb_is 0 run &&
		insert A && nb_is 0 adopt --as DB-B --volume-id "$(volume)"
}
check "nor before one was burned that is not empty" all_is_lost_and_empty

# The state directory, copied to another machine; here it is the other way
# round: the copy has the name of this one.
cloned()
{
	local before command
	two_nights && cp -a "$work/state" "$work/first" && insert A &&
		sed -i '1s/.*/elsewhere/' "$work/state/machine" || return 1
	before=$(sha256sum "$work"/discs/*)
	nb_is 3 plan --json && says out '"reason": "moved"' || return 1
	for command in run append blank rotate \
		"adopt --as DB-A --volume-id $(volume)"; do
		# shellcheck disable=SC2086
		nb_is 3 $command && says err "directory is that of another" ||
			return 1
	done
	nb_is 3 run --resume &&
		says err "of host elsewhere, and this is host $(hostname)" &&
		says err "run nightburn pool take-over --from with its name" &&
		nb_is 2 pool take-over && says err "--from 'elsewhere'" &&
		nb_is 2 pool take-over --from "$(hostname)" &&
		[ "$before" = "$(sha256sum "$work"/discs/*)" ] &&
		nb_is 0 pool take-over --from elsewhere &&
		says out "pool db is taken over from elsewhere" &&
		nb_is 0 run --resume && says out "on disc DB-A" || return 1
	rm -rf "$work/state" && mv "$work/first" "$work/state" &&
		nb_is 3 run && says err "another machine took the pool over" &&
		insert B && nb_is 3 run &&
		says err "another machine took the pool over"
}
check "a copy of the state directory on another machine writes nothing" cloned

# Nothing is asked about one from before this was recorded.
not_recorded()
{
	two_nights && rm "$work/state/machine" && insert A && nb_is 0 plan &&
		[ ! -e "$work/state/machine" ] && nb_is 0 run &&
		[ "$(head -n 1 "$work/state/machine")" = "$(hostname)" ]
}
check "one that does not say where it is at home belongs to the first run" \
	not_recorded

finish
