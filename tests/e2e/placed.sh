#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Parts of trees, plain and packed: the directories in which they are come back
# as they were, and those that exist stay as they are; dates before 1970; files
# that must not be replaced.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
tree=$work/tree
mkdir -p "$tree/a/b/c"
echo wanted >"$tree/a/b/c/wanted"
echo other >"$tree/a/other"
for date in 1.5 0.5 86400.000000001; do
	echo old >"$tree/before-$date"
	python3 -c 'import os, sys
from decimal import Decimal
ns = -int(Decimal(sys.argv[2]) * 10**9)
os.utime(sys.argv[1], ns=(ns, ns))' "$tree/before-$date" $date
done
chmod 751 "$tree"
chmod 2750 "$tree/a"
chmod 1777 "$tree/a/b"
touch -d '2001-02-03 04:05:06.789 UTC' "$tree/a/b" "$tree/a"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A", "B" }  drives = { "upper" } }
job "j" {
  pool = "p"
  tree "plain" { path = "$tree" }
  tree "packed" { path = "$tree"  pack = tar.zst }
}
END
chmod 600 "$work/nb.conf"
check "a night" nb_is 0 run

# same NAME...: mode and date of these in the tree, as they were.
same()
{
	local one
	for one in "$@"; do
		[ "$(stat -c '%a %.9Y' "$work/back/tree/$name/$one")" = \
			"$(stat -c '%a %.9Y' "$tree/$one")" ] && continue
		stat -c '%n %a %.9Y' "$work/back/tree/$name/$one" "$tree/$one"
		return 1
	done
}

# on_the_way NAME ARGUMENTS...
on_the_way()
{
	local name=$1
	shift
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back" --source "$name" "$@" &&
		same . a a/b a/b/c a/b/c/wanted &&
		[ ! -e "$work/back/tree/$name/a/other" ]
}

existing()
{
	local name=$1
	rm -rf "$work/back"
	mkdir -p "$work/back/tree/$name/a" && chmod 700 "$work/back/tree" \
		"$work/back/tree/$name" "$work/back/tree/$name/a" &&
		nb_is 0 restore --to "$work/back" --source "$name" --path \
			wanted && same a/b a/b/c a/b/c/wanted &&
		[ "$(stat -c %a "$work/back/tree/$name/a")" = 700 ] &&
		[ "$(stat -c %a "$work/back/tree/$name")" = 700 ]
}

dates()
{
	local name=$1 one
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back" --source "$name" || return 1
	for one in 1.5 0.5 86400.000000001; do
		same before-$one || return 1
	done
}

# locked FLAG FILE VERB: a file with it is not replaced, and the remedy is named.
locked()
{
	local file=$work/back/tree/plain/a/b/c/$2
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back" && chattr "+$1" "$file" || return 1
	nb_is 1 restore --to "$work/back" --force --path wanted &&
		says err "wanted: cannot $3: " &&
		says err "has the flag $1 of chattr" &&
		says err "hint: chattr -$1 on"
	status=$?
	chattr "-$1" "$file" && [ $status = 0 ] &&
		nb_is 0 restore --to "$work/back" --force --path wanted
}

for name in plain packed; do
	check "$name: the directories of --path" on_the_way $name --path wanted
	check "$name: of a path" on_the_way $name newest \
		"tree/$name/a/b/c/wanted"
	check "$name: directories that exist stay as they are" existing $name
	check "$name: dates before 1970" dates $name
done

# The archive alone, as another program reads it.
archive()
{
	rm -rf "$work/files"
	xorriso -indev "stdio:$work/discs/A" -osirrox on -extract / \
		"$work/files" >"$work/log" 2>&1 &&
		zstd -dcq "$work"/files/2*/tree/packed.tar.zst >"$work/a.tar" &&
		mkdir "$work/files/x" && tar -xf "$work/a.tar" -C \
		"$work/files/x" && cd "$work/files/x/packed" &&
		stat -c '%n %.9Y' before-* && [ "$(stat -c %.9Y before-1.5)" = \
		"$(stat -c %.9Y "$tree/before-1.5")" ] &&
		[ "$(stat -c %.9Y before-86400.000000001)" = \
			"$(stat -c %.9Y "$tree/before-86400.000000001")" ]
}
check "GNU tar reads dates before 1970 from the archive" archive

: >"$work/try"
if chattr +i "$work/try" 2>/dev/null; then
	chattr -i "$work/try"
	check "an immutable file is not replaced" locked i wanted rename
	check "nor one that can only be appended to" locked a wanted rename
	check "nor one in such a directory" locked a . rename
	check "nor one in an immutable directory" locked i . create
else
	skip "files that must not be replaced" "no chattr here"
fi
finish
