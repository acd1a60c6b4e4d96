#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# File systems that are not as others: inode numbers that are not unique,
# subvolumes, a mount point that is a file.  All that is in a tree comes back.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

if [ "$(id -u)" != 0 ]; then
	skip 'other file systems' 'needs root'
	finish
	exit 0
fi
work=$(realpath "$work")
tree=$work/tree
daemon=

unmount()
{
	local path
	for path in late conf sub ''; do
		while mountpoint -q "$tree/$path"; do
			umount -l "$tree/$path" || return 1
		done
	done
	[ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null
	daemon=
}
trap 'unmount; at_exit' EXIT

configure()
{
	write_conf <<<"job \"nightly\" { pool = \"db\"
		tree \"all\" { path = \"$tree\"  ${1:-} } }"
}

fresh()
{
	unmount || return 1
	rm -rf "$work"/{state,staging,discs,tree,back}
	make_discs
	mkdir -p "$tree"
	echo here >"$tree/file"
}

night()
{
	insert "$1"
	shift
	nb_is "$@"
}

back()
{
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back"
}

# ---- inode numbers ----

numbers()
{
	local files=$work/back/tree/all/late/sub
	fresh && mkdir "$tree/late" && $1 "${2:-}" || return 1
	python3 "$src/tests/e2e/hanging.py" "$tree/late" same "$work/sign" &
	daemon=$!
	disown "$daemon"
	until_true grep -q "$tree/late " /proc/mounts &&
		night A 0 run && says err 'its file system gives other files '\
'the same inode number; 3 files are not taken as hard links' &&
		back && grep -q answered "$files/file" &&
		grep -q answered "$files/again" &&
		grep -q another "$files/other" || return 1
}

# Names of one file remain so, also of one that changes meanwhile.
links()
{
	fresh && configure && ln "$tree/file" "$tree/second" &&
		ln "$tree/file" "$work/outside" || return 1
	night A 0 run && ! grep 'inode number' "$work/err" && back &&
		[ "$work/back/tree/all/file" -ef "$work/back/tree/all/second" ]
}

if [ -w /dev/fuse ]; then
	check "files with one inode number have their own bytes" \
		numbers configure
	check "in an archive as well" numbers configure 'pack = "tar.zst"'
	check "and on another host" numbers configure_far
else
	skip 'inode numbers' 'needs /dev/fuse'
fi
check "names of one file stay names of one file" links

# ---- subvolumes ----

subvolumes()
{
	local volume=$tree/home
	btrfs -q subvolume create "$volume" &&
		btrfs -q subvolume create "$volume/deep" || return 1
	echo in >"$volume/in"
	echo deep >"$volume/deep/file"
	mkdir "$tree/sub" && mount -t tmpfs none "$tree/sub" || return 1
	echo other >"$tree/sub/other"
	configure 'one_file_system = true'
	night A 0 run -v && says err 'sub: another file system, left out' &&
		back && cd "$work/back/tree/all" && [ -f home/in ] &&
		[ -f home/deep/file ] && [ -f file ] && [ -d sub ] &&
		[ ! -e sub/other ]
	local result=$?
	cd / && return $result
}

make_btrfs()
{
	fresh && truncate -s 128M "$work/btrfs" &&
		mkfs.btrfs -q "$work/btrfs" &&
		mount -o loop "$work/btrfs" "$tree" && echo here >"$tree/file"
}

if make_btrfs >"$work/log" 2>&1; then
	check "a subvolume belongs to its file system" subvolumes
else
	skip 'subvolumes' 'needs btrfs and a loop device'
fi

# ---- a file as mount point ----

mounted_file()
{
	fresh && configure && : >"$tree/conf" && echo real >"$work/conf" &&
		mount --bind "$work/conf" "$tree/conf" || return 1
	night A 0 run && night B 0 run && umount "$tree/conf" || return 1
	night A 3 run &&
		says err 'tree all: no file system is mounted on conf any more' &&
		night B 3 run || return 1
	insert A
	nb_is 0 restore 1 --to "$work/first" &&
		grep -q real "$work/first/tree/all/conf"
}
check "a file that was mounted, and is not, is missed" mounted_file
finish
