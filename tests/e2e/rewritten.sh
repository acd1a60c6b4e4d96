#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files that are there under their names, in number and size, and whose content
# is gone, as after something encrypted them in their places.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# configure [OPTIONS OF THE TREE]
configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "burner" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "DB-A", "DB-B" }  drives = { "burner" } }
job "nightly" { pool = "db"
tree "www" { path = "$work/tree" $1 }
}
END
	chmod 600 "$work/nb.conf"
}

# fresh [OPTIONS OF THE TREE]: a world with files of a few sizes.
fresh()
{
	rm -rf "$work"/{state,staging,discs,tree,back}
	mkdir -p "$work/tree/deep"
	make_discs
	configure "${1:-}"
	for i in $(seq 30); do
		head -c $((1000 + i % 7)) /dev/urandom >"$work/tree/file$i"
	done
	for i in $(seq 10); do echo "this is note $i" >"$work/tree/deep/note$i"; done
	: >"$work/tree/empty"
	ln -s file1 "$work/tree/link"
}

night()
{
	insert "$1"
	shift
	nb_is "$@"
}

# rewrite FILES...: other bytes, as many as before.
rewrite()
{
	local f n
	for f in "$@"; do
		n=$(stat -c %s "$f")
		head -c "$n" /dev/urandom >"$f"
	done
}
rewrite_all()
{
	rewrite "$work"/tree/file* "$work"/tree/deep/*
}

# Is the content of the first night on disc $1?
has()
{
	insert "$1"
	rm -rf "$work/back"
	nb_is 0 restore "$2" --to "$work/back" &&
		cmp "$work/file1" "$work/back/tree/www/file1"
}

two_nights()
{
	fresh "${1:-}"
	cp "$work/tree/file1" "$work/file1"
	night A 0 run && night B 0 run
}

told()
{
	says err "nightburn: tree www: $1 files have other contents than in the last good backup" &&
		says err "min_unchanged = 0 is for files that are written anew" &&
		says err "shrank, so no disc is blanked"
}

# encrypted [OPTIONS OF THE TREE]
encrypted()
{
	two_nights "${1:-}" && rewrite_all &&
		night A 3 --quiet run && told "all 40" || return 1
	for disc in B A B; do
		night $disc 3 run && told "all 40" || return 1
	done
	has A 1 && has B 2 &&
		night A 0 run --accept-shrink &&
		says err "accepted: tree www: all 40 files have other contents" &&
		night B 0 run && night A 0 run
}
check "files that all have other contents are told, and nothing is blanked" \
	encrypted
check "so are those in an archive" encrypted 'pack = "tar.zst"'

# As if nothing had happened; three of them are as they were.
dates_kept()
{
	local f
	two_nights || return 1
	for f in "$work"/tree/file{4..30} "$work"/tree/deep/*; do
		touch -r "$f" "$work/date"
		rewrite "$f"
		touch -r "$work/date" "$f"
	done
	night A 3 run && told "37 of 40" && has A 1
}
check "dates that were set back hide nothing" dates_kept

# Enough of them are as they were.
most()
{
	two_nights && rewrite "$work"/tree/file{5..30} "$work"/tree/deep/* &&
		night A 0 run
}
check "where a tenth is as it was nothing is said" most

touched()
{
	two_nights && touch "$work"/tree/* "$work"/tree/deep/* &&
		chmod -R u+w "$work/tree" && night A 0 run && night B 0 run
}
check "nor where only dates are new" touched

# As logrotate does it: each content has the next name.
shifted()
{
	local i
	two_nights || return 1
	for i in $(seq 30 -1 1); do
		mv "$work/tree/file$i" "$work/tree/file$((i + 1))"
	done
	rewrite "$work"/tree/deep/*
	head -c 999 /dev/urandom >"$work/tree/file1"
	night A 0 run
}
check "nor where files have one another's names" shifted

# A directory of daily dumps: after the first time that is what it is.
each_night()
{
	fresh
	night A 0 run && rewrite_all && night B 3 run && told "all 40" &&
		night B 0 run --accept-shrink || return 1
	for disc in A B A; do
		rewrite_all
		night $disc 0 run && ! grep -q contents "$work/err" || return 1
	done
	# A quiet night ends it.
	night B 0 run && rewrite_all && night A 3 run
}
check "nor where all are new each night" each_night

off()
{
	two_nights 'min_unchanged = 0' && rewrite_all && night A 0 run
}
check "min_unchanged = 0 ends the question" off

few()
{
	local i
	fresh
	rm -r "$work"/tree/*
	for i in 1 2 3 4 5 6 7 8 9; do echo "$i" >"$work/tree/$i"; done
	night A 0 run && night B 0 run || return 1
	for i in 1 2 3 4 5 6 7 8 9; do echo "0$i" >"$work/tree/$i"; done
	night A 0 run
}
check "nine files may all change" few

finish
