#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The inhibitor lock of logind, over a real bus: held while a disc is in the
# making, and not a moment longer.  logind is python3-dbusmock's.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
cd "$work" || exit 99
daemon=
logind=
silent=
at_end()
{
	local pid
	for pid in $logind $daemon $silent; do
		kill "$pid" && wait "$pid"
	done 2>/dev/null
	at_exit
}
trap at_end EXIT

missing()
{
	ldd "$build/.libs/libnightburn.so" | grep -q libsystemd ||
		{ echo "built without libsystemd"; return; }
	command -v dbus-daemon dbus-send >/dev/null ||
		{ echo "no dbus-daemon"; return; }
	/usr/bin/python3 -c 'import dbusmock' 2>/dev/null ||
		echo "no python3-dbusmock"
}

why=$(missing)
if [ -n "$why" ]; then
	skip "the inhibitor lock" "$why"
	finish
	exit 0
fi

export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/bus
cat >bus.conf <<END
<busconfig>
  <type>system</type>
  <listen>unix:path=$work/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/><allow own="*"/><allow user="*"/>
  </policy>
</busconfig>
END

list()
{
	dbus-send --system --print-reply=literal --reply-timeout=5000 \
		--dest=org.freedesktop.login1 /org/freedesktop/login1 \
		org.freedesktop.login1.Manager.ListInhibitors 2>&1
}

held()
{
	list >locks && grep -q 'shutdown:sleep.*nightburn.*block' locks
}

# Nothing, but an answer.
free()
{
	list >locks && ! grep -q nightburn locks
}

mkdir tree
echo one >tree/file
cat >nb.conf <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "/dev/sr0" }
pool "p" { discs = { "DB-A", "DB-B" } drives = { "upper" }
  max_nights_on_one_disc = 0 }
job "j" { pool = "p" tree "t" { path = "$work/tree" } }
END
chmod 600 nb.conf
for disc in A B; do
	"$vdrive" new --type cd-rw --capacity 30000 $disc.disc
done

# on DISC STATUS RULE ARGUMENTS...
on()
{
	local disc=$1 want=$2
	echo "$3" >rules
	shift 3
	: >trace
	timeout 60 "$vdrive" --hurry --faults rules --trace trace \
		--disc "$disc.disc" -- "$nightburn" -c nb.conf "$@" \
		>out 2>err </dev/null
	status=$?
	[ $status = "$want" ] && return 0
	echo "nightburn $*: exit status $status, not $want"
	cat out err
	return 1
}

# during CHECK DISC STATUS RULE ARGUMENTS...: what holds while the command of RULE
# hangs, and that nothing is held afterwards.
during()
{
	local look=$1 pid seen
	shift
	: >trace
	on "$@" &
	pid=$!
	until_true grep -q '"end":"hang"' trace && "$look"
	seen=$?
	cat locks
	wait $pid && [ $seen = 0 ] && until_true free
}

silent_without()
{
	on A 0 '' run && on B 0 '' -v run && says err 'logind: no inhibitor lock'
}

start_bus()
{
	dbus-daemon --config-file="$work/bus.conf" --nofork --nopidfile \
		2>bus.err &
	daemon=$!
	until_true [ -S bus ]
}

start_logind()
{
	/usr/bin/python3 -m dbusmock --system --template logind \
		>logind.out 2>&1 </dev/null &
	logind=$!
	until_true free
}

taken_and_left()
{
	local call='Inhibit "shutdown:sleep" "nightburn" "a disc is being burned'
	local before
	before=$(grep -c "$call" logind.out)
	on A 0 '' -v run && says err 'logind: inhibitor lock taken' || return 1
	[ "$(grep -c "$call" logind.out)" = $((before + 1)) ] &&
		until_true free
}

after_kill()
{
	on A 137 'when write nth 2 then kill client' run && until_true free
}

adopt_it()
{
	on B 0 '' disc --json
	volume=$(sed -n 's/.*"volume_id": *"\([^"]*\)".*/\1/p' out)
	on B 0 '' adopt --as DB-B --volume-id "$volume" && until_true free &&
		grep 'Inhibit .* "a disc is being blanked"' logind.out
}

no_answer()
{
	local began=$SECONDS
	local -x DBUS_SYSTEM_BUS_ADDRESS=unix:path=$work/silent
	python3 -c "
import socket, time
s = socket.socket(socket.AF_UNIX)
s.bind('silent')
s.listen()
time.sleep(60)" &
	silent=$!
	until_true [ -S silent ] && on A 0 '' -v run &&
		says err 'logind: no inhibitor lock: Connection timed out' &&
		[ $((SECONDS - began)) -lt 15 ]
}

check "without a bus the run continues, and only --verbose reports it" \
	silent_without
check "a bus that says nothing is not waited for" no_answer
start_bus
check "without logind, too" on A 0 '' run
start_logind || { cat logind.out bus.err; exit 99; }
check "not held in the first look" during free A 0 \
	'when discinfo then hang' run
check "taken once for a night, and left" taken_and_left
check "held while a disc is blanked" during held B 4 \
	'when blank then hang' blank
check "taken when a disc is adopted" adopt_it
check "held in the read-back" during held B 0 \
	'when read after sync then hang' run
check "left by a night that is killed" after_kill
check "held during a burn, released when it fails" during held B 4 \
	'when write nth 2 then hang' append
finish
