#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A tree that never had a file, because something is not mounted or all of it is
# excluded: no number of files would ever tell.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

work=$(realpath "$work")

# configure OPTIONS
configure()
{
	write_conf <<<"job \"nightly\" { pool = \"db\"
		tree \"www\" { path = \"$work/tree\"  $1 } }"
}

night()
{
	insert "$1"
	shift
	nb_is "$@"
}

fresh()
{
	rm -rf "$work"/{state,staging,discs,tree}
	make_discs
	mkdir "$work/tree"
}

# always_empty OPTIONS
always_empty()
{
	local text='tree www: no file in it, and none in any backup before'
	configure "$1"
	night A 3 run && says err "$text" &&
		says err 'hint: mount what belongs there' && night B 3 run &&
		says err "$text" && night A 3 run &&
		night B 0 run --accept-shrink && says err "accepted: $text" &&
		night A 0 run && night B 0 run
}

never()
{
	fresh && always_empty '' && fresh || return 1
	configure 'min_ratio = 0'
	night A 0 run && night B 0 run
}
check "a tree that never had a file is told until that is accepted" never

excluded()
{
	fresh && echo 1 >"$work/tree/file" && always_empty 'exclude = { "*" }'
}
check "also if all of it is excluded" excluded
finish
