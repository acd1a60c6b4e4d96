#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The standby disk: rsync of a running system with real file systems in a mount
# namespace of their own; what may be written, and what is never deleted.
if [ -z "${NB_UNSHARED-}" ]; then
	if ! unshare --mount --propagation private true 2>/dev/null; then
		echo "ok 1 - the standby disk # SKIP mounting is not permitted"
		echo "1..1"
		exit 0
	fi
	NB_UNSHARED=1 exec unshare --mount --propagation private bash "$0"
fi
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# A system with a file of each kind, and a standby disk, both file systems.
system=$work/system
standby=$work/standby
loop=
unmount()
{
	cd / && umount "$work/proc" "$standby" "$system" 2>/dev/null
	[ -z "$loop" ] || losetup -d "$loop"
	at_exit
}
trap unmount EXIT

configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$system/var/lib/nightburn"
staging_dir = "$system/var/spool/nightburn"
clone "standby" { source = "$system" ${1-target = \"$standby\"} }
END
	chmod 600 "$work/nb.conf"
}

setup()
{
	mkdir -p "$system" "$standby" &&
		mount -t tmpfs -o size=64M,mode=755 system "$system" &&
		mount -t tmpfs -o size=64M,mode=755 standby "$standby" &&
		cd "$system" || return 1
	mkdir -p etc boot/grub bin tmp proc run var/lib/nightburn \
		var/spool/nightburn home/user
	chmod 700 var/lib/nightburn
	chmod 1777 tmp
	echo original >etc/fstab
	echo original >boot/grub/grub.cfg
	echo scratch >tmp/scratch
	echo hello >home/user/file
	chown 1234:4321 home/user/file
	chmod 4751 home/user/file
	ln home/user/file home/user/link
	ln -s ../nowhere home/user/symlink
	mkfifo home/user/fifo
	truncate -s 1M home/user/sparse
	setfattr -n trusted.test -v value home/user/file
	for ((i = 0; i < 300; i++)); do echo $i >bin/$i; done
	mount -t proc proc "$system/proc"
	configure
}

refused_before_init()
{
	nb_is 3 clone && says err "clone standby: $standby: the target is not \
a clone yet" && says err 'hint: --init makes it one' &&
		[ -z "$(ls -A "$standby")" ]
}

not_empty()
{
	echo precious >"$standby/precious"
	nb_is 3 clone --init &&
		says err "clone standby: $standby: the target is not empty" &&
		[ "$(ls -A "$standby")" = precious ] && rm "$standby/precious"
}

first_time()
{
	nb_is 0 clone --init && says out 'clone standby: ' &&
		says err 'clone standby: has no /etc/fstab' || return 1
	echo standby >"$standby/etc/fstab"
	touch -r etc "$standby/etc"
	[ -f "$standby/.nightburn-clone" ] && same
}

# All but what belongs to each of them.
same()
{
	rsync -naHAXS --numeric-ids --delete --itemize-changes \
		--exclude=/etc/fstab --exclude=/boot/grub/grub.cfg \
		--exclude='/tmp/*' --exclude='/proc/*' \
		--exclude=/var/lib/nightburn --exclude=/var/spool/nightburn \
		--exclude=/.nightburn-clone "$system/" "$standby/" \
		>"$work/diff" && ! grep . "$work/diff" &&
		[ ! -e "$standby/tmp/scratch" ] &&
		[ ! -e "$standby/proc/self" ] && [ -d "$standby/proc" ] &&
		[ ! -e "$standby/var/lib/nightburn" ] &&
		[ ! -e "$standby/boot/grub/grub.cfg" ] &&
		[ "$standby/home/user/file" -ef "$standby/home/user/link" ]
}

second_time()
{
	echo new >home/user/new
	rm bin/7
	nb_is 0 clone && says out '1 copied' && says out '1 deleted' &&
		same && [ "$(cat "$standby/etc/fstab")" = standby ]
}

dry_run()
{
	echo newer >home/user/newer
	nb_is 0 clone --dry-run && says out '1 copied' &&
		[ ! -e "$standby/home/user/newer" ] && nb_is 0 clone && same
}

in_the_catalog()
{
	nb_is 0 list && says out "clone standby of $system on $standby: good" &&
		nb_is 0 list --json &&
		python3 -c '
import json, sys
clone, = json.load(sys.stdin)["clones"]
assert clone["state"] == "good" and clone["files"] > 300, clone
' <"$work/out"
}

# own_disk DISC STATE_DIR [OPTION]
own_disk()
{
	configure "target = \"$standby\"  ${3-}"
	sed -i "s,^state_dir.*,state_dir = \"$2\"," "$work/nb.conf"
	echo "drive \"d\" { device = \"stdio:$1\"  capacity = 100M }" \
		>>"$work/nb.conf"
}

# The lock and the catalog are used meanwhile.
on_the_disk()
{
	find "$standby" -path '*/srv/state' -prune \
		-o -printf '%p %s %T@\n' | sort
}

# clone_keeps FILE WHAT: the clone is refused for it, and nothing is changed.
clone_keeps()
{
	local before
	before=$(on_the_disk)
	nb_is 3 clone --accept-delete && says err "clone standby: $standby/$1" &&
		says err ": nightburn's own $2, which would be" && [ "$before" = "$(on_the_disk)" ]
}

# What nightburn keeps is on the standby disk: the disc in the drive, another
# one beside it, the state.
own_on_the_disk()
{
	local blank=$work/blank
	{ echo "nightburn: blank"; head -c 40000 /dev/zero; } >"$blank"
	mkdir -p "$standby/srv/discs" "$standby/srv/state" "$work/at" &&
		ln -s "$standby/srv/discs" "$work/at/discs" || return 1
	: >"$standby/srv/discs/A"
	own_disk "$work/at/discs/A" "$system/var/lib/nightburn"
	clone_keeps srv/discs/A disc || return 1
	nb_is 0 check-config && says err "clone standby: $standby contains \
the disc of drive d, which is never deleted" || return 1
	mkdir -p srv/discs && echo new >srv/discs/A &&
		clone_keeps srv/discs/A disc && rm -r srv || return 1
	cp "$blank" "$standby/srv/discs/B"
	own_disk "$standby/srv/discs/C" "$system/var/lib/nightburn"
	: >"$standby/srv/discs/C" && rm "$standby/srv/discs/A" &&
		clone_keeps srv/discs/ disc || return 1
	own_disk "$standby/srv/discs/C" "$system/var/lib/nightburn" \
		'exclude = { "/srv/discs" }'
	nb_is 0 clone && [ -e "$standby/srv/discs/B" ] &&
		[ ! -e "$standby/srv/state" ] || return 1
	mkdir -p "$standby/srv/state" &&
		cp -a "$system/var/lib/nightburn/." "$standby/srv/state" &&
		own_disk "$work/at/discs/C" "$standby/srv/state" \
			'exclude = { "/srv/discs", "/var/lib/nightburn" }' &&
		clone_keeps srv/state/ state_dir &&
		[ -s "$standby/srv/state/catalog.db" ] && nb_is 0 check-config &&
		says err "$standby contains state_dir, $standby/srv/state" ||
		return 1
	rm -r "$standby/srv"
	configure
	nb_is 0 clone && same
}

many_deletions()
{
	mkdir "$work/aside" && mv bin/1* bin/2* "$work/aside" || return 1
	nb_is 3 clone && says err '222 files would be deleted, the limit is 100' &&
		[ -e "$standby/bin/1" ] &&
		nb_is 0 clone --accept-delete && same &&
		mv "$work/aside"/* bin && nb_is 0 clone && same
}

empty_source()
{
	umount "$system/proc" && cd / && umount "$system" &&
		mkdir -p "$work/other"
	configure_state
	nb_is 3 clone && says err 'the source is empty' &&
		[ -e "$standby/bin/1" ]
}

# The state directory lies elsewhere while the system is not mounted.
configure_state()
{
	mkdir -p "$work/state" && chmod 700 "$work/state"
	sed -i "s,^state_dir.*,state_dir = \"$work/state\"," "$work/nb.conf"
	cp -a "$work/kept/." "$work/state"
}

wrong_source()
{
	mount -t tmpfs other "$system" && echo other >"$system/file"
	configure_state
	nb_is 3 clone && says err 'the target was copied from another file' &&
		[ -e "$standby/bin/1" ]
}

not_mounted()
{
	umount "$standby" && configure_state
	nb_is 3 clone && says err 'the target is not a mounted file system' &&
		[ -z "$(ls -A "$standby")" ]
}

from_the_clone()
{
	echo '{}' >"$system/.nightburn-clone"
	nb_is 3 clone && says err 'this system is running from a clone'
	local is=$?
	rm "$system/.nightburn-clone"
	return $is
}

other_installation()
{
	mount -t tmpfs standby "$standby" && nb_is 0 clone --init &&
		nb_is 0 clone || return 1
	sed -i 's/"installation": "./&0/; s/\("installation": ".\{32\}\)./\1/' \
		"$standby/.nightburn-clone"
	nb_is 3 clone && says err 'the clone of another installation' ||
		return 1
	echo garbage >"$standby/.nightburn-clone"
	nb_is 3 clone && says err 'cannot read the marker of the clone' &&
		nb_is 3 clone --init && says err 'cannot read the marker'
}

contents()
{
	rm "$standby/.nightburn-clone" && nb_is 0 clone --init --force ||
		return 1
	# As a disk that rots: other bytes, the same size and date.
	touch -r "$standby/file" "$work/date"
	echo oTher >"$standby/file" && touch -r "$work/date" "$standby/file"
	sed -i 's/"checked": [0-9]*/"checked": 0/' "$standby/.nightburn-clone"
	nb_is 0 clone && says out 'contents compared' &&
		says err "$system/file: content differs" &&
		cmp "$system/file" "$standby/file" || return 1
	nb_is 0 clone && ! grep 'contents compared' "$work/out"
}

same_file_system()
{
	mkdir "$system/inside" && mount --bind "$system/inside" \
		"$work/proc" || return 1
	configure "target = \"$work/proc\""
	configure_state
	nb_is 3 clone --init && says err 'source and target are one file system'
	local is=$?
	umount "$work/proc"
	return $is
}

# nightburn mounts the device, and takes it away again.
device()
{
	truncate -s 16M "$work/disk" && mkfs.ext4 -q "$work/disk" &&
		loop=$(losetup -f --show "$work/disk") || return 1
	configure "device = \"$loop\""
	configure_state
	nb_is 0 clone --init && nb_is 0 clone && says out 'clone standby' &&
		! findmnt "$loop" || return 1
	# A run that died left it mounted.
	mount "$loop" "$work/state/clone-standby" && nb_is 0 clone &&
		! findmnt "$loop" || return 1
	mount "$loop" "$work/other" && nb_is 5 clone &&
		says err "$loop: is mounted at $work/other"
	local is=$?
	umount "$work/other"
	return $is
}

# Asked to end while it copies: what is there stays, the device is unmounted.
interrupted()
{
	mkdir -p "$work/slow" "$system/many"
	cat >"$work/slow/rsync" <<END
#!/bin/sh
case " \$* " in
*--dry-run*) ;;
*) echo >"$work/copying"; exec sleep 100 ;;
esac
exec $(command -v rsync) "\$@"
END
	chmod 755 "$work/slow/rsync"
	PATH=$work/slow:$PATH "$nightburn" -c "$work/nb.conf" clone \
		>"$work/out" 2>"$work/err" &
	local pid=$! end=$((SECONDS + 30))
	until [ -e "$work/copying" ]; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
	kill "$pid"
	wait $pid
	status=$?
	[ $status = 1 ] && ! findmnt "$loop" && nb_is 0 list &&
		says out "clone standby of $system on $loop: incomplete" &&
		nb_is 0 clone && nb_is 0 list && says out "$loop: good"
}

keep()
{
	mkdir "$work/kept" "$work/proc" &&
		cp -a "$system/var/lib/nightburn/." "$work/kept"
}

check 'a system and a standby disk are there' setup
check 'a disk that is no clone is not written' refused_before_init
check 'a disk with files on it is not taken' not_empty
check 'the system is copied, but for what belongs to its own disk' first_time
check 'what changed is copied, what is gone is deleted' second_time
check 'a dry run changes nothing' dry_run
check 'the catalog knows the clone' in_the_catalog
check 'what nightburn keeps on the standby disk is left alone' own_on_the_disk
check 'too many deletions ask for a person' many_deletions
keep
check 'an empty source deletes nothing' empty_source
check 'another source deletes nothing' wrong_source
check 'a disk that is not mounted does not fill the root' not_mounted
check 'a system that runs from the clone is not copied' from_the_clone
check 'the clone of another installation, or of none, is left alone' \
	other_installation
check 'once a week contents are compared' contents
check 'a directory of the same file system is no standby disk' \
	same_file_system
if losetup -f >/dev/null 2>&1; then
	check 'a device is mounted for the time of the run' device
	check 'a run that is asked to end unmounts it' interrupted
else
	skip 'a device is mounted for the time of the run' 'no loop devices'
fi
finish
