# SPDX-License-Identifier: GPL-2.0-or-later
# Common to the tests of vdrive with real programs: TAP, a directory that goes
# away, small trees and discs.  Sourced by bash.

set -u
export LC_ALL=C SOURCE_DATE_EPOCH=1700000000
VDRIVE=${VDRIVE:-$NB_TOP_BUILDDIR/vdrive}
DIR=$(mktemp -d "${TMPDIR:-/tmp}/vdrive-test.XXXXXX") || exit 99
trap 'rm -rf "$DIR"' EXIT
cd "$DIR" || exit 99
count=0
SR=/dev/sr0

# check NAME COMMAND...: one test; its output is shown when it fails.
check()
{
	local name=$1 status
	shift
	count=$((count + 1))
	"$@" >"$DIR/out" 2>&1
	status=$?
	if [ $status = 0 ]; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		echo "# exit status $status of:" $*
		tail -n 30 "$DIR/out" | tr '\r' '\n' | sed 's/^/# /'
	fi
}

# skip NAME REASON
skip()
{
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

done_testing()
{
	echo "1..$count"
}

have()
{
	command -v "$1" >/dev/null
}

# on DISC COMMAND...: with the disc in the drive; standard input is empty.
on()
{
	local disc=$1
	shift
	timeout 120 "$VDRIVE" --disc "$disc" -- "$@" </dev/null
}

# says TEXT COMMAND...: the output of the command has a line that matches.
says()
{
	local text=$1
	shift
	"$@" >"$DIR/said" 2>&1
	tr '\r' '\n' <"$DIR/said"
	grep -Eq -- "$text" "$DIR/said"
}

# gives TEXT COMMAND...: standard output is exactly this.
gives()
{
	local text=$1 said
	shift
	said=$("$@" 2>"$DIR/errors")
	cat "$DIR/errors"
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
	rm -f "$DIR/session"
	"$VDRIVE" export --session "$2" "$1" "$DIR/session" &&
		same_start "$3" "$DIR/session"
}

# reads_at DISC BLOCK IMAGE: the device gives the image from this block on.
reads_at()
{
	on "$1" dd if=$SR bs=2048 skip="$2" count="$(blocks "$3")" \
		of="$DIR/read" status=none && cmp "$3" "$DIR/read"
}

# extracts DISC TREE...: the disc's newest session holds these trees.
extracts()
{
	local disc=$1 one
	shift
	rm -rf "$DIR/extracted"
	on "$disc" xorriso -osirrox on -indev $SR \
		-extract / "$DIR/extracted" || return 1
	for one; do
		diff -r "$one" "$DIR/extracted/$one" || return 1
	done
}
