#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For the scripts that run in the guest of volumes.sh.
# shellcheck disable=SC2010,SC2046

# night NAME CONFIGURATION [COMMAND...]: its messages, its exit status and what
# it left.
night()
{
	night=$1 conf=$2
	shift 2
	rm -f /tmp/calls.*
	echo "night $night" >/dev/ttyS0 # what stands there when it stalls
	[ $# != 0 ] || set -- image "/root/$night.iso"
	PATH=/wrap:/bin nightburn -c "/$conf.conf" "$@" >"/results/$night" 2>&1
	echo "exit status $?" >>"/results/$night"
	left >>"/results/$night"
}

# What is there of snapshots, mounts, loop and other devices.
left()
{
	echo "left:" $(lvs --noheadings -o lv_name vg0 | grep nightburn) \
		$(grep nightburn- /proc/mounts) $(losetup -a) \
		$(ls /dev/mapper | grep nightburn) $(ls /root/state | grep mirror-)
}

# see NAME: the tree of a backup's image.
see()
{
	mkdir "/results/$1.seen" &&
		mount -t iso9660 -o loop,ro "/root/$1.iso" /iso || return 1
	cp -r /iso/*Z-*/* "/results/$1.seen"
	umount /iso
}
