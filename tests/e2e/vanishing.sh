#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Trees in which others work: what vanishes while it is listed, and mount points
# that deny, that are dead, and that hang.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

helpers=
ended()
{
	local one
	for one in $helpers; do
		kill -CONT "$one" 2>/dev/null
		kill -KILL "$one" 2>/dev/null
	done
	for one in "$work"/tree/mnt/*; do
		while umount -l "$one" 2>/dev/null; do :; done
	done
	at_exit
}
trap ended EXIT

make_discs
mkdir -p "$work/tree/spool" "$work/iso"
echo here >"$work/tree/file"

# configure OPTIONS OF THE TREE, without the measure: file systems come and go.
configure()
{
	write_conf <<END
job "j" { pool = "db"  tree "all" { path = "$work/tree"  min_ratio = 0  $1 } }
END
}

# ---- a spool in which everything comes and goes ----

cat >"$work/busy.py" <<'END'
import os, random, sys
top = sys.argv[1]
r = random.Random(3)
while os.path.exists(top + "/../../busy"):
    name = "%s/%d" % (top, r.randrange(60))
    try:
        kind = r.randrange(6)
        if kind == 0:
            os.symlink("x" * 30, name)
        elif kind == 1:
            os.mkdir(name)
            os.symlink("y", name + "/link")
        elif kind == 2:
            with open(name, "wb") as f:
                f.write(b"mail")
            os.setxattr(name, "user.kind", b"mail")
        elif os.path.isdir(name) and not os.path.islink(name):
            os.unlink(name + "/link")
            os.rmdir(name)
        else:
            os.unlink(name)
    except OSError:
        pass
END

busy()
{
	touch "$work/busy"
	python3 "$work/busy.py" "$work/tree/spool" &
	helpers="$helpers $!"
}

idle()
{
	rm -f "$work/busy"
	wait
}

# None of these nights may fail for it.
many_times()
{
	local i
	busy
	for i in 1 2 3; do
		nb image --force "$work/image"
		# 3: one changed each time that it was read.
		[ "$status" = 0 ] || [ "$status" = 3 ] ||
			{ idle; cat "$work/err"; return 1; }
	done
	idle
}

gone_top()
{
	mkdir "$work/gone"
	sed "s,$work/tree,$work/gone," "$work/nb.conf" >"$work/gone.conf"
	chmod 600 "$work/gone.conf"
	rmdir "$work/gone"
	nb_is 1 -c "$work/gone.conf" image --force "$work/image" &&
		says err "tree all: cannot open $work/gone: No such file"
}

configure ''
check "a busy spool fails no night" many_times
configure 'pack = "tar.zst"'
check "nor a packed one" many_times
configure_far ''
check "nor that of another host" many_times
configure ''
check "but the tree itself must be there" gone_top

# ---- mount points ----

if ! command -v fuseiso >/dev/null || [ ! -w /dev/fuse ] ||
	[ "$(id -u)" != 0 ]; then
	skip 'mount points' 'needs root, /dev/fuse and fuseiso'
	finish
	exit 0
fi
echo far >"$work/iso/far"
xorriso -as mkisofs -quiet -o "$work/far.iso" "$work/iso" 2>"$work/log" ||
	exit 1
chmod 644 "$work/far.iso"
chmod 755 "$work/tree"

# mount_as USER NAME: a file system of that user; $daemon is its program.
mount_as()
{
	mkdir -p "$work/tree/mnt/$2" && chown "$1" "$work/tree/mnt/$2" ||
		return 1
	setpriv --reuid="$1" --clear-groups fuseiso -n "$work/far.iso" \
		"$work/tree/mnt/$2" -f >"$work/log" 2>&1 &
	daemon=$!
	disown "$daemon"
	helpers="$helpers $daemon"
	until_true grep -q "$work/tree/mnt/$2 " /proc/mounts
}

unmount()
{
	fusermount -u -z "$work/tree/mnt/$1"
	rmdir "$work/tree/mnt/$1"
}

# noted NAME REASON: left out, named, and all else is there.
noted()
{
	local name=$1 why=$2
	nb_is 3 run && says err "tree all:" &&
		says err "mnt/$name: mount point, left out: cannot be read: $why" &&
		says err 'hint: unmount it, or add it to exclude' &&
		says out '1 mount point LEFT OUT, it cannot be read' &&
		back && [ -f "$work/back/tree/all/file" ] &&
		[ ! -e "$work/back/tree/all/mnt/$name" ] &&
		strings "$work/drive" | grep -q '"what": *"mount"' || return 1
}

back()
{
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back"
}

silent() { nb_is 0 run && ! grep 'mount point, left' "$work/err"; }

# Each way to say that it is not wanted.
unwanted()
{
	local one
	for one in "exclude = \"/mnt/$1\"" 'exclude = "mnt/"' \
		'one_file_system = true'; do
		configure "$one io_timeout = 1"
		silent || return 1
	done
	configure 'io_timeout = 1'
}

mine()
{
	mount_as root mine && nb_is 0 run && back &&
		grep -q far "$work"/back/tree/all/mnt/mine/far || return 1
	unmount mine
}

denied()
{
	mount_as daemon denied && noted denied 'Permission denied' &&
		unwanted denied || return 1
	configure 'pack = "tar.zst"'
	nb_is 3 run && says err 'mnt/denied: mount point, left out' || return 1
	configure_far ''
	nb_is 3 run && says err 'mnt/denied: mount point, left out' &&
		says out '1 mount point LEFT OUT' || return 1
	unmount denied
	configure ''
}

dead()
{
	mount_as root dead && kill -KILL "$daemon" &&
		until_true bash -c "! ls $work/tree/mnt/dead" &&
		noted dead 'Transport endpoint is not connected' &&
		unwanted dead || return 1
	unmount dead
}

# Its program is stopped; what is excluded is not even looked at.
hung()
{
	mount_as root hung && kill -STOP "$daemon" || return 1
	configure 'io_timeout = 1'
	noted hung 'no response for 1 s' || return 1
	configure 'exclude = "mnt/"  io_timeout = 1000'
	silent || return 1
	configure 'io_timeout = 1'
	sed "s,$work/tree,&/mnt/hung," "$work/nb.conf" >"$work/hung.conf"
	chmod 600 "$work/hung.conf"
	nb_is 1 -c "$work/hung.conf" run && says err \
		"tree all: cannot open $work/tree/mnt/hung: no response for 1 s"
}

# Asked to end, it ends at once, and the next run is not refused.
stopped()
{
	local pid
	configure 'io_timeout = 1000'
	"$nightburn" -c "$work/nb.conf" run >"$work/out" 2>"$work/err" &
	pid=$!
	until_true pgrep -P "$pid" || return 1
	kill -TERM "$pid"
	wait "$pid"
	[ $? = 1 ] || { cat "$work/err"; return 1; }
	configure 'exclude = "mnt/"'
	silent || return 1
	unmount hung
}

# hang WHEN: a file system that answers at first.
hang()
{
	mkdir -p "$work/tree/mnt/late"
	rm -f "$work/sign"
	python3 "$src/tests/e2e/hanging.py" "$work/tree/mnt/late" "$1" \
		"$work/sign" &
	daemon=$!
	disown "$daemon"
	helpers="$helpers $daemon"
	until_true grep -q "$work/tree/mnt/late " /proc/mounts
}

# stale OPTIONS: a name, a file, a link and a directory of a file system that does
# not know them any more have vanished.
stale()
{
	hang stale
	configure "io_timeout = 5 $1"
	nb_is 0 run && [ "$(grep -c ' vanished while' "$work/err")" = 4 ] &&
		back && [ -d "$work/back/tree/all/mnt/late/sub" ] &&
		[ "$(ls -R "$work/back/tree/all/mnt/late/sub" | wc -w)" -le 3 ] ||
		return 1
	unmount late
}

# Without types, what is excluded as a directory has to be looked at.
typeless()
{
	hang unknown
	configure 'io_timeout = 5  exclude = { "dir/", "lost" }'
	nb_is 0 run && back && [ "$(ls "$work/back/tree/all/mnt/late/sub")" = \
		"$(printf 'file\nlink')" ] || return 1
	configure 'io_timeout = 5  exclude = { "file/", "link/" }'
	nb_is 0 run && back && (cd "$work/back/tree/all/mnt/late/sub" &&
		[ "$(readlink link)" = file ] && [ -f dir/deep ] &&
		[ -f file ] && [ -f lost ]) || return 1
	unmount late
}

# What an automounter could not mount is there, and yet it is not.
unmounted()
{
	hang absent
	configure 'io_timeout = 5'
	noted late 'No such file or directory' && unwanted late || return 1
	unmount late
}

# begin ARGUMENTS...: not even SIGKILL ends this while it hangs.
begin()
{
	"$nightburn" -c "$work/nb.conf" "$@" >"$work/out" 2>"$work/late" &
	pid=$!
}

# given_up FILE WHY: said, the next run is not refused, and the process ends as soon
# as the kernel lets it.
given_up()
{
	local file=$1 why=$2
	until_true grep -qx \
		"nightburn: $file: $why; the run is ended" "$work/late" ||
		{ cat "$work/late"; return 1; }
	configure 'exclude = "mnt/"'
	until_true nb_is 0 run || { cat "$work/err"; return 1; }
	kill -KILL "$daemon"
	wait "$pid" 2>/dev/null
	[ $? != 0 ] && unmount late
}

listing()
{
	hang list && configure 'io_timeout = 1' && begin run &&
		given_up 'tree all: mnt/late/sub' \
			'no response from its file system'
}

reading()
{
	hang read && configure 'io_timeout = 1  copy_newer = 0' &&
		begin image --force "$work/image" &&
		given_up "file: .*/tree/all/mnt/late/sub/file" \
			'no response from its file system'
}

# A child of the run was told to end.
signalled()
{
	local one
	for one in $(pgrep -P "$pid"); do
		grep -q '^ShdPnd:.*[1-9a-f]' "/proc/$one/status" && return 0
	done
	return 1
}

# The other host ends its part, and with it the connection.
far()
{
	hang list && configure_far 'io_timeout = 1' && begin run || return 1
	until_true signalled || { cat "$work/late"; return 1; }
	kill -KILL "$daemon"
	wait "$pid"
	[ $? = 1 ] && grep -q 'tree all: mnt/late/sub: no response from' \
		"$work/late" && unmount late && return 0
	cat "$work/late"
	return 1
}

asked()
{
	hang list && configure 'io_timeout = 1000' && begin run || return 1
	until_true [ -e "$work/sign" ]
	kill -TERM "$pid"
	given_up 'tree all: mnt/late/sub' \
		'asked to end while its file system does not respond'
}

configure ''
check "a mounted file system is in the tree" mine
check "one that root may not look at is noted" denied
check "so is one whose program died" dead
check "and one that does not answer in time" hung
check "a run that waits for it ends when it is asked to" stopped
check "one that hangs later ends the run, and blocks none after it" listing
check "also while its files are read" reading
check "and when it is asked to end" asked
check "also on another host" far
check "what a server does not know any more has vanished" stale ''
check "in a packed tree, too" stale 'pack = "tar.zst"'
check "a directory that tells no types is looked at" typeless
check "a mount point that says it is not there is noted, too" unmounted
finish
