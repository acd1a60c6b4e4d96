#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Faults on demand: the grammar, conditions and actions, and each example of
# tests/fault with what a host sees of it.
. "${NB_TOP_SRCDIR:?}/tests/vdrive/fault_common.sh"

SGIO=$NB_TOP_SRCDIR/tests/vdrive/sgio.py

# steps RULES-FILE STEP...: sends them, each with its answer in the trace.
steps()
{
	local file=$1
	shift
	TRACE=$PWD/trace under "$file" python3 "$SGIO" "$@"
}

# sees NN TYPE STEP...: example NN with a blank disc of this type.
sees()
{
	local rules=("$RULES/$1"-*.rules)
	fresh disc "$2"
	shift 2
	steps "${rules[0]}" "$@"
}

# swaps_in NN STEP...: example NN, with "other" on the stack.
swaps_in()
{
	local rules=("$RULES/$1"-*.rules)
	fresh disc cd-rw
	shift
	steps "${rules[0]}" "$@"
	local status=$?
	rm -f other
	return $status
}

# rule RULE TYPE STEP...: one rule and a blank disc.
rule()
{
	echo "$1" >rules
	fresh disc "$2"
	shift 2
	steps rules "$@"
}

# prepare TYPE STEP...: a disc to which this was done without a fault.
prepare()
{
	fresh disc "$1"
	shift
	"$VDRIVE" --disc disc -- python3 "$SGIO" "$@" >/dev/null || exit 99
}

# ---- the grammar ------------------------------------------------------------

refuses()
{
	printf '%s\n' "$1" >broken
	fails_with 125 "$VDRIVE" --empty --faults broken -- true 2>errors
	echo "got: $(cat errors)"
	[ "$(cat errors)" = "vdrive: broken: $2" ]
}
all_parsed()
{
	local file
	for file in "$RULES"/*.rules; do
		echo "$file"
		"$VDRIVE" --disc disc --faults "$file" -- true || return 1
	done
}
manual_parsed()
{
	grep '^when .* then ' "$NB_TOP_SRCDIR/man/vdrive.1" | sed 's/\\-/-/g' >rules
	cat rules
	[ "$(wc -l <rules)" = 4 ] && under rules true
}
names_parsed()
{
	local name
	for name in any medium ready read write sync close blank format \
		reserve cue opc inquiry tray toc discinfo trackinfo capacity \
		modeselect configuration 00 be BE; do
		echo "when $name after $name then hang times forever"
	done >rules
	for name in 'sense 2/04/01 progress 99%' hang 'drop silently' \
		'flip a bit' 'wrong address' short 'timeout without sense' \
		detach 'kill client' 'power loss' 'cache only' 'swap disc' \
		'eject disc' 'damage track' 'other serial' 'signal hup' \
		'signal int' 'signal term'; do
		echo "when any at 9.5 then $name times 2 # why"
	done >>rules
	under rules true
}
rows()
{
	find "$RULES" -name '*rules' -printf '%f\n' | sort | sed 's/-.*//' | tr '\n' ' '
}

fresh disc cd-rw
check "every example is understood" all_parsed
check "every name is understood" names_parsed
check "the examples of the manual are understood" manual_parsed
check "there is an example for each fault of a recorder" \
	gives "$(printf '%02d ' {1..38} 41 43 46 76)" rows
check "a missing file is reported" \
	says '^vdrive: nothing: No such file or directory$' \
	fails_with 125 "$VDRIVE" --empty --faults nothing -- true
check "a rule begins with when" refuses 'if write then hang' \
	"line 1: expected 'when' at 'if'"
check "an invalid command is reported with its line" \
	refuses $'# first\n\nwhen wrte then hang' \
	"line 3: expected a command at 'wrte'"
check "an invalid condition is reported" refuses 'when write then_ hang' \
	"line 1: expected a condition or 'then' at 'then_'"
check "a range that ends before it begins is reported" \
	refuses 'when read lba 9-8 then hang' \
	"line 1: expected the rest of the condition at '9-8'"
check "a count of zero is reported" refuses 'when read nth 0 then hang' \
	"line 1: expected the rest of the condition at '0'"
check "an invalid action is reported" refuses 'when read then explode' \
	"line 1: expected an action at 'explode'"
check "an invalid sense code is reported" \
	refuses 'when read then sense 3/-1/00' \
	"line 1: expected an action at '3/-1/00'"
check "a missing number of times is reported" \
	refuses 'when read then hang times' \
	"line 1: expected a number of times or 'forever' at ''"
check "trailing words are reported" refuses 'when read then hang now' \
	"line 1: expected the end of the rule at 'now'"

# ---- conditions -------------------------------------------------------------

check "a rule without a condition fires once" \
	rule 'when ready then sense 2/04/01' cd-rw \
	"ready = 2/04/01" "ready = good"
check "a command by its code, the third, two times" \
	rule 'when 00 nth 3 then sense 2/04/01 times 2' cd-rw "ready = good" \
	"ready = good" "ready = 2/04/01" "ready = 2/04/01" "ready = good"
check "after so many bytes" \
	rule 'when write after 65536 bytes then sense 3/0c/00' dvd-ram \
	"write 0 = good" "write 16 = good" "write 32 = 3/0c/00" \
	"write 32 = good"
check "a range of addresses, only where it is touched" \
	rule 'when read lba 16-17 then sense 3/11/05 times forever' dvd-ram \
	"write 0 32" "read 0 16 = good" "read 15 2 = 3/11/05" \
	"read 17 1 = 3/11/05" "read 18 14 = good"
check "after another command" \
	rule 'when read after sync then sense 2/04/00' dvd-ram "write 0" \
	"read 0 = good" "sync = good" "read 0 = 2/04/00" "read 0 = good"
check "at a time" rule 'when ready at 5 then sense 2/04/01' cd-rw \
	"ready = good" "! sleep 5" "ready = 2/04/01"
check "the first rule that fires decides, both count" \
	rule $'when ready nth 2 then sense 2/04/01
		when any nth 2 then sense 2/04/00 times 2' cd-rw \
	"ready = good" "ready = 2/04/01" "ready = 2/04/00" "info = 2/04/00" \
	"info = empty"

# ---- actions that no example has --------------------------------------------

SG_TIMEOUT=200 check "a command that hangs ends with the program's time-out" \
	rule 'when write then hang' dvd-ram "write 0 = timeout" "write 0 = good"
check "a client is killed" fails_with 137 \
	rule 'when write nth 2 then kill client' dvd-ram "write 0" "write 16"
check "a client gets a signal" fails_with 143 \
	rule 'when write nth 2 then signal term' dvd-ram "write 0" "write 16"
check "what a killed client had written stays" \
	says 'read 0 = good' on disc python3 "$SGIO" "read 0"
check "a command is cut short" \
	rule 'when read then short' dvd-ram "write 0" \
	"read 0 = 16384 of 32768 bytes" "read 0 = good"

# power_lost RULE TYPE STEP...: and what is on the disc then.
power_lost()
{
	rule "$@"
	[ $? = 137 ] && "$VDRIVE" show disc
}
reset_heard()
{
	echo 'when ready nth 2 then power loss' >rules
	under rules sh -c "python3 '$SGIO' ready ready
		python3 '$SGIO' 'ready = 6/29/00' 'ready = good'"
}
check "power loss: what was not synchronised is lost" \
	says '^state +blank' power_lost 'when write nth 3 then power loss' \
	cd-rw "write 0 = good" "write 16 = good" "write 32"
check "power loss: a track keeps what was synchronised, damaged" \
	says 'track 1 .* 0 +16  data, open, damaged' \
	power_lost 'when write nth 3 then power loss' dvd-r \
	"mode 0" "write 0 = good" "sync = good" "write 16 = good" "write 32"
check "power loss: what it keeps is what was written" \
	on disc python3 "$SGIO" "read 0 16 = good" "track 1 = damaged"
check "power loss: a closed track is whole" \
	says 'track 1 .* 0 +300  data$' power_lost \
	'when ready after sync then power loss' cd-rw "write 0" sync ready
check "power loss: the next program gets a reset" reset_heard
check "power loss in blanking: half blanked" \
	says 'half blanked: power failure' power_lost \
	'when blank then power loss' cd-rw "write 0" sync close blank
check "half blanked, it is blanked again" \
	on disc python3 "$SGIO" "read 0 = 3/11/05" "blank = good" "info = empty"
check "power loss in formatting: half formatted" \
	says 'half formatted: power failure' power_lost \
	'when format then power loss' dvd+rw format
check "half formatted, it is formatted again" \
	on disc python3 "$SGIO" "write 0 = 2/30/10" "format = good" \
	"write 0 = good"

# ---- the examples: what a host sees -----------------------------------------

check "1: no disc" sees 01 cd-rw "ready = 2/3a/00" "info = 2/3a/00" \
	"write 0 = 2/3a/00" "serial = VDRIVE-sr0"
check "1: no disc, for dd" says 'No medium found' \
	under "$(example 01)" dd if=$SR count=1
check "2: pulled out" sees 02 cd-rw "write 0 = good" "write 16 = good" \
	"write 32 = 2/3a/02" "ready = 2/3a/02"
check "2: pulled out, the track is damaged" \
	says 'track 1 .*open, damaged' "$VDRIVE" show disc
fresh other dvd-ram
check "3: changed disc" swaps_in 03 "info = empty" "write 0 = 6/28/00" \
	"write 0 = good"
check "4: reset" sees 04 cd-rw "write 0 = good" "write 16 = good" \
	"write 32 = 6/29/00"
check "5: becoming ready" sees 05 cd-rw "ready = 2/04/01" \
	"within 5 ready = good"
check "6: long write after blanking" sees 06 cd-rw "ready = good" \
	"blank = good" "ready = 2/04/08" "within 5 ready = good"
check "7: not ready, no cause" sees 07 cd-rw "write 0" sync close \
	"read 0 = 2/04/00" "read 0 = 2/04/00" "read 0 = good"
check "8: never ready" sees 08 cd-rw "ready = good" "blank = good" \
	"within 0.2 ready = 2/04/01"
check "9: stuck at 1 %, yet it ends" sees 09 cd-rw "blank = good" \
	"ready = 2/04/07 1%" "ready = 2/04/07 1%" "within 5 ready = good"
check "10: blanking fails" sees 10 cd-rw "write 0" sync close \
	"blank = 3/51/00" "read 0 = good"
check "11: no table of contents on a blank disc" sees 11 cd-rw \
	"info = empty" "toc = 5/24/00"
check "12: illegal mode for this track" sees 12 cd-rw "mode 0 = good" \
	"write 0 = 5/64/00"
prepare dvd-rw "mode 0" "write 0" "sync" "close" "blank"
mv disc other
check "13: DAO only" swaps_in 13 "ready = 6/28/00" "mode 0 = good" \
	"write 0 = 5/64/00"
check "14: write error" sees 14 dvd-ram "write 0 511 = good" \
	"write 511 1 = good" "write 512 = 3/0c/00"
check "15: loss of streaming" sees 15 cd-rw "write 0" "write 16 = good" \
	"write 32 = 3/0c/09"
check "16: power calibration" sees 16 cd-rw "opc = 3/73/03" \
	"write 0 = 3/73/03"
check "17: calibration area full" sees 17 cd-rw "opc = 3/73/02" \
	"write 0 = good" "sync = good" "close = 3/73/05"
check "18: unreadable sector" sees 18 dvd-ram "write 0 32" \
	"read 0 20 = good" "read 16 16 = 3/11/05" "read 21 11 = good" \
	"read 20 1 = 3/11/05"
check "19: run-out blocks" sees 19 cd-rw "write 0 300" sync close \
	"capacity = 302" "read 0 300 = good" "read 300 1 = 3/11/05" \
	"read 299 3 = 3/11/05"
check "19: run-out blocks, without the rule" \
	on disc python3 "$SGIO" "read 300 1 = 5/64/00"
check "20: write protected" sees 20 cd-rw "write 0 = 7/27/00" \
	"blank = 7/27/00" "info = empty"
check "21: incompatible" sees 21 cd-rw "ready = good" "info = 5/30/00" \
	"capacity = 3/31/00"
check "22: background format" sees 22 dvd+rw "format = good" \
	"write 0 = 2/04/04 40%" "within 5 write 0 = good"
check "23: spares used up" sees 23 bd-re "format 0 = good" "write 0 = good" \
	"write 32 = 3/0c/02" "write 32 = 3/0c/02"
check "24: servo, hardware" sees 24 dvd-ram "write 0 = good" \
	"write 16 = 4/09/00" "read 0 = 4/15/01"
check "25: time-out without sense" sees 25 cd-rw "write 0" "write 16" \
	"write 32 = timeout" "ready = good"
check "26: detached" sees 26 cd-rw "write 0" "write 16 = good" \
	"write 32 = enodev" "ready = enodev" "serial = enodev"
check "26: detached, what was acknowledged is on the disc" \
	on disc python3 "$SGIO" "read 0 32 = good"
check "27: acknowledged, nothing written" sees 27 dvd-ram "write 0 = good" \
	"write 16 = good" "read 0 = good" "read 16 = zeros"
check "27: acknowledged, on a CD" sees 27 cd-rw "write 0 = good" \
	"write 16 = good" "write 32 = good" "sync = good" "read 0 = good" \
	"read 16 = zeros" "read 32 = good"
check "27: acknowledged, of an audio track" \
	rule 'when write nth 2 then drop silently' cd-rw "audio 0 300 = good" \
	"audio 300 300 = good" "sync = good" "listen 0 300 = good" \
	"listen 300 300 = silence"
check "28: served from a cache" sees 28 cd-rw "write 0 = good" "sync = good" \
	"close = good" "read 0 = good" "! '$VDRIVE' swap --open" \
	"ready = 2/3a/02" "! '$VDRIVE' swap --close" "within 5 ready = good" \
	"read 0 = zeros"
check "29: flipped bit, wrong address" sees 29 dvd-ram "write 0 = good" \
	"write 16 = good" "write 32 = good" "write 48 = good" "read 0 = good" \
	"read 16 = 1 bit differs" "read 32 = good" "read 48 = zeros" \
	"read 80 = other blocks"
check "30: reading ends at once" sees 30 dvd-ram "capacity = 20000" \
	"write 0 = good" "read 0 = 0 of 32768 bytes" "capacity = nothing"
prepare dvd-ram "write 0"
check "31: another drive cannot read it" steps "$(example 31)" \
	"ready = good" "read 0 = 3/11/05"
check "32: closing fails" sees 32 dvd-r "mode 0" "write 0 = good" \
	"sync = 5/72/01" "close = 5/72/00"
check "33: damaged track" sees 33 cd-rw "write 0 = good" "track 1 = writable" \
	"sync = good" "track 1 = damaged"
fresh other cd-rw 1000
check "34: disc too small" swaps_in 34 "ready = 6/28/00" \
	"write 0 500 = good" "write 500 500 = 5/63/00"
check "35: worn disc" sees 35 dvd-ram "write 0 80" "read 0 16 = good" \
	"read 16 16 = 3/11/00" "read 16 16 = good" "read 40 8 = 3/11/01" \
	"within 5 read 40 8 = good" "within 0.1 read 64 1 = 3/11/05"
check "36: buffer underrun" sees 36 cd-rw "write 0" "write 16 = good" \
	"write 32 = 5/21/02" "track 1 = damaged"
prepare cd-rw "audio 0 300" sync close
mv disc other
check "37: an audio disc" swaps_in 37 "ready = 6/28/00" "info = appendable" \
	"read 0 = 5/64/00"
prepare cd-rw "write 0" sync close
mv disc other
check "38: the last good disc" swaps_in 38 "ready = 6/28/00" "read 0 = good"
check "41: label unreadable" sees 41 dvd-ram "write 0 64" "read 16 4 = good" \
	"read 20 1 = 3/11/05" "read 63 1 = 3/11/05"
prepare cd-r "write 0" sync close
mv disc other
check "43: write-once disc" swaps_in 43 "ready = 6/28/00" "blank = 5/30/05"
check "46: another drive" sees 46 cd-rw "serial = OTHERE-sr0"
check "46: the drive, without the rule" \
	on disc python3 "$SGIO" "serial = VDRIVE-sr0"
fresh other cd-rw
check "76: blank instead of verified" swaps_in 76 "ready = 6/28/00" \
	"info = empty" "read 0 = 5/21/00"
finish
