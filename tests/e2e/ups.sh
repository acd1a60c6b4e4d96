#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guard over the power, with a real upsd and the dummy driver of Network UPS
# Tools on loopback: no work is begun on battery, and a burn is finished or
# ended in order when the power fails in the middle of it.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
nut=
for one in /lib/nut /usr/lib/nut; do
	[ ! -x $one/dummy-ups ] || [ ! -x $one/upsd ] || nut=$one
done
if [ -z "$nut" ] || ! command -v upsc >/dev/null; then
	skip 'the guard over the power' 'Network UPS Tools are not installed'
	finish
	exit 0
fi

driver=
server=
ended()
{
	[ -z "$driver$server" ] || kill "$driver" "$server"
	wait
	at_exit
}
trap ended EXIT

serve()
{
	export NUT_CONFPATH=$work/nut NUT_STATEPATH=$work/nut
	export NUT_ALTPIDPATH=$work/nut
	mkdir -m 700 "$work/nut" && cd "$work/nut" || return 1
	cat >ups.conf <<END
pollinterval = 1
[rack]
	driver = dummy-ups
	port = rack.dev
	mode = dummy-once
END
	printf 'ups.status: OL\nbattery.runtime: 900\n' >rack.dev
	printf '[admin]\n\tpassword = secret\n\tactions = SET\n' >upsd.users
	echo 'MODE = standalone' >nut.conf
	"$nut/dummy-ups" -a rack -F -u root >driver.out 2>&1 &
	driver=$!
	until_true test -S dummy-ups-rack || return 1
	for port in 34911 35713 36517 37319; do
		echo "LISTEN 127.0.0.1 $port" >upsd.conf
		"$nut/upsd" -F -u root >server.out 2>&1 &
		server=$!
		ups=rack@127.0.0.1:$port
		until_true answers && return 0
		wait "$server"
	done
	return 1
}

answers()
{
	! kill -0 "$server" || [ "$(upsc "$ups" ups.status)" = OL ]
}

# power STATUS RUNTIME: until the server says so.
power()
{
	upsrw -s "battery.runtime=$2" -u admin -p secret "$ups" &&
		upsrw -s "ups.status=$1" -u admin -p secret "$ups" &&
		until_true says_power "$1" "$2"
}

says_power()
{
	[ "$(upsc "$ups" ups.status)" = "$1" ] &&
		[ "$(upsc "$ups" battery.runtime)" = "$2" ]
}

mkdir "$work/tree"
head -c 9000000 /dev/urandom >"$work/tree/file"

configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
guard { ups = "$ups" min_runtime = 10m }
drive "upper" { device = "/dev/sr0" }
pool "p" { discs = { "DB-A", "DB-B" } drives = { "upper" } }
job "j" {
	pool = "p"
	tree "t" { path = "$work/tree" }
	before { shell = "test ! -e $work/cut || . $work/cut" }
}
END
	chmod 600 "$work/nb.conf"
}

fresh()
{
	rm -rf "$work/state" "$work/staging" "$work"/*.disc "$work/cut"
	"$vdrive" new --type cd-rw "$work/A.disc" &&
		"$vdrive" new --type cd-rw "$work/B.disc"
}

# nb_on DISC STATUS ARGUMENTS...
nb_on()
{
	local disc=$1 want=$2
	shift 2
	rm -f "$work/trace"
	timeout 200 "$vdrive" --hurry --trace "$work/trace" --disc \
		"$work/$disc.disc" -- "$nightburn" -c "$work/nb.conf" "$@" \
		>"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ $status = "$want" ] && return 0
	echo "nightburn $*: exit status $status, not $want"
	cat "$work/out" "$work/err"
	return 1
}

untouched()
{
	! grep -E '"op":"(a1|04|2a|aa)"' "$work/trace"
}

on_line()
{
	configure && fresh && power OL 900 && nb_on A 0 run &&
		nb_on B 0 run
}

on_battery()
{
	power OB 900 && nb_on A 1 plan && says out 'plan    blank' &&
		says err "$ups: on battery; no dump is started" &&
		nb_on A 1 check-config &&
		says err "$ups: on battery; no dump is started" &&
		nb_on A 1 run &&
		says err "$ups: on battery; no dump is started" &&
		untouched && nb_on A 1 blank &&
		says err "$ups: on battery; no blank is started" && untouched
}

# What a person decides waits for the power, too: a disc of another installation.
adopts_nothing()
{
	local volume
	power OL 900 && "$vdrive" new --type cd-rw "$work/C.disc" &&
		sed "s|$work/state|$work/other|" "$work/nb.conf" \
			>"$work/other.conf" && chmod 600 "$work/other.conf" &&
		"$vdrive" --hurry --disc "$work/C.disc" -- "$nightburn" \
			-c "$work/other.conf" run >"$work/out" 2>&1 &&
		nb_on C 0 disc --json || return 1
	volume=$(sed -n 's/.*"volume_id": *"\([^"]*\)".*/\1/p' "$work/out")
	power OB 900 && nb_on C 1 adopt --as DB-A --volume-id "$volume" &&
		says err "$ups: on battery; no blank is started" && untouched &&
		nb_on C 0 disc && says out "volume id   $volume"
}

low_and_ending()
{
	power 'OL LB' 900 && nb_on A 1 run &&
		says err "$ups: low battery; no dump is started" &&
		power FSD 900 && nb_on A 1 run &&
		says err "$ups: shutdown in progress; no dump is started"
}

not_charged()
{
	power 'OL CHRG' 599 && nb_on A 1 run && says err "$ups: the battery \
lasts 599 s, min_runtime is 600 s; no dump is started" && untouched
}

# A state that says nothing of the mains is no reason to begin.
odd_state()
{
	power BYPASS 900 && nb_on A 1 run && says err "$ups: the state of the \
UPS is \"BYPASS\", neither OL nor OB; no dump is started" && untouched
}

# min_runtime asks for what this UPS does not tell.
tells_no_runtime()
{
	power OL x && nb_on A 1 check-config && nb_on A 1 run && says err \
		"$ups: the UPS does not tell its battery.runtime, min_runtime \
is 600 s; no dump is started" && untouched
}

# The power fails while the dump is taken: a hook plays that.
fails_in_the_dump()
{
	power OL 900 || return 1
	cat >"$work/cut" <<END
upsrw -s ups.status=OB -u admin -p secret $ups
until [ "\$(upsc $ups ups.status)" = OB ]; do sleep 10; done
END
	nb_on A 1 run && says err "$ups: on battery; no blank is started" &&
		says err 'the backup is kept in' && untouched || return 1
	rm "$work/cut"
	power OL 900 && nb_on A 0 run --resume
}

silent()
{
	configure && sed -i "s/ups = \"[^\"]*\"/ups = \"other@${ups#*@}\"/" \
		"$work/nb.conf" && nb_on B 1 run &&
		says err "other@${ups#*@}: the UPS does not respond; no dump is \
started" && untouched || return 1
	sed -i 's/min_runtime = 10m/& unknown = go/' "$work/nb.conf"
	nb_on B 0 run && says err "other@${ups#*@}: the UPS does not respond"
}

# burn_and DISC STATUS: in real time; the power fails when blocks are written.
burn_and()
{
	local pid
	rm -f "$work/trace"
	"$vdrive" --timing 2 --trace "$work/trace" --disc "$work/$1.disc" -- \
		"$nightburn" -c "$work/nb.conf" run >"$work/out" \
		2>"$work/err" </dev/null &
	pid=$!
	until_true writes && power "$2" "$3"
	wait $pid
	status=$?
	echo "exit status $status"
	cat "$work/out" "$work/err"
}

writes()
{
	[ "$(grep -c '"op":"2a"' "$work/trace")" -gt 20 ]
}

lasts()
{
	configure && fresh && power OL 900 && burn_and A OB 5000
	[ "$status" = 0 ] && says err "$ups: the battery lasts 5000 s, the burn needs"
}

does_not_last()
{
	power OL 900 && burn_and B OB 20
	[ "$status" = 4 ] && says err "$ups: the battery lasts 20 s, the burn needs" &&
		says err '; stopping' &&
		says err 'DB-B: the burn failed: the disc is suspect'
}

runs_low()
{
	configure && fresh && power OL 900 && nb_on A 0 run &&
		burn_and B 'OB LB' 700
	[ "$status" = 4 ] && says err "$ups: low battery; stopping the burn"
}

good_copy_left()
{
	power OL 900 && mkdir -p "$work/back" &&
		nb_on A 0 restore --to "$work/back" &&
		cmp "$work/tree/file" "$(find "$work/back" -name file)"
}

check 'upsd answers' serve
cd "$work" || exit 1
check 'on line a night is a night' on_line
check 'on battery nothing is begun' on_battery
check 'on battery a person adopts nothing' adopts_nothing
check 'with a low battery, or before a shutdown, nothing is begun' \
	low_and_ending
check 'a battery that is not charged yet begins nothing' not_charged
check 'a state that is neither OL nor OB begins nothing' odd_state
check 'min_runtime needs a UPS that tells its runtime' tells_no_runtime
check 'the power fails in the dump: no burn, and the dump is kept' \
	fails_in_the_dump
check 'a UPS that does not answer is refused, or let go' silent
check 'the power fails in the burn: it is finished when the battery lasts' \
	lasts
check 'the power fails in the burn: it is ended in order otherwise' \
	does_not_last
check 'a low battery ends a burn' runs_low
check 'the good copy is left' good_copy_left
finish
