#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The blank guard (src/model/decide/guard.c) under its own test, test_guard: every
# branch is taken, and every mutant that make_mutants.py makes of it is killed:
# the test fails, crashes or does not end.  Ends with "N mutants, N killed".
set -u
src=${NB_TOP_SRCDIR:?run by make check}
build=${NB_TOP_BUILDDIR:?run by make check}
# shellcheck source=tests/tap.sh
. "$src/tests/tap.sh"
work=$(mktemp -d "${TMPDIR:-/tmp}/nbmutants.XXXXXX") || exit 1
export tap_dir=$work
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
export CK_FORK=no TMPDIR=$work
export -n ASAN_OPTIONS UBSAN_OPTIONS
jobs=$(nproc)
flags=$(pkg-config --cflags check jansson libsodium libcrypto libxxhash)
libs=$(pkg-config --libs check jansson libsodium libcrypto libxxhash)
export work
export cc="gcc -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O0 -w -fPIC \
-I$build -I$src/include -I$src/src -I$src/tests/unit $flags"

compile()
{
	$cc "${@:2}" -c "$1" -o "$work/$(basename "$1" .c).o"
}
export -f compile

# Everything but the guard, once.
the_rest()
{
	printf '%s\n' "$src"/src/base/*.c \
		"$src"/src/model/record/{json,key,label}.c \
		"$src"/src/model/decide/pool.c \
		"$src"/tests/unit/support.c \
		"$src"/tests/unit/model/decide/test_guard.c |
		xargs -P "$jobs" -I {} bash -c 'compile {}' || return 1
	# shellcheck disable=SC2086
	gcc -shared -o "$work/libothers.so" "$work"/*.o $libs
}
check "the test of the guard is compiled" the_rest

# shellcheck disable=SC2086
as_it_is()
{
	mkdir "$work/coverage" && cd "$work/coverage" &&
		$cc --coverage -c "$src/src/model/decide/guard.c" -o guard.o &&
		gcc --coverage -o test guard.o "$work/libothers.so" &&
		./test
}
check "the guard as it is passes its test" as_it_is

# Lines and branches of guard.c, as gcov counts them.
coverage()
{
	cd "$work/coverage" || return 1
	gcov --json-format --branch-probabilities --stdout guard.o \
		>gcov.json || return 1
	python3 - gcov.json <<-'END'
	import json, sys
	file = [f for f in json.load(open(sys.argv[1]))["files"]
	        if f["file"].endswith("guard.c")][0]
	lines = file["lines"]
	branches = [(l["line_number"], b) for l in lines
	            for b in l["branches"]]
	missing = ["line %d never runs" % l["line_number"]
	           for l in lines if not l["count"]]
	missing += ["line %d: a branch never taken" % n
	            for n, b in branches if not b["count"]]
	print("\n".join(missing))
	print(len(lines), "lines,", len(branches), "branches,",
	      len(missing), "missing")
	sys.exit(bool(missing or len(branches) < 50))
	END
}
check "test_guard takes every branch of guard.c" coverage
echo "# guard.c: $(tail -n 1 "$work/check.out")"

# One mutant: a file N.killed or N.alive; a mutant that is no C is neither.
try()
{
	local n=$1 mutant=$work/mutants/$1
	# shellcheck disable=SC2086
	$cc "$mutant.c" -o "$mutant" "$work/libothers.so" \
		>"$mutant.log" 2>&1 || return 0
	if timeout -s KILL 20 "$mutant" >"$mutant.log" 2>&1; then
		: >"$mutant.alive"
	else
		: >"$mutant.killed"
	fi
	rm -f "$mutant"
}
export -f try

mkdir "$work/mutants"
python3 "$src/tests/fault/make_mutants.py" "$src/src/model/decide/guard.c" \
	"$work/mutants" >"$work/list"
cut -f1 "$work/list" | xargs -P "$jobs" -I {} bash -c 'try {}' 2>/dev/null

was_killed()
{
	[ -e "$work/mutants/$1.killed" ] && return 0
	[ -e "$work/mutants/$1.alive" ] && echo "it passed the test"
	diff "$src/src/model/decide/guard.c" "$work/mutants/$1.c"
	cat "$work/mutants/$1.log"
	return 1
}
mutants=0 killed=0
while IFS=$'\t' read -r n what; do
	mutants=$((mutants + 1))
	[ ! -e "$work/mutants/$n.killed" ] || killed=$((killed + 1))
	check "killed: $what" was_killed "$n"
done <"$work/list"

enough()
{
	[ "$mutants" -ge 150 ] && [ "$killed" = "$mutants" ]
}
check "every mutant is killed, and there are many" enough
finish
echo "# $mutants mutants, $killed killed"
