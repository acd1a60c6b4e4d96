#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The boot area of a disk whose partitions a real kernel knows and has mounted:
# found by where /boot is mounted, brought back to a second disk, which is
# refused while any part of it is in use.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"
. "$src/tests/kernel/guest.sh"

export LC_ALL=C
why=$(guest_why)
for program in sfdisk mkfs.ext4 mkfs.vfat mkswap mcopy; do
	[ -n "$why" ] || command -v $program >/dev/null ||
		why="no $program on this machine"
done
if [ -n "$why" ]; then
	skip "the boot area on a real kernel" "$why"
	finish
	exit
fi
root=$work/root

# put FILE MEBIBYTE DISK
put()
{
	dd if="$work/$1" of="$work/$3" bs=1M seek="$2" conv=notrunc status=none
}

# An EFI system partition, /boot, swap; and another disk, in another use.
make_disks()
{
	truncate -s 96M "$work/one.img"
	truncate -s 128M "$work/two.img"
	sfdisk -q --no-tell-kernel "$work/one.img" <<-END || return 1
	label: gpt
	size=8MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
	size=16MiB, name=boot
	size=8MiB, type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
	END
	sfdisk -q --no-tell-kernel "$work/two.img" <<-END || return 1
	label: dos
	size=16MiB, type=83
	size=8MiB, type=82
	END
	mkdir -p "$work/boot/grub" &&
		seq 9999 >"$work/boot/vmlinuz" &&
		echo menu >"$work/boot/grub/grub.cfg" &&
		mkfs.ext4 -q -L BOOT -d "$work/boot" "$work/fs.boot" 16M 2>/dev/null &&
		truncate -s 8M "$work/fs.efi" "$work/fs.swap" &&
		mkfs.vfat "$work/fs.efi" >/dev/null &&
		echo loader >"$work/loader" &&
		mmd -i "$work/fs.efi" ::/EFI &&
		mcopy -i "$work/fs.efi" "$work/loader" ::/EFI/loader &&
		mkswap -q -L SWAP -U 2a5c4f9e-3b0d-4a8e-9a55-0c6b9d1f7e11 \
			"$work/fs.swap" 2>/dev/null &&
		put fs.efi 1 one.img && put fs.boot 9 one.img &&
		put fs.swap 25 one.img && put fs.boot 1 two.img &&
		put fs.swap 17 two.img
}

make_guest()
{
	guest_new "$root" && guest_add "$root" "$(built nightburn)" \
		"$(command -v mkswap)" "$(command -v blkid)" || return 1
	mkdir -p "$root/boot" "$root/mnt"
	cat >"$root/nb.conf" <<-'END'
	state_dir = "/root/state"
	staging_dir = "/root/staging"
	drive "upper" { device = "stdio:/root/disc"  capacity = 60M }
	pool "db" { discs = { "DB-A" }  drives = { "upper" } rotation = append }
	job "nightly" { pool = "db"  bootarea "vda" { disk = "/dev/vda" } }
	END
	chmod 600 "$root/nb.conf"
	cat >"$root/script" <<-'END'
	nb() { nightburn -c /nb.conf "$@"; }
	back() { nb restore --bootarea --to-device "$1" --yes-erase "$1"; }
	refused() { back "$1" >/results/$2 2>&1; [ $? = 3 ] || echo "$2: not refused"; }
	: >/root/disc
	mount /dev/vda2 /boot || exit 1
	# Written a moment ago, and still in the memory of the kernel alone.
	echo fresh >/boot/fresh
	nb run || exit 1
	cat /proc/mounts >/results/mounts
	nb restore --to /root/back || exit 1
	cp -r /root/back/bootarea/vda/boot /root/back/bootarea/vda/efi /results
	refused /dev/vda itself
	refused /dev/vdb2 partition
	mount /dev/vdb1 /mnt && refused /dev/vdb mounted
	umount /mnt
	swapon /dev/vdb2 && refused /dev/vdb paging
	swapoff /dev/vdb2
	losetup /dev/loop7 /dev/vdb1 && refused /dev/vdb loop
	losetup -d /dev/loop7
	back /dev/vdb || exit 1
	cat /proc/partitions >/results/partitions
	blkid -p /dev/vdb3 >/results/swap
	mount -o ro /dev/vdb2 /mnt || exit 1
	cp -r /mnt /results/restored
	umount /mnt
	cat /sys/block/loop*/loop/backing_file >/results/loops 2>/dev/null
	exit 0
	END
}

run_guest()
{
	guest_boot "$root" "$work/results" \
		-drive "if=virtio,format=raw,file=$work/one.img" \
		-drive "if=virtio,format=raw,file=$work/two.img" &&
		! grep 'not refused' "$work/results/log"
}

found()
{
	echo fresh | cmp - "$work/results/boot/fresh" &&
		seq 9999 | cmp - "$work/results/boot/vmlinuz" &&
		cmp "$work/loader" "$work/results/efi/EFI/loader"
}

refusals()
{
	cd "$work/results" &&
		grep -q "it is in use: /dev/vda2 is mounted on /boot" itself &&
		grep -q "it is a partition, not a disk" partition &&
		grep -q "it is in use: /dev/vdb1 is mounted on /mnt" mounted &&
		grep -q "it is in use: /dev/vdb2 is swap space in use" paging &&
		grep -q "it is in use: /dev/loop7 uses it" loop ||
		{ head -n 20 itself partition mounted paging loop; return 1; }
}

came_back()
{
	cd "$work/results" && grep -q 'vdb3$' partitions &&
		grep -q 'UUID="2a5c4f9e-3b0d-4a8e-9a55-0c6b9d1f7e11"' swap &&
		grep -q 'LABEL="SWAP"' swap &&
		seq 9999 | cmp - restored/vmlinuz &&
		cmp boot/grub/grub.cfg restored/grub/grub.cfg &&
		sfdisk -V "$work/two.img" | grep -q "No errors" &&
		[ ! -s loops ] && ! grep -q loop mounts
}

make_disks && make_guest || exit 1
check "a kernel with the disks runs the job and the restores" run_guest
check "/boot and the system partition were found and copied" found
check "a disk is refused while a part of it is in use" refusals
check "the other disk has the partitions, at once" came_back
finish
