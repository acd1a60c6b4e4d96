# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Common to the tests of vdrive with real programs: a directory that goes away,
# small trees and discs.  Sourced by bash.

set -u
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000
VDRIVE=${VDRIVE:-$NB_TOP_BUILDDIR/vdrive}
DIR=$(mktemp -d "${TMPDIR:-/tmp}/vdrive-test.XXXXXX") || exit 99
trap 'rm -rf "$DIR"' EXIT
cd "$DIR" || exit 99
. "$NB_TOP_SRCDIR/tests/tap.sh"
tap_dir=$DIR
SR=/dev/sr0

have()
{
	command -v "$1" >/dev/null
}

# on DISC COMMAND...: with the disc in the drive; standard input is empty.
on()
{
	local disc=$1
	shift
	timeout 120 "$VDRIVE" --hurry --disc "$disc" -- "$@" </dev/null
}

# says TEXT COMMAND...: the output of the command has a line that matches.
says()
{
	local text=$1
	shift
	"$@" >said 2>&1
	tr '\r' '\n' <said
	grep -Eq -- "$text" said
}

# gives TEXT COMMAND...: standard output is exactly this.
gives()
{
	local text=$1 said
	shift
	said=$("$@" 2>errors)
	cat errors
	echo "got: $said"
	[ "$said" = "$text" ]
}

fails()
{
	! "$@"
}

fails_with()
{
	local status=$1
	shift
	"$@"
	[ $? = "$status" ]
}

# tree NAME KIB: a directory with a few files whose content tells them apart.
tree()
{
	mkdir -p "$1/sub"
	echo "$1" >"$1/name"
	openssl enc -aes-128-ctr -nosalt -pass "pass:$1" -pbkdf2 -iter 1 \
		-in /dev/zero 2>/dev/null | head -c $(($2 * 1024)) \
		>"$1/sub/$1.bin"
}

# image FILE TREE [genisoimage options]
image()
{
	local file=$1 from=$2
	shift 2
	genisoimage -quiet -R -J -V "$from" "$@" -o "$file" "$from"
}

blocks()
{
	echo $(($(stat -c %s "$1") / 2048))
}

# same_start IMAGE FILE: the file begins with the image.
same_start()
{
	cmp -n "$(stat -c %s "$1")" "$1" "$2"
}

# has_session DISC N IMAGE: what session N holds begins with the image.
has_session()
{
	rm -f session
	"$VDRIVE" export --session "$2" "$1" session &&
		same_start "$3" session
}

# reads_at DISC BLOCK IMAGE: the device gives the image from this block on.
reads_at()
{
	on "$1" dd if=$SR bs=2048 skip="$2" count="$(blocks "$3")" \
		of=read status=none && cmp "$3" read
}

# extracts DISC TREE...: the disc's newest session holds these trees.
extracts()
{
	local disc=$1 one
	shift
	rm -rf extracted
	on "$disc" xorriso -osirrox on -indev $SR \
		-extract / extracted || return 1
	for one; do
		diff -r "$one" "extracted/$one" || return 1
	done
}
