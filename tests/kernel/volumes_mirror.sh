#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the guest of volumes.sh: what nightburn does with a mirror.
# shellcheck disable=SC1091,SC2016,SC2046,SC2086
. /common

# The array: members it shall have, those that work, and the bitmap.
array()
{
	echo "array: $(cat /sys/block/md0/md/raid_disks)" \
		$(cd /sys/block/md0/md && grep -l in_sync dev-*/state) \
		$(cat /sys/block/md0/md/bitmap/location)
}

# split NAME CONFIGURATION: a night, and how it left the array.
split()
{
	night "$@"
	array >>"/results/$1"
}

until_idle()
{
	waited=0
	until [ $((waited += 1)) -gt 600 ] || {
		[ "$(cat /sys/block/md0/md/sync_action)" = idle ] &&
			grep -q in_sync /sys/block/md0/md/dev-$1/state
	}; do
		sleep 0.1
	done
}

# One that failed, as soon as md lets it go.
remove()
{
	waited=0
	until [ $((waited += 1)) -gt 600 ] ||
		mdadm --quiet /dev/md0 --remove /dev/$1; do
		sleep 0.1
	done
}

# A line to b only when it is in a, each synchronised.
load()
{
	n=0
	while [ ! -e /tmp/mirrored ]; do
		n=$((n + 1))
		echo $n >>/m/md/a
		sync /m/md/a
		echo $n >>/m/md/b
		sync /m/md/b
		cp /m/md/a /m/md/c
	done
}

mkdir -p /m/md
mdadm --create /dev/md0 --quiet --run --level=1 --raid-devices=2 \
	--metadata=1.2 --bitmap=internal --assume-clean /dev/vdb /dev/vdc
mkfs.ext4 -q /dev/md0
mount -t ext4 /dev/md0 /m/md
dd if=/dev/urandom of=/m/md/random bs=64k count=8 2>/dev/null
[ -e /few ] || split m-belongs m-tree
[ -e /few ] || split m-third m-third
split m-member m-readd
until_idle vdc
mdadm --quiet /dev/md0 --fail /dev/vdc
[ -e /few ] || split m-faulty m-tree
remove vdc

load &
writer=$!
until [ -e /m/md/b ] && [ $(wc -l </m/md/b) -ge 8 ]; do
	sleep 0.1
done
split m-tree m-tree
: >/tmp/mirrored
wait $writer
see m-tree

cat >/quiesce <<'END'
echo "$NIGHTBURN_SOURCE $NIGHTBURN_ARRAY $NIGHTBURN_HALF" >>/results/quiesced
: >/tmp/quiesced
END
cat >/resume <<'END'
rm /tmp/quiesced && echo resumed >>/results/quiesced
END
split m-hooks m-hooks
sync
split m-image m-image
mount -t iso9660 -o loop,ro /root/m-image.iso /iso
cp /iso/*Z-*/mirror/md/md0.img /root
umount /iso
mkdir /m/img
mount -t ext4 -o loop /root/md0.img /m/img && cmp /m/img/random /m/md/random &&
	echo same >/results/m-image.same
umount /m/img
rm /root/md0.img /root/m-image.iso

# Answers.
answers()
{
	split m-none m-none
	split m-missing m-missing
	mkfs.ext4 -q /dev/vdd
	split m-foreign m-third
	mdadm --create /dev/md1 --quiet --run --level=1 --raid-devices=2 /dev/vdd missing
	mdadm --quiet --stop /dev/md1
	split m-other m-third
	mdadm --quiet --grow /dev/md0 --raid-devices=3 --force
	split m-degraded m-tree
	mdadm --quiet --grow /dev/md0 --raid-devices=2
	dd if=/dev/urandom of=/m/md/much bs=1M count=16 conv=fsync 2>/dev/null
	echo 1 >/sys/block/md0/md/sync_speed_min
	echo 1 >/sys/block/md0/md/sync_speed_max
	split m-stall m-stall
	echo system >/sys/block/md0/md/sync_speed_min
	echo system >/sys/block/md0/md/sync_speed_max
	rm /m/md/much
}
[ -e /few ] || answers

# Superblocks at the end of a member, and at its start.
metadata()
{
	for version in 0.90 1.0 1.1; do
		lvcreate -q -y -L 24M -n ma vg0
		lvcreate -q -y -L 24M -n mb vg0
		mdadm --create /dev/md2 --quiet --run --level=1 \
			--raid-devices=2 --metadata=$version --assume-clean \
			/dev/vg0/ma /dev/vg0/mb
		mkfs.ext4 -q /dev/md2
		mkdir -p /m/md2
		mount -t ext4 /dev/md2 /m/md2
		cp /m/md/random /m/md2
		mdadm --quiet /dev/md2 --fail /dev/vg0/mb
		until mdadm --quiet /dev/md2 --remove /dev/vg0/mb ||
			[ $((waited += 1)) -gt 600 ]; do sleep 0.1; done
		echo $version >/m/md2/version
		night m-$version m-version
		see m-$version
		umount /m/md2
		mdadm --quiet --stop /dev/md2
		lvremove -q -y vg0/ma vg0/mb
	done
}
[ -e /few ] || metadata

dying()
{
	split m-dying m-dying
	remove vdb
	mdadm --quiet /dev/md0 --add /dev/vdb
	until_idle vdb
	mdadm --quiet /dev/md0 --fail /dev/vdc
	remove vdc
}
[ -e /few ] || dying

echo 'kill -9 $PPID; exit' >/tmp/do
while read -r conf at; do
	echo "$at" >/tmp/at
	split "m-killed $conf $at" "$conf"
	: >/tmp/at
	# As an mdadm leaves it that is killed, too.
	echo frozen >/sys/block/md0/md/sync_action
	split "m-next $conf $at" "$conf"
	[ ! -e /tmp/quiesced ] || echo "not resumed" >>"/results/m-next $conf $at"
done </mirror-steps

split m-readd m-readd
until_idle vdc
array >/results/m-whole
mdadm --detail --test /dev/md0 >/dev/null
echo "detail $?" >>/results/m-whole
umount /m/md && umounted=yes
# What was read was not written to: both halves are the same.
echo check >/sys/block/md0/md/sync_action
until_idle vdc
echo "mismatches $(cat /sys/block/md0/md/mismatch_cnt)" >>/results/m-whole
[ -n "$umounted" ] && mdadm --quiet --stop /dev/md0 && echo stopped
