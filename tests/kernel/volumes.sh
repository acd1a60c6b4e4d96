#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Snapshots of logical volumes and split mirrors, with the real LVM and mdadm on
# the block devices of a real kernel: consistent while somebody writes; noticed
# when they run full; answers to what is wrong; and, wherever a run was killed,
# nothing is left after the next one, and the array is as it was.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"
. "$src/tests/kernel/guest.sh"

export LC_ALL=C
why=$(guest_why)
for program in lvm mdadm dmsetup mkfs.ext4 mkfs.xfs mkfs.btrfs mkreiserfs; do
	[ -n "$why" ] || PATH=$PATH:/sbin command -v $program >/dev/null ||
		why="no $program on this machine"
done
if [ -n "$why" ]; then
	skip "volumes on a real kernel" "$why"
	finish
	exit
fi
[ -z "${NB_TORTURE-}" ] || guest_limit=$((guest_limit * 5))
# All that is done, but each answer only in make torture.
few=yes
[ -z "${NB_TORTURE-}" ] || few=
root=$work/root
seen=$work/seen

add_programs()
{
	local name
	PATH=$PATH:/sbin:/usr/sbin
	guest_add "$root" "$(built nightburn)" "$(command -v sync)" \
		"$(command -v lvm)" "$(command -v mdadm)" \
		"$(command -v dmsetup)" "$(command -v mkfs.ext4)" \
		"$(command -v mkfs.xfs)" "$(command -v mkfs.btrfs)" \
		"$(command -v mkreiserfs)" || return 1
	for name in pvcreate vgcreate lvremove lvcreate lvchange lvs; do
		ln -s lvm "$root/bin/$name" || return 1
	done
	mkdir -p "$root"/{etc/lvm,run/lvm,run/lock/lvm,run/mdadm,wrap}
	cat >"$root/etc/lvm/lvm.conf" <<'END'
devices { obtain_device_list_from_udev = 0  use_devicesfile = 0 }
activation { udev_sync = 0  udev_rules = 0  monitoring = 0 }
backup { backup = 0  archive = 0 }
global { thin_check_executable = "" }
END
}

# What nightburn calls: the program itself, but on the call that /at names
# ("before lvs 4") /do is done first, or afterwards.
add_wrappers()
{
	local name
	cat >"$root/wrap/lvs" <<'END'
#!/bin/sh
name=$(basename "$0")
echo >>"/tmp/calls.$name"
call="$name $(($(wc -l <"/tmp/calls.$name")))"
trap '' TERM
[ "$(cat /tmp/at)" != "before $call" ] || . /tmp/do
[ "$(cat /tmp/at)" != "within $call" ] || { . /tmp/do & }
"/bin/$name" "$@"
status=$?
[ "$(cat /tmp/at)" != "after $call" ] || . /tmp/do
exit $status
END
	chmod 755 "$root/wrap/lvs"
	for name in lvcreate lvremove mdadm dmsetup; do
		ln -s lvs "$root/wrap/$name" || return 1
	done
}

add_configurations()
{
	local name
	cat >"$root/head.conf" <<'END'
state_dir = "/root/state"
staging_dir = "/root/staging"
drive "upper" { device = "stdio:/root/disc" }
pool "db" { discs = { "DB-A" } drives = { "upper" } rotation = append }
job "nightly" {
  pool = "db"
END
	while IFS='|' read -r name text; do
		(cat "$root/head.conf" && echo "$text }") >"$root/$name.conf" &&
			chmod 600 "$root/$name.conf" || return 1
	done <<'END'
both|lvm "two" { volume = "vg0/two"  size = 32M  pause = 1 } lvm "one" { volume = "vg0/one"  size = 50%  pause = 1 }
one|lvm "one" { volume = "vg0/one"  size = 32M  exclude = { "b" } }
small|lvm "one" { volume = "vg0/one"  size = 4M }
thin|lvm "thin" { volume = "vg0/thin"  subdirectory = "sub" }
large|lvm "one" { volume = "vg0/one"  size = 10G }
missing|lvm "one" { volume = "vg0/none" }
btrfs|lvm "one" { volume = "vg0/btrfs" }
reiserfs|lvm "one" { volume = "vg0/reiserfs" }
empty|lvm "one" { volume = "vg0/empty" }
damaged|lvm "one" { volume = "vg0/damaged"  size = 4M  retries = 2  pause = 1 }
snapshot|lvm "one" { volume = "vg0/other" }
subdirectory|lvm "one" { volume = "vg0/one"  size = 4M  subdirectory = "no/such" }
m-tree|mirror "md" { array = "/dev/md0"  half = "/dev/vdc"  pause = 1  exclude = { "c" } }
m-hooks|mirror "md" { array = "/dev/md0"  half = "/dev/vdc"  quiesce = { "/bin/sh", "/quiesce" }  resume = { "/bin/sh", "/resume" } }
m-image|mirror "md" { array = "/dev/md0"  half = "/dev/vdc"  as = image }
m-readd|mirror "md" { array = "/dev/md0"  half = "/dev/vdc"  afterwards = readd }
m-third|mirror "md" { array = "/dev/md0"  half = "/dev/vdd" }
m-stall|mirror "md" { array = "/dev/md0"  half = "/dev/vdc"  stall = 2 }
m-dying|mirror "md" { array = "/dev/md0"  half = "/dev/vdc"  quiesce = { "mdadm", "--quiet", "/dev/md0", "--fail", "/dev/vdb" } }
m-version|mirror "md2" { array = "/dev/md2"  half = "/dev/vg0/mb" }
m-none|mirror "md" { array = "/dev/vdb"  half = "/dev/vdc" }
m-missing|mirror "md" { array = "/dev/md0"  half = "/dev/vdz" }
END
}

add_script()
{
	cat >"$root/script" <<'END'
ln -s /proc/self/mounts /etc/mtab
mkdir -p /m/one /m/two /m/thin /iso
: >/tmp/at
vd=/dev/vda
pvcreate -q $vd && vgcreate -q vg0 $vd || exit 1
lvcreate -q -L 64M -n one vg0
lvcreate -q -L 320M -n two vg0
lvcreate -q -L 48M -T vg0/pool
lvcreate -q -V 40M -T vg0/pool -n thin
for name in btrfs reiserfs empty damaged; do
	lvcreate -q -L 128M -n $name vg0
done
mkfs.ext4 -q /dev/vg0/one
mkfs.xfs -q /dev/vg0/two
mkfs.ext4 -q /dev/vg0/thin
mkfs.btrfs -q /dev/vg0/btrfs
mkreiserfs -q -f -f /dev/vg0/reiserfs
mkfs.ext4 -q /dev/vg0/damaged
dd if=/dev/zero of=/dev/vg0/damaged bs=1k seek=2 count=64 2>/dev/null
mount -t ext4 /dev/vg0/one /m/one
mount -t xfs /dev/vg0/two /m/two
mount -t ext4 /dev/vg0/thin /m/thin
mkdir /m/thin/sub
echo thin >/m/thin/sub/file
echo not this >/m/thin/outside
dd if=/dev/urandom of=/m/one/random bs=64k count=8 2>/dev/null
sync
sh /lvm
sh /mirror
umount /m/one && umount /m/two && umount /m/thin && echo unmounted
END
	cp "$src/tests/kernel/volumes_lvm.sh" "$root/lvm" &&
		cp "$src/tests/kernel/volumes_common.sh" "$root/common" &&
		cp "$src/tests/kernel/volumes_mirror.sh" "$root/mirror" &&
		mirror_steps >"$root/mirror-steps" || return 1
	[ -z "$few" ] || : >"$root/few"
	lvm_steps >"$root/lvm-steps"
}

boot()
{
	local disk disks=()
	truncate -s 2G "$work/vda"
	truncate -s 64M "$work"/vd{b,c,d}
	for disk in vda vdb vdc vdd; do
		disks+=(-drive "if=virtio,format=raw,cache=unsafe,file=$work/$disk")
	done
	guest_new "$root" && guest_storage "$root" && add_programs &&
		add_wrappers && add_configurations && add_script &&
		guest_boot "$root" "$seen" "${disks[@]}" &&
		: >"$work/booted"
}

. "$src/tests/kernel/volumes_lvm_checks.sh"
. "$src/tests/kernel/volumes_mirror_checks.sh"
check "a guest has volumes" boot
[ -e "$work/booted" ] || { finish; exit; }
lvm_checks
mirror_checks
finish
