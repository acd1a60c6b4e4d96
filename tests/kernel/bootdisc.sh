#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Discs that boot, and a disk that boots again: an emulated machine starts from
# discs of one session and of two, by BIOS and by UEFI, and from a larger disk to
# which the boot area was restored, by BIOS, by UEFI and by way of the disc's menu;
# and from a clone.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"
. "$src/tests/kernel/guest.sh"

export LC_ALL=C
vdrive=$build/vdrive
ovmf=/usr/share/ovmf/OVMF.fd
boot_uuid=1b4e28ba-2fa1-41d2-883f-0016d3cca427
loops=
loops_end()
{
	local one
	for one in $loops; do
		losetup -d "$one" 2>/dev/null
	done
	at_exit
}
trap loops_end EXIT

why=$(guest_why)
for program in grub-mkimage mformat losetup sfdisk mkfs.ext4; do
	[ -n "$why" ] || command -v $program >/dev/null ||
		why="no $program on this machine"
done
[ -n "$why" ] || [ -d /usr/lib/grub/i386-pc ] || why="no grub-pc-bin here"
if [ -n "$why" ]; then
	skip "discs and disks that boot" "$why"
	finish
	exit
fi
efi=yes
[ -e $ovmf ] && [ -d /usr/lib/grub/x86_64-efi ] || efi=

# A system that says from where it was started.
make_system()
{
	mkdir -p "$work/root/bin"
	cp "$(command -v busybox)" "$work/root/bin/busybox"
	cat >"$work/root/init" <<-'END'
	#!/bin/busybox sh
	/bin/busybox mkdir /proc
	/bin/busybox mount -t proc none /proc
	echo "STARTED $(/bin/busybox cat /proc/cmdline)"
	/bin/busybox reboot -f
	END
	chmod 755 "$work/root/init"
	(cd "$work/root" && find . -print0 | cpio -0 -o -H newc --quiet) |
		gzip -1 >"$work/initrd"
	cp "$guest_cache/vmlinuz" "$work/vmlinuz"
}

# put FILE OFFSET DISK: its bytes into the disk, by sectors.
put()
{
	dd if="$1" of="$3" bs=512 seek="$2" conv=notrunc status=none
}

# The EFI system partition, of which a firmware starts what has the name of
# removable media (UEFI 3.5.1.1).
make_esp()
{
	truncate -s 16M "$work/esp.fs"
	mformat -i "$work/esp.fs" :: && mmd -i "$work/esp.fs" ::/EFI ::/EFI/BOOT ||
		return 1
	[ -n "$efi" ] || return 0
	grub-mkimage -O x86_64-efi -p '(hd0,gpt3)/grub' -o "$work/loader.efi" \
		part_gpt ext2 normal linux &&
		mcopy -i "$work/esp.fs" "$work/loader.efi" \
			::/EFI/BOOT/BOOTX64.EFI
}

# GRUB, which reads its menu in DIRECTORY of the third partition: $work/core, of
# which the next part begins in sector 2049, and $work/mbr, with it in 2048.
make_grub()
{
	grub-mkimage -O i386-pc -p "(hd0,gpt3)$1" -o "$work/core" biosdisk \
		part_gpt ext2 normal linux &&
		python3 - "$work/core" /usr/lib/grub/i386-pc/boot.img \
			"$work/mbr" <<-'END'
	# Where GRUB's parts stand: the sector of the next one.
	import struct, sys
	core = bytearray(open(sys.argv[1], "rb").read())
	core[0x1f4:0x1fc] = struct.pack("<Q", 2049)
	open(sys.argv[1], "wb").write(core)
	boot = bytearray(open(sys.argv[2], "rb").read()[:440])
	boot[0x5c:0x64] = struct.pack("<Q", 2048)
	open(sys.argv[3], "wb").write(boot)
	END
}

# make_disk DISK DIRECTORY FILESYSTEM: a GPT disk with GRUB in the MBR and its
# BIOS boot partition, at 1 MiB, an EFI system partition at 2 MiB, and that file
# system of 40 MiB at 18 MiB.
make_disk()
{
	truncate -s 96M "$1"
	sfdisk -q --no-tell-kernel "$1" <<-END || return 1
	label: gpt
	size=1MiB, type=21686148-6449-6E6F-744E-656564454649
	size=16MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
	size=40MiB, name=boot
	size=8MiB, type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F
	END
	make_grub "$2" && put "$work/mbr" 0 "$1" && put "$work/core" 2048 "$1" &&
		put "$work/esp.fs" 4096 "$1" && put "$3" 36864 "$1"
}

# menu DIRECTORY FROM: starts kernel and initrd of that directory.
menu()
{
	cat <<-END
	linux $1/vmlinuz console=ttyS0 quiet panic=-1 from=$2
	initrd $1/initrd
	boot
	END
}

# One with /boot, whose boot area is burned: $loop.
make_first_disk()
{
	local boot=$work/boot
	mkdir -p "$boot/grub"
	cp "$work/vmlinuz" "$work/initrd" "$boot"
	menu "" disk >"$boot/grub/grub.cfg"
	mkfs.ext4 -q -U $boot_uuid -d "$boot" "$work/boot.fs" 40M >"$work/mkfs.log" 2>&1 &&
		make_esp && make_disk "$work/disk.img" /grub "$work/boot.fs" &&
		loop=$(losetup -f --show "$work/disk.img") && loops=$loop
}

make_config()
{
	cat >"$work/nb.conf" <<-END
	state_dir = "$work/state"
	staging_dir = "$work/staging"
	drive "upper" { device = "/dev/sr0" }
	pool "db" { discs = { "CD", "DVD" }  drives = { "upper" }
	  rotation = append }
	job "nightly" {
	  pool = "db"
	  bootarea "sda" { disk = "$loop"  boot = 3 }
	  bootdisc "system" {
	    root = "UUID=$boot_uuid"
	    kernel = "$work/vmlinuz"  initramfs = "$work/initrd"
	    append = "console=ttyS0 quiet panic=-1 from=disc"
	    default = rescue  timeout = 0
	    firmware = $([ -n "$efi" ] && echo both || echo bios)
	  }
	}
	END
	chmod 600 "$work/nb.conf"
}

# night DISC: a run with it in the drive; the backup's id is in $id.
night()
{
	"$vdrive" --hurry --disc "$work/$1.disc" -- "$nightburn" \
		-c "$work/nb.conf" run >"$work/out" 2>"$work/err" ||
		{ cat "$work/out" "$work/err"; return 1; }
	id=$(cut -d: -f1 "$work/out")
}

# Two nights on a disc; its image after each, the ids beside.
burn()
{
	"$vdrive" new --type "$2" "$work/$1.disc" && night "$1" &&
		"$vdrive" export "$work/$1.disc" --disc "$work/$1-1.iso" &&
		echo "$id" >"$work/$1-1.id" && night "$1" &&
		says out "session 2" &&
		"$vdrive" export "$work/$1.disc" --disc "$work/$1-2.iso" &&
		echo "$id" >"$work/$1-2.id"
}

# What a firmware sees that reads the boot record of the newest session: another
# one than that of the first.
newest_record()
{
	local start
	start=$("$vdrive" show "$work/CD.disc" |
		sed -nE 's/^session 2 +track 2 +([0-9]+) .*/\1/p')
	[ -n "$start" ] || return 1
	cp "$work/CD-2.iso" "$work/newest.iso"
	dd if="$work/CD-2.iso" of="$work/newest.iso" bs=2048 count=1 \
		skip=$((start + 17)) seek=17 conv=notrunc status=none &&
		[ "$(dd if="$work/newest.iso" bs=2048 skip=17 count=1 \
			status=none | head -c 30 | tail -c 23)" \
			= "EL TORITO SPECIFICATION" ] &&
		! cmp -s "$work/newest.iso" "$work/CD-2.iso"
}

# starts SAYING ARGUMENT...: a machine that starts and says so.
starts()
{
	local saying=$1 serial
	shift
	serial=$(mktemp "$work/serial.XXXXXX")
	timeout -k 5 $guest_limit $guest_qemu -accel tcg,thread=multi -smp 2 \
		-m 768 -display none -no-reboot -nic none \
		-serial "file:$serial" "$@" </dev/null
	grep -aF STARTED "$serial" | grep -qF -- "$saying" && return
	echo "not started, or not with $saying:"
	tail -n 20 "$serial" | tr '\r\033' '\n '
	return 1
}

# from_disc SAYING IMAGE ARGUMENT...
from_disc()
{
	local saying=$1 image=$2
	shift 2
	starts "$saying" -boot d -drive "if=ide,index=2,media=cdrom,format=raw,\
readonly=on,file=$image" "$@"
}

kernel_of()
{
	echo "/$(cat "$work/$1.id")/bootdisc/system/kernel"
}


# Whatever it is, GRUB sees the tree of the first.
either()
{
	from_disc "$first" "$work/CD-2.iso" &&
		from_disc "$first" "$work/newest.iso"
}

# A session by hand, which has no boot files: both images stay.
by_hand()
{
	"$vdrive" --hurry --disc "$work/DVD.disc" -- "$nightburn" \
		-c "$work/nb.conf" append "$src/m4" >"$work/out" 2>"$work/err" ||
		{ cat "$work/out" "$work/err"; return 1; }
	"$vdrive" --disc "$work/DVD.disc" -- xorriso -indev /dev/sr0 \
		-report_el_torito plain >"$work/report" 2>/dev/null
	grep -q "img path :   1  /$(cat "$work/DVD-2.id")/bootdisc/system/bios.img" \
		"$work/report" || { cat "$work/report"; return 1; }
	[ -z "$efi" ] || grep -q 'boot img :   2  UEFI  y' "$work/report"
}

# To a larger disk, which then starts alone, and from the menu of the disc.
restored()
{
	local target
	truncate -s 120M "$work/other.img"
	target=$(losetup -f --show "$work/other.img") || return 1
	loops="$loops $target"
	"$vdrive" --hurry --disc "$work/DVD.disc" -- "$nightburn" \
		-c "$work/nb.conf" restore --bootarea --to-device "$target" \
		--yes-erase "$target" >"$work/out" 2>"$work/err" ||
		{ cat "$work/out" "$work/err"; return 1; }
	losetup -d "$target"
	starts from=disk -drive "format=raw,file=$work/other.img"
}

restored_uefi()
{
	starts from=disk -bios $ovmf \
		-drive "format=raw,file=$work/other.img,snapshot=on"
}

# A system is cloned to a standby disk, whose loader and menu are its own; a
# machine starts from that disk alone.
clone()
{
	local system=$work/system standby=$work/standby
	mkdir -p "$system/boot/grub" "$system/etc" "$standby"
	cp "$work/vmlinuz" "$work/initrd" "$system/boot"
	menu /boot system >"$system/boot/grub/grub.cfg"
	mkfs.ext4 -q "$work/root.fs" 40M >"$work/mkfs.log" 2>&1 &&
		make_disk "$work/clone.img" /boot/grub "$work/root.fs" || return 1
	cat >"$work/clone.conf" <<-END
	state_dir = "$work/state"
	staging_dir = "$work/staging"
	clone "standby" { source = "$system"  target = "$standby" }
	END
	chmod 600 "$work/clone.conf"
	menu /boot clone >"$work/menu"
	unshare --mount --propagation private sh -ec '
		mount --bind "$1" "$1"
		mount -o loop,offset=18874368,sizelimit=41943040 "$2" "$3"
		"$4" -c "$5" clone --init
		mkdir -p "$3/boot/grub"
		cp "$6" "$3/boot/grub/grub.cfg"' sh "$system" "$work/clone.img" \
		"$standby" "$nightburn" "$work/clone.conf" "$work/menu" || return 1
	starts from=clone -drive "format=raw,file=$work/clone.img"
}

# The same disc, with the entry for the installed system.
by_menu()
{
	sed -i 's/default = rescue/default = system/' "$work/nb.conf"
	"$nightburn" -c "$work/nb.conf" image "$work/menu.iso" >/dev/null ||
		return 1
	from_disc from=disk "$work/menu.iso" \
		-drive "if=ide,index=0,format=raw,file=$work/other.img,snapshot=on"
}

make_system && make_first_disk && make_config || exit 1
check "two nights on a CD-R" burn CD cd-r
check "two nights on a DVD+RW" burn DVD dvd+rw
check "each session has a boot record" newest_record
[ -n "$efi" ] || skip "UEFI starts a disc" "no ovmf or grub-efi-amd64-bin here"
check "a session by hand keeps the boot record" by_hand
first=$(kernel_of CD-1) second=$(kernel_of DVD-2)
check "a disk starts that the boot area was restored to" restored
more=:
[ -z "${NB_TORTURE-}" ] || more="check 'BIOS starts a CD-R of one session' \
		from_disc '$first' '$work/CD-1.iso'"
[ -z "${NB_TORTURE-}" ] || [ -z "$efi" ] || more="$more
	check 'UEFI starts a CD-R of two sessions' \
		from_disc '$first' '$work/CD-2.iso' -bios $ovmf"
at_once "check 'BIOS starts a DVD+RW of two sessions, the newest' \
		from_disc '$second' '$work/DVD-2.iso'
	check 'the menu starts the system on the disk' by_menu
	check 'a machine starts from a clone' clone
	$more" \
	"[ -z '$efi' ] || check 'UEFI starts a DVD+RW of two sessions' \
		from_disc '$second' '$work/DVD-2.iso' -bios $ovmf
	[ -z '$efi' ] || check 'UEFI starts the disk that the boot area was restored to' \
		restored_uefi
	check 'BIOS starts a CD-R of two sessions, by the record of either' \
		either"
finish
