#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What configure turned on against overflows of buffers, as readelf sees it in
# what is installed.
set -u
cd "${NB_TOP_BUILDDIR:?}" || exit 1
count=0

# What configure found, from the makefile.
flags=$(sed -nE 's/^(HARDEN|PIE)_(C|LD)FLAGS = ?//p' Makefile | tr '\n' ' ')

# A program of libtool's is a script before it is installed.
real()
{
	if [ -e "${1%/*}/.libs/${1##*/}" ]; then
		echo "${1%/*}/.libs/${1##*/}"
	else
		echo "$1"
	fi
}

# expect FLAG NAME COMMAND...: the command succeeds; skipped where this compiler,
# or whoever configured, has no FLAG.
expect()
{
	local flag=$1 name=$2
	shift 2
	count=$((count + 1))
	case " $flags " in
	*"$flag"*) ;;
	*)
		echo "ok $count - $name # SKIP configured without $flag"
		return ;;
	esac
	if "$@"; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
	fi
}

has()
{
	readelf -W "$1" "$2" | grep -qE "$3"
}

lacks()
{
	! has "$@"
}

stack_is_data()
{
	has -l "$1" 'GNU_STACK .* RW +0x' && lacks -l "$1" 'GNU_STACK .* RWE'
}

# The mark that a jump may lead to: the note in the file (readelf -n) stands there
# only when the C library's own start files have it, too.
marks_targets()
{
	has -n "$1" 'IBT.*SHSTK' ||
		[ "$(objdump -d -j .text "$1" | grep -cE 'endbr(64|32)')" -gt 20 ]
}

for file in ./nightburn ./vdrive ./libnightburn.so ./libvdrive-preload.so; do
	name=${file#./}
	file=$(real "$file")
	expect relro "$name: RELRO" has -l "$file" GNU_RELRO
	expect now "$name: all is bound at the start" \
		has -d "$file" 'BIND_NOW|FLAGS.*NOW'
	expect noexecstack "$name: the stack is not executable" \
		stack_is_data "$file"
	expect stack-protector "$name: the stack is protected" \
		has --dyn-syms "$file" __stack_chk_fail
	expect cf-protection "$name: targets of jumps are marked" \
		marks_targets "$file"
done
for name in nightburn vdrive libnightburn.so; do
	expect FORTIFY_SOURCE "$name: fortified" \
		has --dyn-syms "$(real "./$name")" '__(mem|str|s?n?v?[fs]?n?printf)[a-z]*_chk'
done
expect FORTIFY_SOURCE "libvdrive-preload.so: not fortified" \
	lacks --dyn-syms "$(real ./libvdrive-preload.so)" 'UND __(mem|str|v?[fs]n?printf|read|open)[a-z0-9_]*_chk'
for name in nightburn vdrive; do
	expect fPIE "$name: may be loaded anywhere" \
		has -d "$(real "./$name")" 'FLAGS_1.*PIE'
done
echo "1..$count"
