#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What makes a disk boot, of a GPT and of an MBR disk: onto a disc, and back to
# disks of the same size, a larger one, a smaller one, and one that is in use.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

export LC_ALL=C
loops=
loops_end()
{
	local one
	umount "$work/mnt" 2>/dev/null
	for one in $loops; do
		losetup -d "$one" 2>/dev/null
	done
	at_exit
}
trap loops_end EXIT

why=
for program in losetup sfdisk mkswap mkfs.ext4 zstd; do
	command -v "$program" >/dev/null || why="no $program on this machine"
done
[ -n "$why" ] || [ "$(id -u)" = 0 ] || why="loop devices need root"
if [ -z "$why" ]; then
	: >"$work/probe"
	truncate -s 1M "$work/probe"
	probe=$(losetup -f --show "$work/probe" 2>/dev/null) &&
		losetup -d "$probe" || why="no loop devices on this machine"
fi
if [ -n "$why" ]; then
	skip "boot areas of disks" "$why"
	finish
	exit
fi

# attach ARGUMENT...: a loop device, in $loop, for the time of the test.
attach()
{
	loop=$(losetup -f --show "$@") && loops="$loop $loops"
}

# disk NAME SIZE: an empty disk, $loop.
disk()
{
	rm -f "$work/$1.img"
	truncate -s "$2" "$work/$1.img"
	attach "$work/$1.img"
}

# within DISK OFFSET SIZE COMMAND...: with that part of it as its last argument;
# both in MiB.
within()
{
	local part
	part=$(losetup -f --show -o $(($2 << 20)) --sizelimit $(($3 << 20)) \
		"$1") || return 1
	"${@:4}" "$part"
	local status=$?
	losetup -d "$part"
	return $status
}

fill_boot()
{
	mkdir -p "$work/mnt"
	mkfs.ext4 -q -L BOOT -U "$boot_uuid" "$1" && mount "$1" "$work/mnt" ||
		return 1
	seq 20000 >"$work/mnt/vmlinuz"
	ln -s vmlinuz "$work/mnt/vmlinuz.old"
	mkdir "$work/mnt/grub"
	echo "set timeout=1" >"$work/mnt/grub/grub.cfg"
	chmod 600 "$work/mnt/grub/grub.cfg"
	umount "$work/mnt"
}

boot_uuid=6f1e5d6c-2b5c-4a0e-9f27-0c8f4a3d7b11
swap_uuid=0d9c8d0e-53f5-4f0b-8c3e-5a3f0b7f6d22

# make_source NAME: $gpt or $mbr, with boot code, /boot at 2 MiB and swap.
make_source()
{
	disk "$1" 64M
	if [ "$1" = gpt ]; then
		sfdisk -q --no-tell-kernel "$loop" <<-END
		label: gpt
		size=1MiB, type=21686148-6449-6E6F-744E-656564454649, name=grub
		size=16MiB, name=boot
		size=8MiB, type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
		name=root
		END
	else
		sfdisk -q --no-tell-kernel "$loop" <<-END
		label: dos
		start=2MiB, size=16MiB, type=83, bootable
		start=18MiB, type=5
		start=19MiB, size=7MiB, type=82
		start=27MiB, type=83
		END
	fi || return 1
	head -c 440 /dev/urandom |
		dd of="$loop" conv=notrunc status=none &&
		head -c 100000 /dev/urandom |
		dd of="$loop" bs=512 seek=2048 conv=notrunc status=none &&
		within "$loop" 2 16 fill_boot || return 1
	if [ "$1" = gpt ]; then
		within "$loop" 18 8 mkswap -q -L SWAP -U $swap_uuid
	else
		within "$loop" 19 7 mkswap -q -L SWAP -U $swap_uuid
	fi
}

make_discs
make_source gpt || exit 1
gpt=$loop
make_source mbr || exit 1
mbr=$loop

# use DISK LINE...: the configuration, with the options of its bootarea.
use()
{
	cat >"$work/nb.conf" <<-END
	state_dir = "$work/state"
	staging_dir = "$work/staging"
	drive "upper" { device = "stdio:$work/drive"  capacity = 60M }
	pool "db" { discs = { "DB-A", "DB-B" }  drives = { "upper" } }
	job "nightly" {
	  pool = "db"
	  bootarea "gpt" { disk = "$gpt"  $* }
	  bootarea "mbr" { disk = "$mbr"  boot = 1 }
	}
	END
	chmod 600 "$work/nb.conf"
}

refused_at_once()
{
	use 'boot = "LABEL=NONE"'
	nb_is 1 run && says err "bootarea gpt: $gpt has no partition LABEL=NONE
hint: boot is a number, /dev/NAME, UUID=, LABEL=, PARTUUID=, PARTLABEL= or none" ||
		return 1
	use "boot = 2  max_size = 10M"
	nb_is 1 run && says err "bootarea gpt: the end of /boot is at 18.9 MB, \
max_size is 10.0 MB" || return 1
	sed -i "s,bootarea \"gpt\".*,bootarea \"gpt\" { disk = \"$work/gpt.img\" }," \
		"$work/nb.conf"
	nb_is 1 run && says err "is not a whole disk"
}

# Staged, and burned by another run: symbolic links have no file in staging.
burned()
{
	use 'boot = "PARTLABEL=boot"'
	ln -sfn discs/none/none "$work/drive"
	nb run
	[ "$status" != 0 ] || return 1
	insert A
	nb_is 0 run --resume && says out "verified" &&
		nb_is 0 verify && nb_is 0 show 1 &&
		says out "bootarea gpt" && says out "bootarea mbr" || return 1
	[ -z "$(losetup -n -O NAME -j "$gpt")" ] ||
		{ echo "a loop device was left"; return 1; }
}

# What can be used without nightburn: on the disc as files.
plain_files()
{
	local at
	nb_is 0 restore --to "$work/plain" || return 1
	xorriso -osirrox on -indev "stdio:$work/discs/A" -extract / \
		"$work/all" >/dev/null 2>&1
	sh "$work/all/restore.sh" --to "$work/script" gpt >"$work/out" 2>&1 &&
		diff -r "$work/plain/bootarea/gpt" "$work/script/gpt" ||
		{ cat "$work/out"; return 1; }
	at=$work/plain/bootarea/gpt
	sfdisk -d "$gpt" | cmp - "$at/partitions.sfdisk" &&
		seq 20000 | cmp - "$at/boot/vmlinuz" &&
		[ "$(readlink "$at/boot/vmlinuz.old")" = vmlinuz ] &&
		[ "$(stat -c %a "$at/boot/grub/grub.cfg")" = 600 ] &&
		zstd -dcq "$at/start.img.zst" |
		cmp - <(head -c $((18 << 20)) "$work/gpt.img") &&
		python3 - "$at/disk.json" <<-END
		import json, sys
		d = json.load(open(sys.argv[1]))
		assert d["table"] == "gpt" and d["size"] == 64 << 20, d
		p = d["partitions"]
		assert [x["number"] for x in p] == [1, 2, 3, 4], p
		assert p[1]["boot"] and p[1]["fs"] == "ext4"
		assert p[1]["fs_uuid"] == "$boot_uuid" and p[1]["fs_label"] == "BOOT"
		assert p[2]["fs"] == "swap" and p[2]["fs_uuid"] == "$swap_uuid"
		assert [x["kind"] for x in d["pieces"]] == ["start", "backup-gpt"]
		assert [x.get("filters") for x in d["pieces"]] == [["zstd"], None]
		END
}

# good DISK IMAGE OF: its file systems and tables are those of OF.
good()
{
	local at=18 size=8
	[ "$3" = gpt ] || { at=19; size=7; }
	cmp -n $((18 << 20)) "$2" "$work/$3.img" &&
		within "$1" 2 16 fsck.ext4 -fn >/dev/null &&
		within "$1" $at $size blkid -p -o export >"$work/blkid" || return 1
	grep -qx "UUID=$swap_uuid" "$work/blkid" &&
		grep -qx LABEL=SWAP "$work/blkid" && grep -qx TYPE=swap "$work/blkid" ||
		{ cat "$work/blkid"; return 1; }
	sfdisk -V "$1" >"$work/sfdisk" 2>&1 &&
		sfdisk -d "$1" | grep start= | sed "s,$1,X,g" |
		cmp - <(sfdisk -d "/dev/${5:-$4}" | grep start= | sed "s,/dev/$4,X,g") ||
		{ cat "$work/sfdisk"; return 1; }
}

# erase NAME SIZE: a disk full of something else, and a GPT, $loop.
erase()
{
	disk "$1" "$2" || return 1
	yes nonsense | head -c 20M | dd of="$loop" bs=1M conv=notrunc status=none
	sfdisk -q --no-tell-kernel "$loop" <<<"label: gpt
name=other"
}

back()
{
	erase "to-$1" 64M &&
		nb_is 0 restore --bootarea --source "$1" --to-device "$loop" \
			--yes-erase "$loop" &&
		says out "bootarea $1 (/dev/" && says out "other" &&
		says out "restored" &&
		good "$loop" "$work/to-$1.img" "$1" "${!1#/dev/}" || return 1
	# The table of before must not come back from the end of the disk.
	[ "$1" = gpt ] || ! tail -c 512 "$work/to-mbr.img" | grep -aq "EFI PART" ||
		{ echo "the old GPT is still there"; return 1; }
	# Everything but the partitions that are not backed up.
	[ "$1" != gpt ] || cmp <(tail -c 16896 "$work/gpt.img") \
		<(tail -c 16896 "$work/to-gpt.img")
}

# The way that the RESTORE.txt beside the pieces tells.
by_hand()
{
	local at=$work/plain/bootarea/$1 n=0 offset
	erase "hand-$1" 80M || return 1
	zstd -dcq "$at/start.img.zst" |
		dd of="$loop" bs=1M conv=fsync,notrunc status=none || return 1
	if [ "$1" = gpt ]; then
		sfdisk -q --no-tell-kernel --relocate gpt-bak-std "$loop" || return 1
	fi
	for offset in $(python3 -c 'import json, sys
for p in json.load(open(sys.argv[1]))["pieces"]:
    if p["kind"] == "ebr": print(p["offset"])' "$at/disk.json"); do
		n=$((n + 1))
		dd if="$at/ebr-$n.img" of="$loop" bs=1M oflag=seek_bytes \
			seek="$offset" conv=fsync,notrunc status=none || return 1
	done
	[ "$1" = gpt ] || [ $n = 2 ] || { echo "$n links"; return 1; }
	sfdisk -d "$loop" | grep start= | sed "s,$loop,X,g" |
		cmp - <(sfdisk -d "${!1}" | grep start= | sed "s,${!1},X,g")
}

larger()
{
	erase large 100M &&
		nb_is 0 restore newest --bootarea --source gpt \
			--to-device "$loop" --yes-erase "$loop" || return 1
	sfdisk -V "$loop" 2>&1 | tee "$work/sfdisk" | grep -q "No errors" ||
		{ cat "$work/sfdisk"; return 1; }
	# The second header is the last block of the larger disk.
	[ "$(tail -c 512 "$work/large.img" | head -c 8)" = "EFI PART" ] &&
		within "$loop" 2 16 fsck.ext4 -fn >/dev/null &&
		within "$loop" 18 8 blkid -p -o value -s UUID >"$work/blkid" &&
		grep -qx $swap_uuid "$work/blkid"
}

# What a disk that is written to would not keep.
ends()
{
	{ head -c 2M "$1"; tail -c 64K "$1"; } | sha256sum
}

# refuses STATUS TEXT ARGUMENT...: and the disk of $loop stays as it is.
refuses()
{
	local status_wanted=$1 text=$2 before
	shift 2
	before=$(ends "$loop")
	nb_is "$status_wanted" restore --bootarea --source gpt "$@" &&
		says err "$text" || return 1
	[ "$(ends "$loop")" = "$before" ] && return
	echo "the disk was written to"
	return 1
}

not_named_twice()
{
	erase plain-disk 64M
	refuses 2 "$loop: not overwritten: it was not named a second time
hint: add --yes-erase $loop" --to-device "$loop" &&
		says out "other" && says out "2*  " &&
		refuses 2 "it was not named a second time" \
			--to-device "$loop" --yes-erase "$gpt" &&
		refuses 2 "it was not named a second time" --json \
			--to-device "$loop" &&
		python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
assert d["result"] is None
assert d["comparison"]["backup_table"] == "gpt"
assert d["comparison"]["partitions"][3]["target"] is None' "$work/out" &&
		refuses 2 "the disk to overwrite is not specified" --yes-erase "$loop" &&
		nb_is 2 restore --to-device "$loop" --yes-erase "$loop"
}

too_small()
{
	erase small 60M
	refuses 3 "$loop: not overwritten: it is too small: 67.1 MB needed, \
it has 62.9 MB
hint: for a smaller disk use the files below boot/ and efi/" --to-device "$loop" --yes-erase "$loop"
}

in_use()
{
	local upon bad=0
	disk used 64M
	upon=$(losetup -f --show -o 1048576 "$loop")
	refuses 3 "$loop: not overwritten: it is in use: $upon uses it" \
		--to-device "$loop" --yes-erase "$loop" || bad=1
	losetup -d "$upon"
	[ $bad = 0 ] || return 1
	mkfs.ext4 -q "$loop" && mount -o ro "$loop" "$work/mnt" || return 1
	refuses 3 "it is in use: $loop is mounted on $work/mnt" \
		--to-device "$loop" --yes-erase "$loop" || bad=1
	umount "$work/mnt"
	[ $bad = 0 ] || return 1
	mkswap -q "$loop" && swapon "$loop" || return 1
	refuses 3 "it is in use: $loop is swap space in use" \
		--to-device "$loop" --yes-erase "$loop" || bad=1
	swapoff "$loop"
	return $bad
}

no_disk()
{
	: >"$work/file"
	nb_is 3 restore --bootarea --source gpt --to-device "$work/file" \
		--yes-erase "$work/file" &&
		says err "not overwritten: it is not a block device" &&
		[ ! -s "$work/file" ] &&
		nb_is 2 restore --bootarea --to-device "$loop" &&
		says err "contains 2 sources for a disk" &&
		nb_is 1 restore --bootarea --source none --to-device "$loop" &&
		says err "none: no such source for a disk in backup" &&
		attach -r "$work/plain-disk.img" &&
		refuses 3 "not overwritten: it is not writable" \
			--to-device "$loop" --yes-erase "$loop"
}

check "a partition, a size or a disk that is not there ends a run at once" \
	refused_at_once
check "the boot areas of two disks are burned, by way of staging" burned
check "what is on the disc can be used without nightburn" plain_files
check "a GPT disk comes back as it was" back gpt
check "an MBR disk with logical partitions comes back as it was" back mbr
check "the steps of RESTORE.txt do the same for GPT" by_hand gpt
check "the steps of RESTORE.txt do the same for MBR" by_hand mbr
check "on a larger disk the second GPT is at its end" larger
check "a disk that is not named twice is only shown" not_named_twice
check "a disk that is too small is refused" too_small
check "a disk that is mounted, swap, or beneath another is refused" in_use
check "what is no disk, or no boot area, is refused" no_disk
finish
