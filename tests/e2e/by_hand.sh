#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files that were appended by hand come back, and every hint that leads to them
# works when it is typed.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
mkdir -p "$work/tree" "$work/mine/deep"
echo page >"$work/tree/index.php"
echo first >"$work/env.sh"
echo deep >"$work/mine/deep/file"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "DB-A", "DB-B" }  drives = { "upper" } }
job "nightly" { pool = "db"  tree "www" { path = "$work/tree" } }
END
chmod 600 "$work/nb.conf"

# at SECONDS COMMAND...: so long after the noon of today; dates have seconds.
noon=$(date -u -d "$(date -u +%F) 12:00" +%s)
at()
{
	SOURCE_DATE_EPOCH=$((noon + $1)) nb_is 0 "${@:2}"
}

appended()
{
	at 0 run && at 60 append "$work/env.sh" "$work/mine" &&
		echo second >"$work/env.sh" && at 120 append "$work/env.sh"
}
check "two backups by hand" appended

# restores CONTENT ARGUMENTS...: env.sh comes back.
restores()
{
	local content=$1
	shift
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back" "$@" &&
		[ "$(cat "$work/back/tree/env.sh")" = "$content" ]
}

by_job()
{
	local result=1
	restores second -j append && restores second -j append newest &&
		restores second -j append newest tree/env.sh &&
		restores second -j append --at "$(date -u +%F)" &&
		restores second --salvage -j append &&
		nb_is 0 restore --stdout -j append && [ "$(cat "$work/out")" = \
		second ] && nb_is 0 restore --list -j append &&
		says out "job append" || return 1
	mv "$work/state" "$work/away"
	restores second -j append && result=0
	rm -rf "$work/state"
	mv "$work/away" "$work/state"
	return $result
}
check "-j append means the newest of them" by_job

by_id()
{
	local id content=second
	nb_is 0 find env.sh && [ "$(wc -l <"$work/out")" = 2 ] || return 1
	for id in $(sed 's|.* ||; s|/.*||' "$work/out"); do
		restores $content "$id" && restores $content "$id" tree/env.sh &&
			restores $content "$id" "$id/tree/env.sh" || return 1
		content=first
	done
}
check "their ids mean each of them" by_id

# the_id: of the last hint.
the_id()
{
	sed -n 's/^hint: name that as the backup: //p' "$work/err"
}

# named ARGUMENTS...: restore says that another backup has it; with that name as
# the backup it comes back.
named()
{
	local id
	rm -rf "$work/back"
	nb restore --to "$work/back" "$@"
	says err "another backup on this disc has it" && id=$(the_id) &&
		[ -n "$id" ] && restores second "$id" tree/env.sh
}
for form in "1 tree/env.sh" "newest tree/env.sh" "--source env.sh" \
	"--source env.sh 1" "--path env.sh" "--path tree/env.sh" \
	"--at $(date -u +%F) --path env.sh" "--this-disc --source env.sh" \
	"--salvage 1 tree/env.sh"; do
	# shellcheck disable=SC2086
	check "restore $form: the backup that has it is named" named $form
done

# typed ARGUMENTS...: the same command, with the id that it names.
typed()
{
	local id
	nb restore "$@"
	id=$(the_id)
	[ -n "$id" ] && nb_is 0 restore "$@" "$id" && [ -s "$work/out" ]
}
for form in "--stdout --path env.sh" "--stdout --source env.sh" \
	"--list --path env.sh" "--list --source env.sh"; do
	# shellcheck disable=SC2086
	check "restore $form, and the hint typed" typed $form
done

# In the place of the backup: the path, and the path as find shows it.
path_only()
{
	local hint path
	nb_is 0 find env.sh || return 1
	for path in tree/env.sh tree/mine/deep $(sed 's/.* //' "$work/out"); do
		rm -rf "$work/back"
		nb_is 1 restore --to "$work/back" "$path" || return 1
		hint=$(sed -n 's/^hint: a path follows the backup: //p' \
			"$work/err")
		# shellcheck disable=SC2086
		[ -n "$hint" ] && nb_is 0 restore --to "$work/back" $hint &&
			[ -e "$work/back/tree/${path##*tree/}" ] || return 1
	done
}
check "a path without a backup" path_only

listed()
{
	local id
	nb_is 0 restore --list && says out "job nightly" &&
		says err "2 backups appended by hand, the newest is" &&
		says err "hint: -j append lists it, an id any of them" &&
		id=$(sed -n 's/.* the newest is //p' "$work/err") &&
		nb_is 0 restore --list "$id" && says out "job append" &&
		nb_is 0 restore --list --device "stdio:$work/discs/A" "$id" &&
		nb_is 0 restore --list -j append && says out "$id"
}
check "restore --list tells of them" listed

# The disc that alone has them is not blanked, until somebody says so.
not_blanked()
{
	local alone="the disc alone holds something that no newer backup has: \
tree env.sh (20" id
	insert B
	at 180 run && insert A || return 1
	nb_is 3 plan && tr -s '\n ' ' ' <"$work/out" | grep -qF "$alone" ||
		return 1
	nb_is 3 blank && says err "$alone" && nb_is 3 run &&
		says err "$alone" && says err ", appended by hand) and 1 other" &&
		says err "nightburn restore BACKUP --to DIR" || return 1
	# The night before it has the same generation.
	id=$(sed -n 's/.* (\(20[^,]*\), appended by hand.*/\1/p' "$work/err")
	restores second "$id" && restores second 1 -j append &&
		restores second -j append
}
check "a disc that alone has them is not blanked" not_blanked

# On B, too: A may go, and then B has the only ones.
elsewhere()
{
	insert B
	at 240 append "$work/env.sh" "$work/mine" && insert A &&
		at 300 run && says err "blanking DB-A" && insert B || return 1
	nb_is 3 run && says err "tree env.sh (20" && says err ", appended by hand)" &&
		at 360 run --accept-shrink && says err "accepted: disc DB-B \
alone holds tree env.sh (20" && says err ", appended by hand) and 1 other"
}
check "the last one of several is kept, or named when it is given up" elsewhere

# Another file has that name, on B.
namesake()
{
	local disc
	rm -rf "$work"/{state,staging,discs}
	make_discs
	mkdir -p "$work"/{one,two}
	echo 1 >"$work/one/plan.txt"
	echo 2 >"$work/two/plan.txt"
	insert A
	at 0 run && at 60 append "$work/one/plan.txt" && insert B &&
		at 120 run && at 180 append "$work/two/plan.txt" && insert A ||
		return 1
	nb_is 3 run && says err "tree plan.txt (20" ||
		return 1
	insert B
	at 240 append "$work/one/plan.txt" && insert A && at 300 run &&
		says err "blanking DB-A"
}
check "another file of the same name is no copy of it" namesake

finish
