# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Test Anything Protocol for shell tests.  Sourced; the caller sets tap_dir, a
# directory for what commands print.

count=0

# check NAME COMMAND...: one line of TAP; what it printed is shown on failure.
check()
{
	local tap_name=$1 tap_status
	shift
	count=$((count + 1))
	"$@" >"$tap_dir/check.out" 2>&1
	tap_status=$?
	if [ $tap_status = 0 ]; then
		echo "ok $count - $tap_name"
		return
	fi
	echo "not ok $count - $tap_name"
	echo "# exit status $tap_status of: $*"
	tail -n 40 "$tap_dir/check.out" | tr '\r' '\n' | sed 's/^/# /'
}

# skip NAME REASON
skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

finish()
{
	echo "1..$count"
}

# renumber FILE: the TAP of another process, with our numbers.
renumber()
{
	local line
	while IFS= read -r line; do
		if [[ $line =~ ^((not )?ok)\ [0-9]+\ (.*)$ ]]; then
			count=$((count + 1))
			line="${BASH_REMATCH[1]} $count ${BASH_REMATCH[3]}"
		fi
		printf '%s\n' "$line"
	done <"$1"
}

# at_once COMMAND...: each command line is run in a process and a directory of
# its own, which begins as a copy of the directory shared here, if there is one;
# all at the same time: burning programs mostly wait.
at_once()
{
	local top=$tap_dir number=0 one
	for one; do
		number=$((number + 1))
		mkdir "$top/$number"
		(
			trap - EXIT
			tap_dir=$top/$number
			[ ! -d "$top/shared" ] ||
				cp -a "$top/shared/." "$tap_dir"
			cd "$tap_dir" && eval "$one"
		) >"$top/$number.tap" 2>&1 &
	done
	wait
	for ((one = 1; one <= number; one++)); do
		renumber "$top/$one.tap"
	done
}
