#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What nightburn burned, as a real kernel mounts it: both sessions of a CD-R and
# of a DVD+RW agree with the source in every name, mode, owner, time, link and
# byte; and the kernel has nothing to complain about.  As a control, the volume
# size that other programs write into an appended session: there the kernel
# loses Rock Ridge.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"
. "$src/tests/kernel/guest.sh"
. "$src/tests/kernel/tree.sh"

vdrive=$build/vdrive
export LC_ALL=C

why=$(guest_why)
if [ -n "$why" ]; then
	skip "what a real kernel mounts" "$why"
	finish
	exit
fi

# burn TYPE: two nights on one disc, and the disc as an image.
burn()
{
	mkdir -p "$work/$1" && cd "$work/$1" || return 1
	cat >nb.conf <<END
state_dir = "$PWD/state"
staging_dir = "$PWD/staging"
drive "upper" { device = "/dev/sr0" }
pool "db" { discs = { "DB-A" } drives = { "upper" } rotation = append }
job "nightly" { pool = "db"  tree "files" { path = "$tree" } }
END
	chmod 600 nb.conf
	[ -e A.disc ] || "$vdrive" new --type "$1" --capacity 30000 A.disc
	timeout 200 "$vdrive" --hurry --disc A.disc -- "$nightburn" -c nb.conf run
}

# Backups of one second are in no order by their ids.
next_second()
{
	local now
	now=$(date +%s)
	until [ "$(date +%s)" != "$now" ]; do
		sleep 0.05
	done
}

burn_both()
{
	local one two status
	next_second
	(burn cd-r) >"$work/cd.out" 2>&1 & one=$!
	(burn dvd+rw) >"$work/dvd.out" 2>&1 & two=$!
	wait $one
	status=$?
	wait $two && [ $status = 0 ] && keep_night "$1" && return 0
	cat "$work/cd.out" "$work/dvd.out"
	return 1
}

# starts TYPE: where the sessions begin.
starts()
{
	timeout 100 "$vdrive" --hurry --disc "$work/$1/A.disc" -- \
		xorriso -indev /dev/sr0 -toc 2>/dev/null |
		sed -nE 's/^ISO session *: *[0-9]+ , *([0-9]+) ,.*/\1/p'
}

# narrow IMAGE START: takes START off the volume sizes of the session there.
narrow()
{
	local at size patched=0
	for ((at = ($2 + 16) * 2048; ; at += 2048)); do
		[ "$(tail -c +$((at + 2)) "$1" | head -c 5)" = CD001 ] || break
		case $(od -An -tu1 -j $at -N 1 "$1" | tr -d ' ') in
		255) break ;;
		1 | 2) ;;
		*) continue ;;
		esac
		size=$(od -An --endian=little -tu4 -j $((at + 80)) -N 4 "$1")
		size=$(printf %08x $((size - $2)))
		printf '%s%s' "${size:6:2}${size:4:2}${size:2:2}${size:0:2}" \
			"$size" | sed 's/../\\x&/g' | xargs -0 printf |
			dd of="$1" bs=1 seek=$((at + 80)) conv=notrunc status=none
		patched=$((patched + 1))
	done
	[ $patched = 2 ]
}

images()
{
	local cd dvd
	cd "$work" && "$vdrive" export --disc cd-r/A.disc cd.iso &&
		"$vdrive" export --disc dvd+rw/A.disc dvd.iso || return 1
	mapfile -t cd < <(starts cd-r)
	mapfile -t dvd < <(starts dvd+rw)
	[ ${#cd[@]} = 2 ] && [ ${#dvd[@]} = 2 ] || return 1
	cp cd.iso narrow.iso && narrow narrow.iso "${cd[1]}" || return 1
	# A name, the device, the options.
	cat >mounts <<END
cd1 vda ro
cd1-norock vda ro,norock
cd1-nojoliet vda ro,nojoliet
cd2 vda ro,sbsector=${cd[1]}
cd2-norock vda ro,norock,sbsector=${cd[1]}
cd2-nojoliet vda ro,nojoliet,sbsector=${cd[1]}
cd2-plain vda ro,norock,nojoliet,sbsector=${cd[1]}
narrow2 vdb ro,sbsector=${cd[1]}
narrow2-nojoliet vdb ro,nojoliet,sbsector=${cd[1]}
dvd1 vdc ro,sbsector=${dvd[0]}
dvd1-nojoliet vdc ro,nojoliet,sbsector=${dvd[0]}
dvd2 vdc ro
dvd2-nojoliet vdc ro,nojoliet
dvd2-norock vdc ro,norock
dvd2-header vdc ro,sbsector=${dvd[1]}
END
}

boot()
{
	guest_new "$work/root" && cp "$work/mounts" "$work/root" || return 1
	cat >"$work/root/script" <<'END'
while read -r name device options; do
	see "$name" "$device" "$options" || exit 1
done </mounts
END
	# shellcheck disable=SC2046
	guest_boot "$work/root" "$work/seen" $(guest_drive "$work/cd.iso") \
		$(guest_drive "$work/narrow.iso") \
		$(guest_drive "$work/dvd.iso") || return 1
	unpack_seen && : >"$work/booted"
}

# What is in the files of a directory, but for empty ones, which links are where
# there are no links.
contents()
{
	(cd "$1" && find . -type f -size +0 -print0 | xargs -0 sha256sum -z |
		tr '\0' '\n' | grep -aoE '^\\?[0-9a-f]{64} ' | tr -d '\\' |
		sort)
}

# same_contents MOUNT NIGHT: where names and modes do not survive.
same_contents()
{
	local found
	found=$(find "$work/seen/$1" -mindepth 3 -maxdepth 3 -iname files |
		sort | sed -n "$2p")
	[ -d "$found" ] || return 1
	contents "$work/night$2" >"$work/want"
	contents "$found" >"$work/have" && [ -s "$work/want" ] &&
		diff "$work/want" "$work/have" &&
		! grep -a 'I/O error' "$work/seen/$1.dmesg"
}

# The control: owners, modes, links and long names are gone, in silence.
rock_ridge_is_lost()
{
	local lost
	lost=$(tree_of narrow2 2)
	[ -d "$lost" ] && [ ! -L "$lost/symlink" ] &&
		[ "$(stat -c %a:%u "$lost/program")" != 4751:1111 ] &&
		[ ! -e "$lost/$long" ]
}

a_file_is_lost()
{
	local lost
	lost=$(tree_of narrow2-nojoliet 2)
	[ -d "$lost" ] && [ ! -e "$lost/$long" ] &&
		grep -a 'rock: corrupted directory entry' \
			"$work/seen/narrow2-nojoliet.dmesg"
}

make_tree
check "two discs take the first night" burn_both 1
change_tree
check "they take the second night" burn_both 2
check "the sessions are found" images
check "a kernel mounts them in every way" boot
[ -e "$work/booted" ] || { finish; exit; }
for one in cd1 cd1-nojoliet dvd1 dvd1-nojoliet; do
	check "$one: session 1 is the first night" agrees $one 1
done
for one in cd2 cd2-nojoliet dvd2 dvd2-nojoliet; do
	check "$one: session 2 has the first night" agrees $one 1
	check "$one: session 2 has the second night" agrees $one 2
done
check "cd1-norock: Joliet has all contents" same_contents cd1-norock 1
for one in cd2-norock dvd2-norock; do
	check "$one: Joliet has all contents" same_contents $one 2
done
check "cd2-plain: plain names have all contents" same_contents cd2-plain 2
# Where a session has a header of its own but the medium has no sessions, the
# header has to count as other programs do, who find the next one by it.
check "dvd2-header: Joliet has all contents" same_contents dvd2-header 2
check "the size of the session alone: the kernel falls back to Joliet" \
	rock_ridge_is_lost
check "the same without Joliet: a file is missing, the kernel complains" \
	a_file_is_lost
finish
