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
	after { run = \"$work/tell\" }
	on_failure { run = \"$work/tell\" }"

good_night()
{
	configure "$all"
	nb_is 0 run || return 1
	printf 'before first\nbefore two words\nafter\n' |
		diff - "$work/order" || return 1
	grep -v -e _BACKUP_ID= -e _CONFIG= "$work/told.after" >"$work/told"
	diff - "$work/told" <<END
NIGHTBURN_BURNED=yes
NIGHTBURN_DEVICE=stdio:$work/A.img
NIGHTBURN_DISC=A
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
		grep -qx NIGHTBURN_RESULT=source "$work/told.on_failure"
}

person_needed()
{
	configure "$all"
	rm "$work/A.img"
	nb_is 3 run && [ "$(tail -n 1 "$work/order")" = on_failure ] &&
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
check 'the id of the backup that a hook is told is the one of the catalog' \
	knows_the_backup
check 'a failing hook before the night ends it, nothing is read or burned' \
	before_fails
check 'a hook that hangs is ended at its deadline' before_hangs
check 'a source that fails is told to on_failure' dump_fails
check 'a night that needs a person is told to on_failure' person_needed
check 'a backup stays verified when a hook after it fails; somebody is told' \
	after_fails
check 'a hook after the night may call nightburn' after_calls_nightburn
check 'a program that is not there is named' no_such_program
check 'a hook runs as the user it names' other_user
check 'a signal ends a hook before the night; on_failure is told' signalled
check 'dry runs, plans and sessions by hand have no hooks' no_hooks
finish
