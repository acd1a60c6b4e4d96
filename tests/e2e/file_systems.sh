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

# ---- what only this process does not see ----

# without COMMAND STATUS: a run for which COMMAND changed what is mounted.
without()
{
	insert A
	unshare -m bash -c "$1 && exec \"\$0\" -c \"\$1\" run" "$nightburn" \
		"$work/nb.conf" >"$work/out" 2>"$work/err"
	[ $? = "$2" ] || { cat "$work/out" "$work/err"; return 1; }
}

# As ProtectHome does it.
hidden()
{
	local bind="mount --bind $work/mem/none"
	fresh && configure && mkdir "$tree/sub" && echo in >"$tree/sub/in" ||
		return 1
	without "$bind $tree/sub" 3 &&
		says err "tree all: sub is hidden from this process" &&
		says out '1 mount point LEFT OUT' || return 1
	without "$bind $tree" 3 &&
		says err "tree all: $tree is hidden from this process" &&
		[ "$(grep -c 'is hidden' "$work/err")" = 1 ] || return 1
	configure 'one_file_system = true'
	without "$bind $tree/sub" 3 && says err 'sub is hidden' || return 1
	configure 'exclude = { "sub" }'
	without "$bind $tree/sub" 0
}

# As ProtectSystem does it, and another directory in its place on purpose.
seen()
{
	fresh && configure && mkdir "$tree/sub" "$work/other" &&
		echo in >"$tree/sub/in" && echo other >"$work/other/in" ||
		return 1
	without "mount --bind -o ro $tree $tree" 0 &&
		without "mount --bind $work/other $tree/sub" 0
}

# A file system that was mounted when this process had mounts of its own.
not_mounted()
{
	fresh && configure && mkdir "$tree/sub" &&
		mount -t tmpfs none "$tree/sub" && echo in >"$tree/sub/in" ||
		return 1
	without "umount $tree/sub" 3 && says err 'sub is hidden' || return 1
	configure 'one_file_system = true'
	without "umount $tree/sub" 0
}

mkdir "$work/mem"
if unshare -m true 2>/dev/null && cmp -s /proc/self/mountinfo \
	/proc/1/mountinfo && mount -t tmpfs none "$work/mem"; then
	trap 'unmount; umount "$work/mem"; at_exit' EXIT
	mkdir -m 0 "$work/mem/none"
	check "what is hidden from nightburn alone is told" hidden
	check "what is only bound to its place is not" seen
	check "what is not mounted for nightburn alone is told" not_mounted
else
	skip 'what only this process does not see' \
		'needs the mounts of process 1'
fi
finish
