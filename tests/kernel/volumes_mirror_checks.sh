# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What volumes_mirror.sh is to do and what it left.  Sourced by volumes.sh.

detached="array: 2 dev-vdb/state +8"

# Where nightburn is killed, with which configuration.
mirror_steps()
{
	printf 'm-tree %s\n' "after mdadm 3" "after mdadm 4" "before dmsetup 3"
	[ -z "${NB_TORTURE-}" ] || {
		printf 'm-tree %s\n' "before mdadm 3" "before mdadm 4" \
			"before mdadm 5" "after mdadm 5" "after dmsetup 1" \
			"before dmsetup 4" "after dmsetup 4"
		printf 'm-readd %s\n' "after mdadm 3" "after dmsetup 1"
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

mirror_killed()
{
	cat "$seen/m-killed $1" "$seen/m-next $1"
	grep -qx 'exit status 137' "$seen/m-killed $1" &&
		grep -qx 'exit status 0' "$seen/m-next $1" &&
		grep -qx 'left:' "$seen/m-next $1" &&
		grep -qxF "$detached" "$seen/m-next $1" &&
		! grep -q 'not resumed' "$seen/m-next $1"
}

mirror_consistent()
{
	local a b tree=$seen/m-tree.seen/mirror/md
	a=$(count_lines "$tree/a") && b=$(count_lines "$tree/b") || return 1
	echo "$b <= $a"
	[ "$b" -ge 20 ] && [ "$b" -le "$a" ] && [ "$a" -le $((b + 1)) ] &&
		[ ! -e "$tree/c" ]
}

mirror_checks()
{
	local step whole="array: 2 dev-vdb/state dev-vdc/state +8"
	:
}
