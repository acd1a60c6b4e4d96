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

# medium TYPE [BLOCKS]: an empty disc, in a recorder.
medium()
{
	rm -rf "$work/state" "$work/disc" "${tree:?}"/*
	"$vdrive" new --type "$1" --capacity "${2:-60000}" \
		"$work/disc" || return 1
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "/dev/sr0" }
pool "p" { discs = { "A", "B" }  drives = { "upper" }
  max_nights_on_one_disc = 0 }
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

# blocks_of [PATH...]: where files lie on the disc, as FIRST-LAST; as the session
# at block $session has them.
session=
blocks_of()
{
	rm -f "$work/image"
	"$vdrive" export --disc "$work/disc" "$work/image" >/dev/null || return 1
	python3 - "$work/image" "$session" "$@" <<'END'
import subprocess, sys
load = ["-load", "sbsector", sys.argv[2]] if sys.argv[2] else []
for path in sys.argv[3:]:
    done = subprocess.run(
        ["xorriso", *load, "-indev", "stdio:" + sys.argv[1], "-find", path,
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
		"/nightburn/$first/copy/label.json" \
		"/nightburn/$first/manifest.json" \
		"/nightburn/$first/copy/manifest.json")
	[ -s "$work/rules" ] && cat "$work/rules" && restores 2 &&
		restores 2 "$second" && on 1 restore "$first" --to "$work/no"
}
check "what is bad in another backup does not matter" other_backup

# found SECOND FIRST: what the catalog has of both backups, "good 0".
found()
{
	nb_is 0 list --json && python3 -c 'import json, sys
print(*["%s %d" % (b["check"], b["bad"] or 0)
        for b in json.load(sys.stdin)["backups"]], sep=", ")' \
		<"$work/out" >"$work/found"
	[ "$(cat "$work/found")" = "$1, $2" ] && return 0
	cat "$work/found"
	return 1
}

never_good()
{
	on 1 verify && ! grep "are good$" "$work/out" &&
		found "good 0" "damaged 0"
}
check "verify calls no such disc good" never_good

# Only SHA256SUMS tells verify what there is.
no_sums()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of /SHA256SUMS /nightburn/copy/SHA256SUMS)
	on 1 verify && says out "generation 2: it could NOT be checked" &&
		on 1 verify --json && says out '"incomplete": true' &&
		says out '"files": 0' && restores 2 &&
		found "good 0" "good 0"
}
check "a disc that cannot be checked is never called good" no_sums

# one_copy PATH...: without these files everything comes back, and verify says
# how many are bad.
one_copy()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of "$@")
	[ "$(wc -l <"$work/rules")" = $# ] && restores 2 &&
		restores 1 "$first" && on 1 verify && says out ", $# " &&
		says out " BAD" && ! grep "NOT be checked" "$work/out" &&
		found "good 0" "good 0"
}
newest="/nightburn/label.json /nightburn/manifest.json /SHA256SUMS"
copies="/nightburn/copy/label.json /nightburn/copy/manifest.json \
/nightburn/copy/SHA256SUMS"
older="/nightburn/$first/label.json /nightburn/$first/manifest.json"
for path in $newest $copies $older; do
	check "${path/$first/ID} is there twice" one_copy "$path"
done
# shellcheck disable=SC2086
check "the first of each copy is enough" one_copy $newest $older
# shellcheck disable=SC2086
check "so is the second" one_copy $copies

# no_head BLOCKS: the newest session, which has descriptors of its own.
no_head()
{
	unreadable "$@" && restores 2 && restores 2 "$second" &&
		restores 1 "$first"
}
for blocks in 16 17 18 19 20 16-20 0-31 32 32-47 48 49 48-60; do
	check "blocks $blocks of an overwritable disc are unreadable" \
		no_head $blocks
done

# One file, one in both backups, or all of the newest session.
one_backup()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$second/tree/t/version") && on 1 verify &&
		found "damaged 1" "good 0" && restores 1 --allow-older &&
		unreadable $(blocks_of "/$second/tree/t/numbers") &&
		on 1 verify && found "damaged 1" "damaged 1" || return 1
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$first/tree/t/version") && on 1 verify &&
		found "good 0" "damaged 1" && restores 2 && unreadable &&
		on 0 verify && found "good 0" "good 0"
}
check "verify tells which backup is damaged" one_backup

headless()
{
	unreadable 16-20 && restores 2 &&
		says err "the volume descriptors at its start are unreadable; \
reading session 2 of A by its own, generation 2" && on 3 plan && on 3 run &&
		says err "session"
}
check "nothing is written to a disc whose descriptors are unreadable" headless

# salvages STATUS: the newest backup, in spite of all.
salvages()
{
	rm -rf "$work/back"
	on "$1" restore --salvage --to "$work/back" &&
		[ "$(cat "$work/back/tree/t/version")" = 2 ]
}

# exact FORM COMMAND...: the blocks that cannot be read, and no others, are named
# in the messages and in JSON.
exact()
{
	local form=$1 at
	shift
	at=$(blocks_of "/$second/tree/t/numbers") && at=${at%-*} || return 1
	unreadable $((at + 3)) $((at + 5))-$((at + 7)) $((at + 40)) \
		$((at + 109))
	rm -rf "$work/back"
	on "$form" "$@" --json && says err "tree/t/numbers: unreadable \
blocks: $((at + 3)), $((at + 5))-$((at + 7)), $((at + 40)), $((at + 109))" &&
		says err "cannot read block $((at + 3)): " || return 1
	python3 -c 'import json, sys
at, found = int(sys.argv[1]), json.load(open(sys.argv[2]))["bad_blocks"]
found = [(run["first"] - at, run["count"]) for run in found]
assert found == [(3, 1), (5, 3), (40, 1), (109, 1)], found' "$at" "$work/out"
}
check "verify names the blocks that are bad, all of them" exact 1 verify
check "so does restore" exact 1 restore --to "$work/back"
check "and in salvage" exact 4 restore --salvage --to "$work/back"

by_sums()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of /nightburn/manifest.json \
		/nightburn/copy/manifest.json)
	salvages 3 && says err "files are proved by SHA256SUMS" &&
		! grep "NOT" "$work/out" &&
		cmp "$work/back/tree/t/numbers" "$tree/numbers" &&
		[ "$(stat -c %Y "$work/back/tree/t/numbers")" = \
			"$(stat -c %Y "$tree/numbers")" ]
}

by_directory()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of /nightburn/manifest.json /SHA256SUMS \
		/nightburn/copy/manifest.json /nightburn/copy/SHA256SUMS)
	salvages 3 && says err "no file is proved" &&
		says out "2 files" && says out "2 NOT proved" &&
		cmp "$work/back/tree/t/numbers" "$tree/numbers" &&
		on 3 restore --salvage --to "$work/back2" --json &&
		says out '"unproved": 2'
}

without_one()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$second/tree/t/version")
	rm -rf "$work/back"
	on 4 restore --salvage --to "$work/back" &&
		says out "1 NOT delivered" && [ ! -e "$work/back/tree/t/version" ] &&
		cmp "$work/back/tree/t/numbers" "$tree/numbers"
}

whole()
{
	unreadable
	salvages 0 && on 2 restore --salvage --into nothing &&
		says err "hint: use --to DIR"
}
check "without its manifest a backup is salvaged by SHA256SUMS" by_sums
check "without both by the directory, and nothing is called proved" by_directory
check "what is damaged is reported, the rest is restored" without_one
check "of a whole disc everything comes back" whole

# Somebody without the key takes the copy whose hash is right.
changed_manifest()
{
	local at
	unreadable
	at=$(blocks_of /nightburn/manifest.json) && at=${at%-*} &&
		echo "when read lba $at then flip a bit times forever" >"$work/rules" ||
		return 1
	restores 2 && says err "manifest.json: damaged; its copy is read" ||
		return 1
	mv "$work/state" "$work/away"
	restores 2 && says err "manifest.json: damaged; its copy is read"
	status=$?
	rm -rf "$work/state" && mv "$work/away" "$work/state" && return $status
}
check "a manifest that was changed is not taken" changed_manifest

appends()
{
	unreadable
	two_nights bd-re || return 1
	# shellcheck disable=SC2046
	unreadable $(blocks_of /nightburn/label.json /nightburn/manifest.json \
		/SHA256SUMS)
	echo 3 >"$tree/version"
	on 0 run && says out "session 3" && unreadable && on 0 verify &&
		restores 3 && restores 1 "$(sed -n 1p "$work/ids")"
}
check "a session is appended where one copy can be read" appends

# apart BLOCKS: manifest and SHA256SUMS are that far from their copies.
apart()
{
	local manifest sums copy
	manifest=$(blocks_of /nightburn/manifest.json)
	sums=$(blocks_of /SHA256SUMS)
	copy=$(blocks_of /nightburn/copy/manifest.json)
	echo "$manifest, $sums, and $copy"
	[ "${manifest#*-}" -lt "${sums%-*}" ] &&
		[ $((${copy%-*} - ${sums#*-})) -ge "$1" ]
}
one_night()
{
	unreadable
	medium "$1" "$2" && echo 1 >"$tree/file" && on 0 run && apart "$3"
}
check "the copies are a part of a small disc apart" apart 58
check "4 MiB on a BD-RE" one_night bd-re 11826176 2048
check "and on a DVD" one_night dvd+rw 2295104 2048

# ---- the catalog comes back from a damaged disc ----

# rebuilt STATUS: without its catalog.
rebuilt()
{
	rm -f "$work"/state/catalog.db*
	on "$1" catalog rebuild
}

# takes_first WHY: a restore takes the backup before, and says why.
takes_first()
{
	rm -rf "$work/back"
	on 3 restore --to "$work/back" && says out "an OLDER backup" &&
		says err "generation 2" && says err "$1" &&
		[ "$(cat "$work/back/tree/t/version")" = 1 ]
}

lost_file()
{
	two_nights bd-re || return 1
	first=$(sed -n 1p "$work/ids")
	second=$(sed -n 2p "$work/ids")
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$second/tree/t/version") && rebuilt 3 &&
		says err "A: recorded, but generation 2 is damaged; the \
earlier generation 1 is good" &&
		says err "hint: nightburn restore --to DIR 1" &&
		! grep "still lacks" "$work/err" &&
		found "damaged 1" "good 0" && nb_is 0 list && says out "suspect" &&
		takes_first "was found damaged on" && on 0 restore 1 --to \
		"$work/back1" && on 3 plan
}

# What was found the second time is the same.
lost_file_again()
{
	on 1 catalog rebuild && found "damaged 1" "good 0" &&
		on 1 verify && found "damaged 1" "good 0" &&
		unreadable && on 0 verify && found "good 0" "good 0" &&
		nb_is 0 list && ! grep suspect "$work/out"
}

lost_manifest()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of /nightburn/manifest.json \
		/nightburn/copy/manifest.json) && rebuilt 3 &&
		says err "generation 2 is damaged" &&
		found "damaged 0" "good 0" && takes_first "was found damaged"
}

lost_sums()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of /SHA256SUMS /nightburn/copy/SHA256SUMS) &&
		rebuilt 3 && says err "generation 2 could not be checked" &&
		found "None 0" "good 0" && nb_is 0 list &&
		says out "suspect" && restores 2
}

# Nothing tells whether that session was a backup.
lost_label()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of /nightburn/label.json \
		/nightburn/copy/label.json) && rebuilt 3 &&
		says err "if it was a backup" && nb_is 0 list &&
		! says out "damaged" >/dev/null &&
		says out "may have been a backup" && on 3 verify &&
		says err "if it was a backup" && unreadable && on 0 verify &&
		found "good 0" "good 0" && nb_is 0 list &&
		! grep "may have been" "$work/out"
}

# No session is good, and each backup is recorded as it was found.
lost_all()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$first/tree/t/version") && rebuilt 3 &&
		says err "A: recorded, but generation 1 is damaged" &&
		found "good 0" "damaged 1" && restores 2 &&
		unreadable $(blocks_of "/$second/tree/t/numbers") &&
		rebuilt 3 && found "damaged 1" "damaged 1" &&
		on 1 restore --to "$work/no"
}
check "rebuild records a backup with a damaged file as damaged" lost_file
check "and again, until it is good" lost_file_again
check "a backup whose manifest is unreadable, too" lost_manifest
check "one that cannot be checked is not called good" lost_sums
check "a session without a label may have been a backup" lost_label
check "a disc without a good session is recorded, too" lost_all

# ---- no hint leads to erasing the newest good backup ----

# kept: adopt refuses, with a remedy; the plan does not propose it.
kept()
{
	on 3 plan && ! grep adopt "$work/out" "$work/err" &&
		on 3 adopt --as A --volume-id "P_A_$(date -u +%Y%m%d)" &&
		says err "no other disc holds the newest good backup" &&
		says err "start nightburn run with another disc first" &&
		unreadable && restores 2
}

newest_is_good()
{
	unreadable
	two_nights bd-re || return 1
	first=$(sed -n 1p "$work/ids")
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$first/tree/t/version") && on 1 verify &&
		kept
}

newest_is_unchecked()
{
	# shellcheck disable=SC2046
	unreadable $(blocks_of /SHA256SUMS /nightburn/copy/SHA256SUMS \
		"/$first/tree/t/version") && on 1 verify && kept
}

# Its manifest tells whose it is.
no_label()
{
	unreadable
	medium bd-re && echo 2 >"$tree/version" &&
		seq 1 40000 >"$tree/numbers" && on 0 run || return 1
	# shellcheck disable=SC2046
	unreadable $(blocks_of /nightburn/label.json \
		/nightburn/copy/label.json) &&
		on 3 adopt --as B --volume-id "P_A_$(date -u +%Y%m%d)" &&
		says err "no other disc holds the newest good backup" ||
		return 1
	unreadable && restores 2
}
check "a disc with the newest good backup is not adopted for an older one" \
	newest_is_good
check "nor if it could not be checked" newest_is_unchecked
check "nor without a label" no_label

# ---- what is damaged and what is intact, by name ----

# The newest session has what was appended by hand, and a file of the backup
# before it is damaged.
intact_append()
{
	local id
	unreadable
	medium "$1" && seq 1 40000 >"$tree/numbers" && echo 1 >"$tree/version" &&
		on 0 run && echo mine >"$work/mine" &&
		on 0 append "$work/mine" && nb_is 0 list --json || return 1
	id=$(python3 -c 'import json, sys
print(*[b["backup"] for b in json.load(sys.stdin)["backups"]
        if b["job"] != "append"])' <"$work/out")
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$id/tree/t/version") && on 1 verify &&
		! grep "unusable" "$work/err" && nb_is 0 list &&
		says out "append" && joined out | grep "append .*checked" &&
		joined out | grep " j .*DAMAGED, 1 file" &&
		on 0 restore --to "$work/mine.$1" -j append
}
check "a damaged backup beside an intact append" intact_append bd-re
check "the same on a disc with sessions" intact_append cd-rw

# The newest one, where a disc has several.
load_newest()
{
	session=
	[ "$1" != cd-rw ] || { on 0 msinfo && session=$(cut -d, -f1 "$work/out"); }
}

# Without the catalog, verify ends with status 3, and says which is damaged.
uncatalogued()
{
	unreadable
	two_nights "$1" && load_newest "$1" || return 1
	second=$(sed -n 2p "$work/ids")
	rm -f "$work"/state/catalog.db*
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$second/tree/t/version") && on 3 verify &&
		says err "session 2 has bad files; reading session 1 of A" &&
		says err "session 2 is not good: generation 2 is damaged, \
generation 1 is good" || return 1
	# shellcheck disable=SC2046
	unreadable $(blocks_of /nightburn/label.json \
		/nightburn/copy/label.json) && on 3 verify &&
		says err "session 2 is damaged: if it was a backup" &&
		unreadable && on 0 verify
}
for type in cd-rw dvd+rw bd-re; do
	check "$type: verify without a catalog, the newest session is damaged" \
		uncatalogued $type
done

# salvage GENERATION: that backup, as far as it can be read, and no other.
salvage_generation()
{
	unreadable
	two_nights "$1" && load_newest "$1" || return 1
	first=$(sed -n 1p "$work/ids")
	second=$(sed -n 2p "$work/ids")
	# shellcheck disable=SC2046
	unreadable $(blocks_of "/$second/tree/t/version" \
		"/nightburn/$first/manifest.json" \
		"/nightburn/$first/copy/manifest.json") || return 1
	rm -rf "$work/back"
	on 4 restore --salvage --to "$work/back" 2 &&
		says out "$second from disc A" &&
		says out "1 NOT delivered" && [ ! -e "$work/back/tree/t/version" ] &&
		cmp "$work/back/tree/t/numbers" "$tree/numbers" || return 1
	rm -rf "$work/back"
	on 3 restore --salvage --to "$work/back" 1 &&
		says out "$first from disc A" &&
		[ "$(cat "$work/back/tree/t/version")" = 1 ] &&
		cmp "$work/back/tree/t/numbers" "$tree/numbers" &&
		on 1 restore --salvage --to "$work/none" 3 && [ ! -e "$work/none" ]
}
for type in cd-rw bd-re; do
	check "$type: salvage takes the generation that is named" \
		salvage_generation $type
done

# Of a file, or a rewritable disc with random access, other systems see only the
# volume descriptor at block 16, and what it leads to.
make_discs
overwritable()
{
	rm -rf "$work"/{state,back} && : >"$work/discs/A" && insert A &&
		write_conf <<-END2 && seq 9999 >"$tree/numbers" && nb_is 0 run
			job "j" { pool = "db"  tree "t" { path = "$tree" } }
		END2
}

hidden()
{
	overwritable && nb_is 0 verify && nb_is 0 append && nb_is 0 verify &&
		dd if=/dev/zero of="$work/discs/A" bs=2048 seek=16 count=1 \
			conv=notrunc 2>"$work/log" || return 1
	nb_is 3 verify && says err "other systems cannot mount the disc" &&
		nb_is 0 list && joined out | grep -q "A  *suspect" &&
		nb_is 0 restore --to "$work/back" &&
		cmp "$tree/numbers" "$work/back/tree/t/numbers"
}
check "a disc that only nightburn can read is not good" hidden

finish
