#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What `nightburn image` wrote is verified and restored like a disc, although it
# has no label and belongs to no pool; nothing is written after it.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
mkdir -p "$work/tree/sub"
printf 'one' >"$work/tree/one"
head -c 300000 /dev/urandom >"$work/tree/sub/two"
psql -Xqc "create database shop" -c "create role app" postgres
psql -Xqc "create table t as select generate_series(1, 100) n" shop

cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 500M }
pool "p" { discs = { "A" }  drives = { "upper" } }
job "j" {
  pool = "p"
  tree "t" { path = "$work/tree" }
  postgres "shop" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  database = "shop"
  }
}
END
chmod 600 "$work/nb.conf"
image=$work/image.iso
device=stdio:$image

# refused FILE WHY: not even with --force, and nothing is changed or added.
refused()
{
	local force before
	before=$(find "$work" -name pg -prune -o -type f ! -path "$work/out" \
		! -path "$work/err" ! -name lock -print0 | sort -z |
		xargs -0 sha256sum)
	for force in "" --force; do
		nb_is 2 image ${force:+"$force"} "$1" &&
			says err "$1: $2" || return 1
	done
	[ "$before" = "$(find "$work" -name pg -prune -o -type f \
		! -path "$work/out" ! -path "$work/err" ! -name lock -print0 |
		sort -z | xargs -0 sha256sum)" ]
}

# What nightburn keeps: the disc in the drive, also if it is blank; a disc that
# is in no drive, wherever it is; its state; what waits.
kept()
{
	refused "$work/discs/A" "nightburn's own disc" || return 1
	nb_is 0 -c "$work/tree.conf" run && cp "$work/discs/A" "$work/copy" &&
		cp "$work/discs/A" "$work/discs/C" || return 1
	rm "$work/drive"
	nb_is 3 -c "$work/tree.conf" run || return 1
	insert B
	refused "$work/discs/A" "nightburn's own disc" &&
		refused "$work/copy" "nightburn's own disc" &&
		refused "$work/discs/C" "nightburn's own disc" &&
		refused "$work/state/catalog.db" \
			"nightburn's own state_dir" &&
		refused "$work/state/new" "nightburn's own state_dir" &&
		refused "$(echo "$work"/staging/*Z-*/backup.json)" \
			"nightburn's own staging_dir" || return 1
	insert A
	ln -s discs/A "$work/link"
	refused "$work/link" "exists and is not a regular file"
}

# restore --force, of files and of members of an archive.
restored_over()
{
	local pack
	for pack in 's/ pack = "tar.zst"//' 's,/tree",& pack = "tar.zst",'; do
		rm -rf "$work/over" && insert A
		sed -i "$pack" "$work/nb.conf"
		nb_is 0 run &&
			nb_is 0 restore --to "$work/over" || return 1
		cp "$work/copy" "$work/over/tree/t/one"
		nb_is 2 restore --force --to "$work/over" &&
			says err "t/one: nightburn's own disc, which no \
restore replaces" && cmp "$work/copy" "$work/over/tree/t/one" || return 1
		echo mine >"$work/over/tree/t/one"
		nb_is 0 restore --force --to "$work/over" &&
			diff -r "$work/tree" "$work/over/tree/t" || return 1
	done
	rm -rf "$work/over"
	cp -p "$work/tree.conf" "$work/nb.conf"
}

# What is not nightburn's is replaced if a person says so.
forced()
{
	echo mine >"$work/file"
	nb_is 2 image "$work/file" && [ "$(cat "$work/file")" = mine ] &&
		says err "hint: name another file; or replace it: nightburn \
image --force $work/file" || return 1
	nb_is 0 image --force "$work/file" && nb_is 2 image "$work/file" &&
		nb_is 0 image --force "$work/file" || return 1
	: >"$work/file"
	nb_is 0 image "$work/file" && [ -s "$work/file" ] && rm "$work/file" &&
		(cd "$work" && nb_is 0 image file) && [ -s "$work/file" ]
	rm "$work/file"
}

# It has no name until it is complete: it is in no tree, and kill -9 leaves
# nothing.
nameless()
{
	python3 -c "import os; os.open('$work', os.O_TMPFILE | os.O_RDWR)" ||
		{ echo "not on this file system"; return 0; }
	nb_is 0 image "$work/tree/self.iso" &&
		says out " 2 files" && rm "$work/tree/self.iso"
}

sed '/postgres/,/^  }/d' "$work/nb.conf" >"$work/tree.conf"
chmod 600 "$work/tree.conf"
mv "$work/nb.conf" "$work/all.conf"
cp -p "$work/tree.conf" "$work/nb.conf"
check "it replaces nothing that nightburn keeps" kept
check "nor does a restore" restored_over
check "it replaces another file only with --force" forced
check "it has no name before it is complete" nameless
mv "$work/all.conf" "$work/nb.conf"
rm -rf "$work"/{state,staging,discs,copy}
make_discs

written()
{
	nb_is 0 image "$image" && [ -s "$image" ]
}
check "an image" written

verified()
{
	local before
	before=$(sha256sum <"$image")
	nb_is 0 verify --device "$device" &&
		says err "$device: an image without a label: nothing \
proves who wrote it" && says out "are good" || return 1
	nb_is 0 list && ! says out "P_" >/dev/null || return 1
	nb_is 0 verify --json --device "$device" &&
		grep -qE '"disc": *"P_[0-9]{8}"' "$work/out" &&
		[ "$(sha256sum <"$image")" = "$before" ]
}
check "it is verified, and recorded nowhere" verified

restored()
{
	nb_is 0 restore --device "$device" --to "$work/back" &&
		says err "nothing proves who wrote it" &&
		diff -r "$work/tree" "$work/back/tree/t"
}
check "it is restored" restored

into()
{
	nb_is 0 restore --device "$device" --source shop --into other \
		--conninfo "host=$PGHOST" --run-as postgres &&
		[ "$(psql -XAtc 'select count(*) from t' other)" = 100 ]
}
check "into a database, too" into

salvaged()
{
	nb_is 0 restore --salvage --device "$device" --to "$work/saved" &&
		diff -r "$work/tree" "$work/saved/tree/t"
}
check "and salvaged" salvaged

foreign()
{
	cp "$image" "$work/discs/B"
	insert B
	nb_is 3 plan && cmp "$image" "$work/discs/B" || return 1
	nb_is 3 catalog rebuild && says err "no nightburn label on this disc" &&
		nb_is 3 run --resume
	insert A
	cmp "$image" "$work/discs/B"
}
check "as a disc it is a foreign one" foreign

# The catalog knows a backup: an image is taken only if it is meant.
known()
{
	local id
	nb_is 0 run && cp "$image" "$work/discs/B" && insert B || return 1
	rm -rf "$work/back"
	nb_is 3 restore --to "$work/back" && says err "is on A" &&
		[ ! -e "$work/back" ] || return 1
	nb_is 0 restore --this-disc --to "$work/back" &&
		diff -r "$work/tree" "$work/back/tree/t" || return 1
	rm -rf "$work/back"
	id=$(xorriso -indev "$device" -ls / 2>/dev/null |
		grep -oE '[0-9]{8}T[0-9]{6}Z-00000000')
	nb_is 0 restore --to "$work/back" "$id" &&
		diff -r "$work/tree" "$work/back/tree/t" || return 1
	nb_is 3 restore --to "$work/back" 77 &&
		says err "backup 77 is not on disc P_"
	insert A
}
check "in a drive, the catalog's newest backup is meant, not the image" known

# One byte, in the middle of the file of 300,000.
damaged()
{
	python3 - "$image" "$work/tree/sub/two" <<'END' || return 1
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.index(open(sys.argv[2], "rb").read()[100000:100100])
data[at] ^= 1
open(sys.argv[1], "wb").write(data)
END
	rm -rf "$work/back"
	nb_is 1 verify --device "$device" && says err "tree/t/sub/two" &&
		nb_is 1 restore --this-disc --device "$device" \
			--to "$work/back" &&
		[ "$(cat "$work/back/tree/t/one")" = one ]
}
check "damage to it is told" damaged

# What doc/disc-format.md says of a copy of a disc with real sessions: the first
# one is at block 16 of it, the newest is found by its descriptors.
sessions()
{
	local start vdrive=$build/vdrive
	sed "s,stdio:$work/drive,/dev/sr0,; s,state_dir.*,state_dir = \
\"$work/cd-state\",; s,rotation = .*,," "$work/nb.conf" >"$work/cd.conf"
	sed -i "/pool \"p\" {/s/ }$/ rotation = append }/; /postgres/,/^  }/d" \
		"$work/cd.conf"
	chmod 600 "$work/cd.conf"
	"$vdrive" new --type cd-rw --capacity 60000 "$work/cd" || return 1
	for n in 1 2 3; do
		echo "$n" >"$work/tree/night"
		"$vdrive" --hurry --disc "$work/cd" -- "$nightburn" \
			-c "$work/cd.conf" run >"$work/out" 2>&1 || return 1
	done
	"$vdrive" export --disc "$work/cd" "$work/copy" >"$work/out" || return 1
	xorriso -indev "stdio:$work/copy" -ls / 2>/dev/null >"$work/first"
	start=$(LC_ALL=C grep -aobP '\x01CD001\x01\x00' "$work/copy" |
		awk -F : '$1 % 2048 == 0 { s = $1 / 2048 - 16 } END { print s }')
	xorriso -load sbsector "$start" -indev "stdio:$work/copy" \
		-osirrox on -extract / "$work/newest" >"$work/log" 2>&1
	[ "$(grep -c '[0-9]T[0-9]*Z-' "$work/first")" = 1 ] &&
		[ "$(cat "$work"/newest/2*/tree/t/night | sort | paste -sd ' ')" = \
			"1 2 3" ]
}
check "the newest session is found in a copy of a disc with sessions" sessions

finish
