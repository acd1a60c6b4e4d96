# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Common to the tests of faults: discs, and runs under a file of rules.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/common.sh"

RULES=$NB_TOP_SRCDIR/tests/fault
hurry=() # options for programs that like to sleep

# fresh FILE TYPE [BLOCKS]: a blank disc.
fresh()
{
	rm -f "$1"
	"$VDRIVE" new --type "$2" --capacity "${3:-20000}" "$1" || exit 99
}

# under RULES-FILE COMMAND...: with "disc" in the drive and "other" after it.
under()
{
	local rules=$1 add=()
	shift
	[ -e other ] && add=(--add other)
	rm -f trace
	timeout 60 "$VDRIVE" "${hurry[@]}" --disc disc "${add[@]}" \
		--faults "$rules" --trace trace -- "$@" </dev/null
}

# example NN: its file.
example()
{
	local rules=("$RULES/$1"-*.rules)
	echo "${rules[0]}"
}
