#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The library as another program meets it: what a call returns leads to the exit
# status of the program, with nothing added.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
mkdir -p "$work/tree"
echo content >"$work/tree/file"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "A", "B" }  drives = { "upper" } }
job "nightly" {
  pool = "db"
  tree "files" { path = "$work/tree"  copy_newer = 0 }
}
END
chmod 600 "$work/nb.conf"

# What an installed library and a build with the sanitizers want.
read -ra flags <<<"-I$src/include $(sed -n 's/^SAN_CFLAGS = //p' "$build/Makefile")"
libs=("-L$build/.libs" -lnightburn "-Wl,-rpath,$build/.libs")
strict=(-Wall -Wextra -Werror -pedantic)

# each_header COMPILER...: alone, and twice.
each_header()
{
	local header
	for header in "$src"/include/nightburn/*.h; do
		header=nightburn/${header##*/}
		printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
			"$@" "${strict[@]}" "${flags[@]}" -fsyntax-only - ||
			return 1
	done
}
check "each header compiles by itself in C" each_header gcc -std=c11 -x c
check "and in C++" each_header g++ -std=c++11 -x c++

in_cpp()
{
	g++ -std=c++11 "${strict[@]}" "${flags[@]}" \
		"$src/tests/api/program.cc" "${libs[@]}" -o "$work/program" &&
		"$work/program" "$work/nb.conf" >"$work/out" &&
		says out "upper: fresh, done, 0 messages"
}
check "a program in C++ is compiled, linked and runs" in_cpp

# What is missing here is missed by programs that are installed already.
exported()
{
	nm -D --defined-only "$build/.libs/libnightburn.so" |
		awk '$2 == "T" { print $3 }' | LC_ALL=C sort |
		diff "$src/tests/api/symbols" -
}
check "the library exports what it always did, and nothing else" exported

# declared HEADER...: the names of the functions that are marked NB_API.
declared()
{
	cat "$@" | tr '\n' ' ' | sed 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/,,g' |
		grep -oE 'NB_API [^;(]*[ *]nb_[a-z_]+\(' |
		sed 's/.*[ *]\(nb_[a-z_]*\)($/\1/' | LC_ALL=C sort
}

in_headers()
{
	declared "$src"/include/nightburn/*.h |
		diff <(sed 's/@@.*//' "$src/tests/api/symbols") -
}
check "and that is what its headers declare" in_headers

old_binary()
{
	insert A
	"$build/tests/api/old_program" "$work/nb.conf" >"$work/out" \
		2>"$work/err"
	status=$?
	diff - "$work/out" <<END && [ $status = 0 ] || { cat "$work/err"; return 1; }
jobs 1, pools 1
drive upper, state 1, capacity 1
plan 1 for A in upper
generation 1 on A, 1 files
verified generation 1 on A, same 1
backup 1 of nightly
backup 2 of nightly
END
}
check "an old program runs with this library, and nothing is overrun" old_binary
rm -rf "$work/state"
make_discs

# both STATUS CALL ARGUMENTS...: the program and the library end alike.
both()
{
	local want=$1 call=$2
	shift
	nb_is "$want" "$@" || return 1
	"$build/tests/api/calls" "$work/nb.conf" "$call" >"$work/out" \
		2>"$work/err"
	status=$?
	[ "$status" = "$want" ] && return 0
	echo "the library: $call: $status, not $want"
	cat "$work/out" "$work/err"
	return 1
}

nothing_in()
{
	insert nothing/at/all
	both 3 disc && both 3 msinfo && both 3 plan && both 3 verify &&
		both 0 rotate --dry-run && both 3 blank --dry-run
}
check "without a disc both end with 3" nothing_in

blank_disc()
{
	insert A
	both 0 disc && both 0 msinfo && both 0 plan && both 0 image \
		"$work/disc.iso" && both 0 run && both 0 verify
}
check "with a blank disc both end with 0" blank_disc

# A log that somebody writes to all the time.
begin_writing()
{
	head -c 6000000 /dev/zero >"$work/tree/log"
	(while :; do echo line; done >>"$work/tree/log") &
	writer=$!
	until [ "$(wc -c <"$work/tree/log")" -gt 6000000 ]; do sleep 0.01; done
}

end_writing()
{
	kill "$writer"
	wait "$writer" 2>/dev/null
	rm "$work/tree/log"
}

changed_run()
{
	local result
	begin_writing
	both 3 run
	result=$?
	end_writing
	return $result
}
check "a file that changed while it was read ends both with 3" changed_run

changed_append()
{
	local result
	begin_writing
	both 3 append
	result=$?
	end_writing
	return $result
}
check "so does a session by hand" changed_append

changed_image()
{
	local result
	begin_writing
	rm -f "$work/disc.iso"
	both 3 image "$work/disc.iso"
	result=$?
	end_writing
	[ $result = 0 ] && bsdtar tf "$work/disc.iso" |
		grep -q tree/files/log
}
check "so does an image, and it is there" changed_image

hook_status()
{
	local result
	sed -i '/tree "files"/a\  after { shell = "echo $NIGHTBURN_STATUS >'"$work"'/told" }' \
		"$work/nb.conf"
	begin_writing
	nb_is 3 run && [ "$(cat "$work/told")" = 3 ]
	result=$?
	end_writing
	return $result
}
check "and the hooks get it" hook_status

finish
