#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the guest of volumes.sh: what nightburn does with logical volumes.

# shellcheck disable=SC1091,SC2016
. /common

# First a line goes to a, then to b on the other volume, each synchronised.
load()
{
	n=0
	while [ ! -e /tmp/enough ]; do
		n=$((n + 1))
		echo $n >>/m/one/a
		sync /m/one/a
		echo $n >>/m/two/b
		sync /m/two/b
		cp /m/one/a /m/one/copy.$((n % 7))
		echo $n >/tmp/writing
		mv /tmp/writing /tmp/written
	done
}

until_written()
{
	until [ -e /tmp/written ] && [ "$(cat /tmp/written)" -ge "$1" ]; do
		sleep 0.1
	done
}

load &
writer=$!
until_written 8
cat /tmp/written >/results/before
night both both
cat /tmp/written >/results/after
until_written $(($(cat /results/after) + 8))
: >/tmp/enough
wait $writer
cat /tmp/written >/results/end
see both
night thin thin
see thin
# Its state is on the volume.
sed 's,/root/state,/m/one/state,' /one.conf >/ours.conf
chmod 600 /ours.conf
night ours ours
see ours

# Answers.
answers()
{
	for conf in large missing btrfs reiserfs empty damaged subdirectory; do
		night $conf $conf
	done
	lvcreate -q -s -L 4M -n other vg0/one
	night snapshot snapshot
	lvs --noheadings -o lv_name vg0 >/results/snapshot.volumes
	lvremove -q -y vg0/other
	lvcreate -q -s -L 4M -n nightburn-one vg0/one
	night foreign one
	lvremove -q -y vg0/nightburn-one
}
[ -e /few ] || answers

# No disc is there; what is burned later is of a snapshot of then.
resume()
{
	night waiting one run
	: >/root/disc
	echo later >/m/one/later
	night resumed one run --resume
	nightburn -c /one.conf restore --to /root/back >/results/back 2>&1 &&
		cmp /root/back/lvm/one/random /m/one/random &&
		cmp /root/back/lvm/one/later /m/one/later &&
		echo same >>/results/back
	rm -rf /root/back /root/disc /root/state /root/staging /m/one/later
}
[ -e /few ] || resume

# More is written than fits, when all was read and before that is looked at.
cat >/tmp/do <<'END'
dd if=/dev/urandom of=/m/one/much bs=1M count=10 conv=fsync 2>/dev/null
END
: >/root/disc
echo "before lvs 4" >/tmp/at
night full small run
echo "before lvs 3" >/tmp/at
[ -e /few ] || night full-early small
rm /m/one/much

# Asked to end, as by a person who does not want to wait.
echo 'kill -TERM $PPID' >/tmp/do
echo "before lvs 3" >/tmp/at
[ -e /few ] || night term one

# Killed, and what the next run makes of it.
echo 'kill -9 $PPID; exit' >/tmp/do
while read -r at; do
	echo "$at" >/tmp/at
	night "killed $at" one
	: >/tmp/at
	night "next $at" one
done </lvm-steps
