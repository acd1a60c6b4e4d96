# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What volumes_mirror.sh is to do and what it left.  Sourced by volumes.sh.
# shellcheck disable=SC2154

detached="array: 2 dev-vdb/state +8"

# Where nightburn is killed, with which configuration.
mirror_steps()
{
	printf 'm-hooks %s\n' "after mdadm 4"
	[ -n "$few" ] || printf 'm-tree %s\n' "before dmsetup 5"
	[ -z "${NB_TORTURE-}" ] || {
		printf 'm-tree %s\n' "before mdadm 3" "after mdadm 3" \
			"before mdadm 4" "after mdadm 4" \
			"before mdadm 5" "after mdadm 5" \
			"after dmsetup 2" "before dmsetup 4" \
			"before dmsetup 6" "after dmsetup 6"
		printf 'm-hooks %s\n' "before mdadm 4" "after mdadm 5"
		printf 'm-readd %s\n' "after mdadm 3" "after dmsetup 2"
	}
}

# split_said NIGHT STATUS ARRAY LINE...: these lines, and the array like that.
split_said()
{
	local night=$1 status=$2 array=$3
	shift 3
	printf '%s\n' "$@" "exit status $status" "left:" "$array" \
		>"$work/want"
	diff "$work/want" "$seen/$night"
}

# mirror_killed CONFIGURATION STEP
mirror_killed()
{
	local array=$detached killed="$seen/m-killed $1 $2" next="$seen/m-next $1 $2"
	[ "$1" != m-readd ] || array=${array% *}
	cat "$killed" "$next"
	grep -qx 'exit status 137' "$killed" &&
		grep -qx 'exit status 0' "$next" &&
		grep -qx 'left:' "$next" &&
		grep -qF "$array" "$next" &&
		! grep -q 'not resumed' "$next"
}

mirror_consistent()
{
	local a b tree=$seen/m-tree.seen/mirror/md
	a=$(count_lines "$tree/a") && b=$(count_lines "$tree/b") || return 1
	echo "$b <= $a"
	[ "$b" -ge 8 ] && [ "$b" -le "$a" ] && [ "$a" -le $((b + 1)) ] &&
		[ ! -e "$tree/c" ]
}

mirror_image()
{
	grep -qx 'exit status 0' "$seen/m-image" &&
		grep -qx 'left:' "$seen/m-image" &&
		grep -qx same "$seen/m-image.same" &&
		grep -qxF "$detached" "$seen/m-image"
}

# mirror_good NIGHT ARRAY
mirror_good()
{
	cat "$seen/$1"
	grep -qx 'exit status 0' "$seen/$1" && grep -qx 'left:' "$seen/$1" &&
		grep -q "^$2" "$seen/$1"
}

mirror_stalls()
{
	grep -v '^nightburn: mirror md: the resync of' "$seen/m-stall" |
		diff - <(printf '%s\n' \
		"hint: check for other disk activity, and speed_limit_max" \
		"exit status 1" "left:" "$detached") &&
		grep -qxE 'nightburn: mirror md: the resync of /dev/md0 has made no progress for 2 s \([0-9]+% done\)' \
			"$seen/m-stall"
}

hooks_ran()
{
	head -n 2 "$seen/quiesced" | diff - \
		<(printf '%s\n' "md /dev/md0 /dev/vdc" resumed) &&
		[ "$(tail -n 1 "$seen/quiesced")" = resumed ]
}

# mirror_metadata VERSION
mirror_metadata()
{
	local tree=$seen/m-$1.seen/mirror/md2
	cat "$seen/m-$1"
	grep -qx 'exit status 0' "$seen/m-$1" &&
		grep -qx 'left:' "$seen/m-$1" &&
		[ "$(cat "$tree/version")" = "$1" ] && [ -s "$tree/random" ]
}

mirror_answers()
{
	local version whole="array: 2 dev-vdb/state dev-vdc/state +8"
	local no="nightburn: mirror md:"
	check "a member is not taken away for good" \
		split_said m-belongs 1 "$whole" \
		"$no /dev/vdc is a member of /dev/md0, which would end up with one member less" \
		"hint: use afterwards = readd, or once: mdadm /dev/md0 --fail /dev/vdc --remove /dev/vdc"
	check "a third mirror" split_said m-third 1 "$whole" \
		"$no /dev/md0 is complete with 2 members without /dev/vdd" \
		"hint: mdadm --grow /dev/md0 --raid-devices=3 adds a slot for it"
	check "a half that failed by itself" split_said m-faulty 1 \
		"$detached" \
		"$no /dev/vdc is faulty in /dev/md0" \
		"hint: check the disk, then run mdadm /dev/md0 --remove /dev/vdc"
	check "no array" split_said m-none 1 "$detached" \
		"$no /dev/vdb is not an md array"
	check "no half" split_said m-missing 1 "$detached" \
		"$no /dev/vdz: No such file or directory"
	check "a disk with something else" split_said m-foreign 1 \
		"$detached" \
		"$no mdadm: exit status 1: mdadm: No md superblock detected on /dev/vdd." \
		"$no /dev/vdd was never a member of /dev/md0; it was not touched" \
		"hint: add it once: mdadm /dev/md0 --add /dev/vdd"
	check "another array's disk" split_said m-other 1 "$detached" \
		"$(grep -xE "$no /dev/vdd belongs to another array \([0-9a-f:]{35}\); it was not touched" "$seen/m-other")"
	check "a degraded array" split_said m-degraded 1 \
		"${detached/2/3}" \
		"$no /dev/md0 is degraded: apart from /dev/vdc, 1 of 2 members work" \
		"hint: repair the array first"
	check "a resync that stalls" mirror_stalls
	for version in 0.90 1.0 1.1; do
		check "metadata $version" mirror_metadata $version
	done
	check "the other member fails before the split" \
		split_said m-dying 1 "array: 2 dev-vdc/state +8" \
		"$no /dev/md0 is degraded: apart from /dev/vdc, 0 of 1 members work" \
		"hint: repair the array first" \
		"nightburn: warning: mirror md: /dev/vdc remains in /dev/md0, which is degraded"
}

mirror_checks()
{
	local conf step whole="array: 2 dev-vdb/state dev-vdc/state +8"
	check "a member is split and added again" \
		mirror_good m-member "array: 2 dev-vdb/state"
	check "the half is added, split and detached under load" \
		mirror_good m-tree "$detached"
	check "it is consistent" mirror_consistent
	check "with hooks" mirror_good m-hooks "$detached"
	check "they ran, in order, with what they need" hooks_ran
	check "the half as an image" mirror_image
	[ -n "$few" ] || mirror_answers
	mirror_steps >"$work/steps"
	while read -r conf step; do
		check "$conf killed $step" mirror_killed "$conf" "$step"
	done <"$work/steps"
	check "the half is added again" mirror_good m-readd "array: 2 dev-vdb"
	check "the array is whole, and both halves are the same" \
		diff "$seen/m-whole" - \
		<<<"$(printf '%s\n' "$whole" "detail 0" "mismatches 0")"
	check "the array was not in use at the end" \
		grep -qx stopped "$seen/log"
}
