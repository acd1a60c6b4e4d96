# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What volumes_lvm.sh is to do and what it left.  Sourced by volumes.sh.
# shellcheck disable=SC2154

# Where nightburn is killed: what it calls, and the number of the call.
lvm_steps()
{
	echo "before lvs 4"
	[ -n "$few" ] || echo "within lvcreate 1"
	[ -z "${NB_TORTURE-}" ] || printf '%s\n' "before lvs 1" \
		"before lvs 2" "before lvcreate 1" "after lvcreate 1" \
		"before lvs 3" "after lvs 4" "before lvremove 1" \
		"within lvremove 1" "after lvremove 1"
}

# said NIGHT STATUS LINE...: these lines, that exit status, and nothing left.
said()
{
	local night=$1 status=$2
	shift 2
	printf '%s\n' "$@" "exit status $status" "left:" >"$work/want"
	# What state_left_out looks at.
	grep -v "nightburn's own state_dir, left out" "$seen/$night" |
		sed 's,nightburn -c [^ ]* ,nightburn ,' |
		diff "$work/want" -
}

# Lines 1 to N of a file are those numbers; prints N.
count_lines()
{
	local n
	n=$(wc -l <"$1")
	seq "$n" | cmp - "$1" >&2 && echo "$n"
}

# The snapshots were taken while lines were written, each volume is whole, and
# that of the second volume, where a line comes later, is the older one.
consistent()
{
	local a b before after end tree=$seen/both.seen/lvm
	before=$(cat "$seen/before") after=$(cat "$seen/after")
	end=$(cat "$seen/end")
	a=$(count_lines "$tree/one/a") && b=$(count_lines "$tree/two/b") ||
		return 1
	echo "$before <= $b <= $a <= $after < $end"
	[ "$before" -le "$b" ] && [ "$b" -le "$a" ] &&
		[ "$a" -le $((after + 1)) ] && [ "$after" -lt "$end" ] &&
		[ "$before" -lt "$a" ]
}

subdirectory_alone()
{
	(cd "$seen/thin.seen" && find . -type f -exec cat {} +) >"$work/have"
	echo thin | diff - "$work/have"
}

state_left_out()
{
	cat "$seen/ours"
	grep -qx 'exit status 0' "$seen/ours" &&
		[ -e "$seen/ours.seen/lvm/one/random" ] &&
		[ ! -e "$seen/ours.seen/lvm/one/state" ]
}

# killed STEP: it was killed there, and the next run leaves nothing.
lvm_killed()
{
	cat "$seen/killed $1" "$seen/next $1"
	grep -qx 'exit status 137' "$seen/killed $1" &&
		grep -qx 'exit status 0' "$seen/next $1" &&
		grep -qx 'left:' "$seen/next $1" || return 1
	# The program that ran on may have removed it itself.
	[ "${1%% *}" != within ] || return 0
	! grep -q '^left: .*nightburn-one' "$seen/killed $1" || grep -qx \
		'nightburn: warning: lvm one: removing the snapshot vg0/nightburn-one of a run that died' \
		"$seen/next $1"
}

lvm_full=("nightburn: lvm one: the snapshot vg0/nightburn-one is full; the backup is invalid"
	"hint: use a larger size, or run the job at a time with fewer writes")

lvm_answers()
{
	local why="which is not supported here; ext2, ext3, ext4 and xfs are"
	local hint="hint: use a tree block for its mount point"
	check "no room for the snapshot" said large 1 \
		"nightburn: lvm one: the snapshot needs 10.0 GB, but volume group vg0 has only $(sed -n 's/.*vg0 has only \(.* [MG]B\) free/\1/p' "$seen/large") free" \
		"hint: use a smaller size, or extend the volume group"
	check "no such volume" said missing 1 \
		"nightburn: lvm one: vg0/none is not a logical volume"
	check "btrfs is refused" said btrfs 1 \
		"nightburn: lvm one: vg0/btrfs holds btrfs, $why" \
		"$hint; btrfs has snapshots of its own"
	check "reiserfs is refused" said reiserfs 1 \
		"nightburn: lvm one: vg0/reiserfs holds reiserfs, $why" "$hint"
	check "an empty volume" said empty 1 \
		"nightburn: lvm one: no file system on vg0/empty"
	check "a mount is tried as often as it says" said damaged 1 \
		"nightburn: lvm one: /dev/vg0/nightburn-one cannot be mounted (ext4), tried 3 times: Structure needs cleaning"
	check "no such subdirectory" said subdirectory 1 \
		"nightburn: lvm one: cannot open no/such of vg0/one: No such file or directory"
	check "a snapshot of a snapshot" said snapshot 1 \
		"nightburn: lvm one: vg0/other is a snapshot itself"
	check "it is still there" grep -qw other "$seen/snapshot.volumes"
	check "another's snapshot of our name" diff - "$seen/foreign" <<-'END'
	nightburn: lvm one: vg0/nightburn-one exists but is not of this installation; it was not touched
	hint: remove it, or give the source another name
	exit status 1
	left: nightburn-one vg0-nightburn--one vg0-nightburn--one-cow
	END
	check "without a disc the night waits" \
		grep -qx 'exit status 3' "$seen/waiting"
	check "nothing is held then" grep -qx 'left:' "$seen/waiting"
	check "a resumed run takes a snapshot again" \
		grep -qx 'exit status 0' "$seen/resumed"
	check "and leaves nothing" grep -qx 'left:' "$seen/resumed"
	check "it comes back" grep -qx same "$seen/back"
	check "one that ran full before" said full-early 1 \
		"${lvm_full[@]}"
	check "a run that is asked to end leaves nothing" \
		grep -qx 'left:' "$seen/term"
	check "and ends" grep -qx 'exit status 1' "$seen/term"
}

lvm_checks()
{
	local step
	check "two volumes, ext4 and XFS, under load: done" \
		grep -qx 'exit status 0' "$seen/both"
	check "nothing is left of it" grep -qx 'left:' "$seen/both"
	check "they are consistent, of the moment and in order" consistent
	check "a thin volume" grep -qx 'exit status 0' "$seen/thin"
	check "its subdirectory alone" subdirectory_alone
	check "nightburn's own state is in no snapshot" state_left_out
	check "a snapshot that ran full after it was burned" said full 4 \
		"${lvm_full[@]}" \
		"nightburn: DB-A: the burn failed: the disc is suspect" \
		"hint: check the disc and the drive, then run nightburn verify" \
		"$(grep 'the backup is kept in /root/staging$' "$seen/full")" \
		"hint: nightburn run --resume burns it"
	[ -n "$few" ] || lvm_answers
	lvm_steps >"$work/steps"
	while read -r step; do
		check "killed $step" lvm_killed "$step"
	done <"$work/steps"
	check "no volume was in use at the end" \
		grep -qx unmounted "$seen/log"
}
