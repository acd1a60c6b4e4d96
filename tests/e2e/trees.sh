#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Trees over several nights on a recorder, by way of vdrive: what did not change
# is not written again, and is there all the same; a damaged earlier copy, bytes
# that change by themselves, files that change while they are read.  On a medium
# with sessions and on overwritable ones.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
export LC_ALL=C

unmount_all()
{
	local tree
	for tree in "$work"/*/tree "$work"/*/staging; do
		! mountpoint -q "$tree" || umount "$tree"
	done
	at_exit
}
trap unmount_all EXIT

# configure RULES: the configuration, with RULES for the tree.
configure()
{
	cat >nb.conf <<END
state_dir = "$PWD/state"
staging_dir = "$PWD/staging"
drive "upper" { device = "/dev/sr0" }
pool "db" { discs = { "A", "B" } drives = { "upper" } rotation = append }
job "nightly" { pool = "db"  tree "files" { path = "$PWD/tree"  $1 } }
END
	chmod 600 nb.conf
}

nb_on()
{
	rm -f trace
	timeout 200 "$vdrive" --hurry --disc A.disc --trace trace -- \
		"$nightburn" -c nb.conf "$@" >out 2>err </dev/null
	status=$?
	return 0
}

# ends STATUS TEXT: the exit status of the last command, and what it printed.
ends()
{
	[ "$status" = "$1" ] && grep -qF -- "$2" out err && return 0
	echo "exit status $status, not $1, or no \"$2\" in:"
	cat out err
	return 1
}

has() { grep -qF -- "$1" out err || { cat out err; return 1; }; }

# written MOST: the session of the last run had at most so many blocks.
written()
{
	local blocks
	blocks=$(sed -n 's/.*"blocks": \([0-9]*\).*/\1/p' out)
	[ "${blocks:-99999}" -le "$1" ] && return 0
	echo "$blocks blocks, not at most $1"
	return 1
}

# Others shall have access to what is made in DIRECTORY: default:user:4242:rwx.
share()
{
	mkdir "$1" && python3 - "$1" <<'END'
import os, struct, sys
acl = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", tag, perm, who) for tag, perm, who in (
        (1, 7, 2**32 - 1), (2, 7, 4242), (4, 7, 2**32 - 1),
        (16, 7, 2**32 - 1), (32, 5, 2**32 - 1)))
os.setxattr(sys.argv[1], "system.posix_acl_default", acl)
END
}

# same WHICH DIRECTORY: the backup comes back as DIRECTORY is.
same()
{
	find back -type d -exec chmod u+w {} + 2>/dev/null
	rm -rf back
	share back || return 1
	nb_on restore --to back "$1"
	ends 0 "restored" || return 1
	python3 "$src/tests/e2e/same_tree.py" "$2" back/tree/files
}

first()
{
	configure 'copy_newer = 0'
	truncate -s 40M tree.img
	mkdir tree
	mkfs.ext4 -q -b 4096 tree.img && mount -o loop tree.img tree || return 1
	mkdir -p tree/sub
	head -c 3000000 /dev/urandom >tree/sub/large
	head -c 3000000 /dev/urandom >tree/other
	ln tree/other tree/linked
	truncate -s 3M tree/sparse
	printf end >>tree/sparse
	ln -s sub/large tree/link
	mkfifo tree/pipe
	echo one >tree/small
	cp -a tree night1
	nb_on run --json
	ends 0 '"verified": true' && has '"shared": 0'
}

only_changes()
{
	echo two >tree/small
	cp -a tree night2
	nb_on run --json
	ends 0 '"verified": true' && has '"session": 2' \
		&& has '"shared": 4' && written 900
}

from_both()
{
	same 2 night2 && same 1 night1
}

# What another reader makes of the newest session.
by_xorriso()
{
	timeout 100 "$vdrive" --hurry --disc A.disc -- xorriso -osirrox on \
		-indev /dev/sr0 -extract / copies >log 2>&1 || { cat log
		return 1; }
	(cd copies && sha256sum --quiet -c SHA256SUMS) \
		&& [ "$(find copies -name large | wc -l)" = 2 ] || return 1
	chmod -R u+w copies
	rm -rf copies
}

verified_again()
{
	nb_on verify
	ends 0 "are good"
}

# The bytes of a file change, and nothing else: as a disk or memory does it.
rot()
{
	configure 'copy_newer = 0  checksum = always'
	sync -f tree && umount tree && python3 "$src/tests/e2e/spoil.py" tree.img \
		night1/other && mount -o loop tree.img tree || return 1
	nb_on run --json --accept-shrink
	ends 3 '"verified": true' && has '"corrupt": 2' && has '"shrunk": 0' \
		&& has "tree files: other: content differs from backup" \
		&& has '"shared": 3' || return 1
	cp -a tree night3
	same 3 night3 && same 2 night2
}

# Weekly: not again so soon.
not_yet()
{
	configure 'copy_newer = 0'
	sync -f tree && umount tree && python3 "$src/tests/e2e/spoil.py" tree.img \
		night1/sub/large && mount -o loop tree.img tree || return 1
	nb_on run --json
	ends 0 '"verified": true' && has '"corrupt": 0' && has '"shared": 5'
}

# The first session is damaged: that file is written anew, the others are not.
damage()
{
	configure 'copy_newer = 0'
	python3 "$src/tests/e2e/spoil.py" A.disc night1/sub/large || return 1
	nb_on run --json
	ends 3 '"verified": true' && has '"reread": 1' && written 2400 \
		&& has "the copy of sub/large in backup" \
		&& has '"shared": 4' || return 1
	same 5 tree
}

# A log that somebody writes to all the time: whole and of one moment, or told,
# by name and exit status; the night is done either way.
busy()
{
	local writer
	configure "$1"
	head -c 6000000 /dev/zero >tree/log
	(while :; do echo line; done >>tree/log) &
	writer=$!
	until [ "$(wc -c <tree/log)" -gt 6000000 ]; do sleep 0.01; done
	nb_on run --json
	kill "$writer"
	wait "$writer" 2>/dev/null
	ends "$2" "$3"
}

told()
{
	busy 'copy_newer = 0' 3 '"changed": 1' && has '"verified": true' \
		&& has "may be inconsistent"
}

refused()
{
	busy 'copy_first = { "log" }  on_change = fail' 1 \
		"tree files: log changed each time it was read"
}

# By its members, all and some; and by what is on the disc alone.
packed()
{
	rm tree/log tree/pipe
	configure 'pack = tar.zst'
	nb_on run --json
	ends 0 '"verified": true' && same 7 tree || return 1
	nb_on show --json 7
	ends 0 "/tree/files/sub/large\"" || return 1
	nb_on restore --to some 7 tree/files/sub
	ends 0 "1 file," && cmp some/tree/files/sub/large tree/sub/large \
		&& [ ! -e some/tree/files/other ] || return 1
	timeout 100 "$vdrive" --hurry --disc A.disc -- xorriso -osirrox on \
		-indev /dev/sr0 -extract / copies >log 2>&1 || return 1
	(cd copies && sh restore.sh --no-check --to ../plain) || return 1
	diff -r --no-dereference tree plain/files
}

# What the archive took the last time is more than there is now.
no_room()
{
	mount -t tmpfs -o size=64k none staging
	nb_on run
	umount staging
	ends 3 "$PWD/staging: 65.5 kB free, the backup may need up to " &&
		has "No space left on device" && ! grep -q "WRITE" trace
}

nights()
{
	local type=$1
	"$vdrive" new --type "$type" --capacity 120000 A.disc
	check "$type: the first night writes everything" first
	check "$type: the second writes what changed" only_changes
	check "$type: both nights come back as they were" from_both
	check "$type: another reader finds them" by_xorriso
	check "$type: verify reads all of it" verified_again
	check "$type: bytes that change by themselves are reported" rot
	check "$type: and looked for once a week" not_yet
	check "$type: a damaged earlier copy is written anew" damage
	check "$type: a file that changes is reported, the run succeeds" told
	check "$type: on_change = fail burns nothing" refused
	check "$type: a tree in one archive, whole and in part" packed
	check "$type: no room for the archive" no_room
	umount tree
}

at_once "nights cd-rw" "nights dvd+rw"
finish
