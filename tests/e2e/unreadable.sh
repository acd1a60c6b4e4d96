#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files of a tree that cannot be read: the night fails, or they are left out and
# named, as on_unreadable says; zeros in their place are told.  Files
# under a lease are waited for, files without a size are told.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

daemon=
ended()
{
	rm -f "$work/leased"
	[ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null
	umount -l "$work/tree/bad" 2>/dev/null
	wait
	at_exit
}
trap ended EXIT

make_discs
mkdir -p "$work/tree/bad"
echo here >"$work/tree/file"

# configure OPTIONS OF THE TREE
configure()
{
	write_conf <<END
job "j" { pool = "db"  tree "all" { path = "$work/tree" $1 } }
END
}

back()
{
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back"
}

# ---- leases ----

# Others take the lease again and again, and give it back when they are asked,
# after a while.
cat >"$work/lease.py" <<'END'
import fcntl, os, signal, sys, time
fd = os.open(sys.argv[1], os.O_RDWR)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
open(sys.argv[2], "w").close()
while os.path.exists(sys.argv[2]):
    try:
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    except OSError:
        time.sleep(0.01)
        continue
    if signal.sigtimedwait([signal.SIGIO], 1):
        time.sleep(0.3)
    fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    time.sleep(0.01)
END

leased()
{
	echo "all of it" >"$work/tree/leased"
	python3 "$work/lease.py" "$work/tree/leased" "$work/leased" &
	until_true [ -e "$work/leased" ]
	configure "copy_newer = 0 $1"
	nb_is 0 run && back && rm "$work/leased" && wait &&
		cmp "$work/tree/leased" "$work/back/tree/all/leased"
}

check "a file under a lease is waited for" leased ''
check "also in a packed tree" leased 'pack = "tar.zst"'
rm "$work/tree/leased"

# ---- files without a size ----

no_size()
{
	write_conf <<END
job "j" { pool = "db"  tree "random" { path = "/proc/sys/kernel/random" } }
END
	nb_is 3 --quiet run &&
		says err "tree random: boot_id: has content, but no size;" &&
		says err 'hint: exclude it' &&
		says out 'names LEFT OUT or EMPTY, they cannot be read'
}

if [ -r /proc/sys/kernel/random/boot_id ]; then
	check "a file with content, but without a size, is told" no_size
fi

# ---- files that cannot be read ----

if [ ! -w /dev/fuse ] || [ "$(id -u)" != 0 ]; then
	skip 'files that cannot be read' 'needs root and /dev/fuse'
	finish
	exit 0
fi
python3 "$src/tests/e2e/hanging.py" "$work/tree/bad" deny "$work/sign" &
daemon=$!
disown "$daemon"
until_true grep -q "$work/tree/bad " /proc/mounts

fails()
{
	configure "$1"
	nb_is 1 run && says err \
		'tree all: cannot open bad/sub/file: Input/output error' &&
		says err 'hint: exclude it, or on_unreadable = report'
}

reported()
{
	nb_is 3 --quiet run && says err \
		'bad/sub/file: left out: cannot be read: Input/output error' &&
		says out '1 name LEFT OUT or EMPTY, it cannot be read' && back &&
		[ -f "$work/back/tree/all/file" ] &&
		[ -d "$work/back/tree/all/bad/sub" ] &&
		[ ! -e "$work/back/tree/all/bad/sub/file" ] &&
		strings "$work/drive" | grep -q '"what": *"unreadable"'
}

check "one that cannot be read fails the night" fails ''
check "also a packed one" fails 'pack = "tar.zst"'
configure 'on_unreadable = report'
check "or it is left out and named" reported
configure 'on_unreadable = report  pack = "tar.zst"'
nb_is 3 run && rm -rf "$work/back"
check "packed" says err 'bad/sub/file: left out: cannot be read'
configure_far 'on_unreadable = report'
rm -r "$work/state" "$work/discs" && make_discs
check "on another host" reported

# ---- files that can be opened, but not read ----

umount -l "$work/tree/bad"
until_true bash -c "! grep -q '$work/tree/bad ' /proc/mounts"
python3 "$src/tests/e2e/hanging.py" "$work/tree/bad" broken "$work/sign" &
daemon=$!
disown "$daemon"
until_true grep -q "$work/tree/bad " /proc/mounts

# Zeros are in its place, and that is said.
lost()
{
	nb_is 3 --quiet run && says err \
		'bad/sub/file: cannot be read: Input/output error; LOST' &&
		says out '1 file LOST'
}

packed_lost()
{
	nb_is 3 --quiet run && says err \
		'bad/sub/file: left out: cannot be read: Input/output error' &&
		says out '1 name LEFT OUT or EMPTY, it cannot be read'
}

packed_fails()
{
	nb_is 1 run && says err \
		'tree all: cannot read bad/sub/file: Input/output error'
}

configure 'copy_newer = 0'
check "one whose bytes cannot be read is lost" lost
configure 'pack = "tar.zst"'
check "packed it fails the night" packed_fails
configure 'on_unreadable = report  pack = "tar.zst"'
check "or it is left out and named, not filled with zeros" packed_lost
finish
