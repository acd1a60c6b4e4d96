#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The administrator's programs around a run: when they run, what they are told,
# and what becomes of a night when one of them fails or hangs.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

mkdir "$work/tree"
echo one >"$work/tree/file"
cat >"$work/tell" <<END
#!/bin/sh
env | grep ^NIGHTBURN_ | sort >"$work/told.\$NIGHTBURN_HOOK"
echo "\$NIGHTBURN_HOOK" "\$@" >>"$work/order"
END
chmod 755 "$work/tell"

cat >"$work/die" <<END
#!/bin/sh
test -e "$work/died" || { : >"$work/died"; kill -KILL \$PPID; }
END
chmod 755 "$work/die"

# configure HOOKS: a fresh disc, and a job with them.
configure()
{
	rm -rf "$work/state" "$work/staging" "$work"/*.img "$work"/told.* \
		"$work/order"
	: >"$work/A.img"
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "d" { device = "stdio:$work/A.img" capacity = 20M }
pool "p" { discs = { "A" } drives = { "d" } rotation = append }
job "j" {
	pool = "p"
	tree "t" { path = "$work/tree" }
	$1
}
END
	chmod 600 "$work/nb.conf"
}

all="before { run = { \"$work/tell\", \"first\" } }
	before { run = { \"$work/tell\", \"two words\" } }
	after_read { run = \"$work/tell\" }
	after { run = \"$work/tell\" }
	on_failure { run = \"$work/tell\" }
	always { run = \"$work/tell\" }"

good_night()
{
	configure "$all"
	nb_is 0 run || return 1
	printf 'before first\nbefore two words\nafter_read\nafter\nalways\n' |
		diff - "$work/order" || return 1
	grep -v -e _BACKUP_ID= -e _CONFIG= "$work/told.after" >"$work/told"
	diff - "$work/told" <<END
NIGHTBURN_BURNED=yes
NIGHTBURN_DEVICE=stdio:$work/A.img
NIGHTBURN_DISC=A
NIGHTBURN_ERROR=
NIGHTBURN_GENERATION=1
NIGHTBURN_HOOK=after
NIGHTBURN_JOB=j
NIGHTBURN_PLAN=fresh
NIGHTBURN_POOL=p
NIGHTBURN_REASON=$(sed -n 's/^NIGHTBURN_REASON=//p' "$work/told.before")
NIGHTBURN_RESULT=done
NIGHTBURN_STAGED=no
NIGHTBURN_STATUS=0
NIGHTBURN_VERIFIED=yes
NIGHTBURN_WANTED=
END
}

# Before the end nobody knows how it ends.
told_the_truth()
{
	local hook
	for hook in before after_read; do
		grep -qx NIGHTBURN_RESULT=running "$work/told.$hook" &&
			grep -qx NIGHTBURN_STATUS= "$work/told.$hook" ||
			return 1
	done
	grep -qx NIGHTBURN_VERIFIED=no "$work/told.after_read" &&
		grep -qx NIGHTBURN_RESULT=done "$work/told.always"
}

knows_the_backup()
{
	local id
	id=$(sed -n 's/^NIGHTBURN_BACKUP_ID=//p' "$work/told.after")
	"$nightburn" -c "$work/nb.conf" list | grep -qF "$id"
}

before_fails()
{
	configure "before { shell = \"echo full >&2; exit 3\" }
		before { run = \"$work/tell\" }
		on_failure { run = \"$work/tell\" }"
	nb_is 1 run &&
		says err 'hook before: echo full >&2; exit 3: exit status 3: full' &&
		[ "$(cat "$work/order")" = on_failure ] &&
		grep -qx NIGHTBURN_STATUS=1 "$work/told.on_failure" &&
		grep -qx NIGHTBURN_BURNED=no "$work/told.on_failure" &&
		[ ! -s "$work/A.img" ] && [ -z "$(ls "$work/staging")" ]
}

before_hangs()
{
	configure 'before { run = { "sleep", "1000" } timeout = 1 }'
	nb_is 1 run &&
		says err 'hook before: sleep' && [ ! -s "$work/A.img" ]
}

dump_fails()
{
	configure "$all"
	mv "$work/tree" "$work/gone"
	nb run
	mv "$work/gone" "$work/tree"
	[ "$status" = 1 ] && [ "$(cat "$work/order")" = on_failure ] &&
		grep -qx NIGHTBURN_RESULT=source "$work/told.on_failure" &&
		grep "^NIGHTBURN_ERROR=.*$work/tree: " \
			"$work/told.on_failure"
}

# quiet HOOKS: a job that quiesces what $work/server stands for.
quiet()
{
	configure "before { shell = \"echo quiet >$work/server\" }
		always { shell = \"echo serves >$work/server\" }
		${1:-}"
	rm -f "$work/server"
}

serves()
{
	[ "$(cat "$work/server")" = serves ] &&
		[ -z "$(find "$work/state" -name 'hooks-*')" ]
}

ends_quiet()
{
	quiet && nb_is 0 run && serves || return 1
	quiet "$(printf 'before { shell = "exit 1" }')" && nb_is 1 run &&
		serves || return 1
	quiet "before { shell = \"mv $work/tree $work/gone\" }"
	nb run
	mv "$work/gone" "$work/tree"
	[ "$status" = 1 ] && serves || return 1
	quiet && rm "$work/A.img" && nb_is 3 run && serves || return 1
	quiet 'before { shell = "kill -TERM $PPID; sleep 60" }' &&
		nb_is 1 run && serves || return 1
	quiet 'after { run = "false" }' && nb_is 1 run && serves
}

# Whoever starts next, a run or a person who checks the disc.
dies_quiet()
{
	local next
	for next in verify run; do
		quiet "before { run = \"$work/die\" }"
		: >"$work/died"
		nb_is 0 run && serves && rm "$work/died" || return 1
		"$nightburn" -c "$work/nb.conf" run 2>"$work/err"
		[ $? = 137 ] && [ "$(cat "$work/server")" = quiet ] || return 1
		nb "$next"
		says err 'job j: a run died before its hooks "always" were run' &&
			serves && [ "$status" = 0 ] || return 1
	done
}

# What could not be done is tried again.
# The job, or only the block, has gone from the configuration: somebody has to
# know, at each start, until it was seen to.
owed_by_none()
{
	local change why told
	for change in '/always {/d' 's/job "j"/job "k"/'; do
		case $change in
		/*) why='it has none any more' ;;
		*) why='the configuration does not have it any more' ;;
		esac
		told="job j: a run died before its hooks \"always\" were run, and"
		quiet "before { run = \"$work/die\" }"
		: >"$work/died"
		nb_is 0 run && rm "$work/died" || return 1
		"$nightburn" -c "$work/nb.conf" run 2>"$work/err"
		[ $? = 137 ] && sed -i "$change" "$work/nb.conf" || return 1
		for _ in 1 2; do
			nb_is 0 verify && says err "$told $why" && ! serves ||
				return 1
		done
		says err "then rm $work/state/hooks-j" &&
			rm "$work/state/hooks-j" && nb verify &&
			! grep "a run died" "$work/err" || return 1
	done
}

always_fails()
{
	quiet 'always { shell = "exit 3" }' && nb_is 1 run &&
		says err 'hook always: exit 3: exit status 3' &&
		says err 'A: the backup is verified, generation 1' &&
		[ -e "$work/state/hooks-j" ] && nb verify &&
		says err 'a run died before its hooks "always" were run' &&
		sed -i '/exit 3/d' "$work/nb.conf" && nb_is 0 verify && serves
}

# A second run finds the hooks of the first one still running.
not_twice()
{
	quiet "always { shell = \"$nightburn -c $work/nb.conf run 2>$work/told; \
echo \$? >>$work/told\" }"
	nb_is 0 run && grep -q 'job j: the hooks of another run are still' \
		"$work/told" && [ "$(tail -n 1 "$work/told")" = 5 ] && serves
}

# The disc is as long as it was told, when the sources are free again.
free_in_the_burn()
{
	configure "after_read { shell = \"echo \$NIGHTBURN_BURNED >$work/told\" }"
	nb_is 0 run && [ "$(cat "$work/told")" = no ] || return 1
	configure 'after_read { shell = "exit 7" }'
	nb_is 1 run && says err 'hook after_read: exit 7: exit status 7' &&
		says err 'A: the backup is verified, generation 1' || return 1
	configure "after_read { run = \"$work/tell\" }"
	rm "$work/A.img"
	nb_is 3 run && [ ! -e "$work/order" ]
}

# The hook stops the recorder, so that the burn cannot end; its last words
# are in the trace of the recorder before all was written.
ends_in_the_burn()
{
	local vdrive=$build/vdrive
	cat >"$work/read" <<END
#!/bin/sh
recorder=\$(ps -o ppid= -p "\$PPID")
kill -STOP \$recorder
! grep '"op":"35"' "$work/trace" && echo '{"op":"read"}' >>"$work/trace"
kill -CONT \$recorder
END
	chmod 755 "$work/read"
	configure "after_read { run = \"$work/read\" }"
	sed -i 's,^drive.*,drive "d" { device = "/dev/sr0" },' "$work/nb.conf"
	head -c 4000000 /dev/urandom >"$work/tree/large"
	"$vdrive" new --type cd-rw --capacity 30000 "$work/A.disc" &&
		timeout 100 "$vdrive" --hurry --timing 2 --trace "$work/trace" \
			--disc "$work/A.disc" -- "$nightburn" -c "$work/nb.conf" \
			run >"$work/out" 2>"$work/err" </dev/null
	status=$?
	rm "$work/tree/large"
	[ $status = 0 ] || { cat "$work/err"; return 1; }
	[ "$(grep -oE '"op":"(read|35)"' "$work/trace" | head -n 1)" = \
		'"op":"read"' ] && grep -q '"op":"35"' "$work/trace"
}

person_needed()
{
	configure "$all"
	rm "$work/A.img"
	nb_is 3 run && [ "$(tail -n 2 "$work/order")" = 'on_failure
always' ] &&
		grep -qx NIGHTBURN_STATUS=3 "$work/told.on_failure" &&
		grep -qx NIGHTBURN_STAGED=yes "$work/told.on_failure"
}

after_fails()
{
	configure 'after { run = "false" }'
	nb_is 1 run && says err 'hook after: false: exit status 1' &&
		says err 'A: the backup is verified, generation 1' &&
		nb_is 0 verify
}

# The lock is free again: it may call nightburn.
after_calls_nightburn()
{
	configure "after { run = { \"$nightburn\", \"-c\", \"$work/nb.conf\",
		\"verify\" } }"
	nb_is 0 run
}

no_such_program()
{
	configure 'before { run = "/nowhere/hook" }'
	nb_is 1 run && says err '/nowhere/hook'
}

other_user()
{
	configure "before { shell = \"id -un >&2; exit 1\" run_as = nobody }"
	nb_is 1 run && says err 'exit status 1: nobody'
}

# The hook itself asks the night to end; what tells somebody of it still runs.
signalled()
{
	configure "before { shell = \"kill -TERM \$PPID; sleep 60\" }
	on_failure { run = \"$work/tell\" }"
	nb_is 1 run && says err 'ended by SIGTERM' &&
		grep -qx 'NIGHTBURN_STATUS=1' "$work/told.on_failure"
}

# What is only looked at, or put there by a person, is no night.
no_hooks()
{
	configure "$all"
	nb_is 0 run --dry-run && nb_is 0 plan && [ ! -e "$work/order" ] &&
		nb_is 0 run && rm "$work/order" &&
		nb_is 0 append "$work/tree" && [ ! -e "$work/order" ]
}

check 'hooks run in the order of the file, with what they need to know' \
	good_night
check 'before the end a hook is told that the run goes on' told_the_truth
check 'the id of the backup that a hook is told is the one of the catalog' \
	knows_the_backup
check 'a failing hook before the night ends it, nothing is read or burned' \
	before_fails
check 'a hook that hangs is ended at its deadline' before_hangs
check 'a source that fails is told to on_failure' dump_fails
check 'whatever ends a night, what was quiesced serves again' ends_quiet
check 'after kill -9 the next start sees to that' dies_quiet
check 'what is configured no longer is told until somebody has done it' \
	owed_by_none
check 'what "always" could not do is tried again' always_fails
check 'no run of the job begins before "always" has ended' not_twice
check 'the sources are free before the burn has ended' free_in_the_burn
check 'what runs then ends before the burn does' ends_in_the_burn
check 'a night that needs a person is told to on_failure' person_needed
check 'a backup stays verified when a hook after it fails; somebody is told' \
	after_fails
check 'a hook after the night may call nightburn' after_calls_nightburn
check 'a program that is not there is named' no_such_program
check 'a hook runs as the user it names' other_user
check 'a signal ends a hook before the night; on_failure is told' signalled
check 'dry runs, plans and sessions by hand have no hooks' no_hooks
finish
