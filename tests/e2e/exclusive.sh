#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The drive is nightburn's alone, or nothing is written; and programs that look
# at drives from time to time are no hindrance.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
cd "$work" || exit 99
mkdir tree mnt
head -c 2000000 /dev/urandom >tree/file
for state in one two; do
	cat >$state.conf <<END
state_dir = "$work/$state"
staging_dir = "$work/$state.staging"
drive "upper" { device = "/dev/sr0" }
pool "p" { discs = { "DB-A", "DB-B" } drives = { "upper" }
  max_nights_on_one_disc = 0 }
job "j" { pool = "p" tree "t" { path = "$work/tree" } }
END
	chmod 600 $state.conf
done
"$vdrive" new --type cd-rw --capacity 300000 A.disc || exit 99

# Opens the drive as told again and again, as udev, udisks and desktops do, or
# keeps it; says so once.
cat >look.py <<'END'
import fcntl, os, sys, time
how, name = sys.argv[1:]
flags = os.O_RDONLY | os.O_NONBLOCK
if how != "poll":
    flags |= os.O_EXCL
count = 0
while True:
    try:
        fd = os.open("/dev/sr0", flags)
    except OSError:
        time.sleep(0.005)
        continue
    for request in (0x5326, 0x5325, 0x5327): # status, changed, kind of disc
        try:
            fcntl.ioctl(fd, request, 0x7fffffff)
        except OSError:
            pass
    count += 1
    with open(name + ".new", "w", encoding="ascii") as file:
        file.write(f"{count}\n")
    os.rename(name + ".new", name)
    time.sleep(0.03 if how != "keep" else 100000)
    os.close(fd)
    time.sleep(0.02)
END

# beside HOW COMMAND...: runs it on disc A, with the program above.
beside()
{
	local how=$1
	shift
	rm -f looked
	timeout 60 "$vdrive" --hurry --faults rules --trace trace \
		--disc A.disc -- sh -c '
		how=$1
		shift
		python3 look.py $how looked & pid=$!
		until [ -e looked ]; do sleep 0.5; done
		echo $pid >pid
		"$@"
		status=$?
		kill $pid
		exit $status' sh "$how" "$@" >out 2>err </dev/null
}
run_one()
{
	timeout 60 "$vdrive" --hurry --faults rules --disc A.disc \
		--trace "${trace-/dev/null}" -- "$@" >out 2>err </dev/null
}
night()
{
	"$@" "$nightburn" -c one.conf run || { cat out err; return 1; }
	says out verified
}
# busy MESSAGE COMMAND...: exit status 5 with these words, and nothing written.
busy()
{
	local message=$1 status
	shift
	: >trace
	"$@" "$nightburn" -c one.conf run
	status=$?
	[ $status = 5 ] || { echo "exit status $status"; cat out err; return 1; }
	says err "$message" && ! grep -E '"op":"(2a|aa|a1|04|5b)"' trace
}

: >rules
check "a first night" night run_one
check "looking from time to time does no harm" night beside poll
looked_often()
{
	cat looked
	[ "$(cat looked)" -gt 3 ]
}
check "it was looked at during that night" looked_often
check "nor does looking alone for a moment, as udev does" \
	night beside alone

held()
{
	busy "/dev/sr0: in use by process " beside keep &&
		says err "/dev/sr0: in use by process $(cat pid) (python3)" &&
		says err "hint: wait until it has finished"
}
check "a drive that another program keeps is named with it" held
# What comes when somebody else saw the disc first.  A reset while the disc is
# written would be another thing.
for what in 6/28/00 6/29/00 2/04/01; do
	printf 'when ready nth %s then sense '"$what\n" 2 4 9 >rules
	check "$what now and then does no harm" night beside poll
done
: >rules

mounted()
{
	busy "/dev/sr0: the disc is mounted at $work/mnt" unshare -m \
		--propagation private sh -c 'mount -t tmpfs /dev/sr0 mnt &&
		exec timeout 60 "$0" --hurry --trace trace --disc A.disc -- "$@" \
			>out 2>err' \
		"$vdrive" && says err "hint: umount $work/mnt"
}
if unshare -m true 2>/dev/null; then
	check "a disc that is mounted is not written" mounted
else
	skip "a disc that is mounted is not written" "no right to mount"
fi

# Another installation, whose lock is another: it burns while we begin.
two_at_once()
{
	local status
	"$vdrive" new --type cd-rw --capacity 30000 other.disc || return 1
	echo 'when write nth 3 then hang' >rules
	timeout 60 "$vdrive" --hurry --faults rules --trace trace \
		--disc other.disc -- sh -c '"$1" -c two.conf run 2>err2 &
		pid=$!
		until grep -q hang trace; do sleep 0.5; done
		"$1" -c one.conf run
		status=$?
		wait $pid
		[ $? = 4 ] || status=99
		exit $status' sh "$build/.libs/nightburn" >out 2>err
	status=$?
	[ $status = 5 ] || { echo "status $status"; cat err err2; return 1; }
	says err "/dev/sr0: in use by process " &&
		says err '(nightburn)'
}
export LD_LIBRARY_PATH=$build/.libs
check "a second nightburn with another state directory names the first" \
	two_at_once
finish
