#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs that die, and what the next one makes of it: what can be proved is
# finished, the rest is suspect, nothing is guessed.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
mkdir "$work/tree"
echo one >"$work/tree/file"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "/dev/sr0" }
pool "p" { discs = { "DB-A", "DB-B" } drives = { "upper" }
  max_nights_on_one_disc = 0 }
job "j" { pool = "p" tree "t" { path = "$work/tree" } }
END
chmod 600 "$work/nb.conf"
cd "$work" || exit 99

fresh()
{
	rm -rf state staging ./*.disc
	"$vdrive" new --type "$1" --capacity 30000 A.disc
	"$vdrive" new --type "$1" --capacity 30000 B.disc
	rule=
}

# nb_on DISC STATUS ARGUMENTS...: with $rule, when it is set.
nb_on()
{
	local disc=$1 want=$2
	shift 2
	echo "${rule-}" >rules
	timeout 100 "$vdrive" --hurry --faults rules --disc "$disc.disc" -- \
		"$nightburn" -c nb.conf "$@" >out 2>err </dev/null
	status=$?
	rule=
	[ $status = "$want" ] && return 0
	echo "nightburn $*: exit status $status, not $want"
	cat out err
	return 1
}

two_nights()
{
	fresh "$1" && nb_on A 0 run && nb_on B 0 run
}

in_read_back()
{
	two_nights cd-rw || return 1
	rule='when read after sync then kill client'
	nb_on A 137 run || return 1
	nb_on A 0 run &&
		says err 'DB-A: a run died in step verify: the disc is suspect' &&
		says err 'DB-A: generation 3 of the run that died is good' &&
		says out 'generation 4 on disc DB-A, session 2' &&
		nb_on A 0 list && says out '   3  '
}

by_verify()
{
	two_nights cd-rw || return 1
	rule='when read after sync then kill client'
	nb_on A 137 run && nb_on B 0 run &&
		says err 'DB-A: a run died in step verify' &&
		says out 'generation 3 on disc DB-B, session 2' || return 1
	# Its generation is another backup by now.
	nb_on A 3 verify && says err 'generation 3 is now another backup' &&
		nb_on A 3 run && says err 'the disc is suspect'
}

# Its backup was burned on the other disc meanwhile: it has its turn again when
# that is not the newest any more.
twin()
{
	two_nights cd-rw || return 1
	rule='when read after sync then kill client'
	nb_on A 137 run && nb_on B 0 run --resume &&
		says out 'generation 3 on disc DB-B, session 2' &&
		nb_on A 3 verify &&
		says err 'DB-A: not recorded: disc DB-B holds the same backup,' &&
		says err 'hint: run nightburn verify again after the next backup' &&
		nb_on B 0 run && says out 'generation 4 on disc DB-B' &&
		nb_on A 0 verify && [ ! -s err ] &&
		nb_on A 0 run && says err 'blanking DB-A (generation 3)' &&
		says out 'generation 5 on disc DB-A, session 1'
}

# What died is good, so the next run appends to the disc; nothing is recorded.
plans_as_run_does()
{
	local before command
	before=$(sha256sum state/journal)
	for command in plan 'run -n'; do
		# shellcheck disable=SC2086
		nb_on A 0 $command && says out 'plan    append' &&
			says err 'DB-A: a run died before generation 3 was verified' &&
			! grep -q 'old copy' err || return 1
	done
	nb_on B 0 plan && says out 'disc    DB-B' &&
		[ "$before" = "$(sha256sum state/journal)" ]
}

# The burn that is to be repeated was good.
resume_finds_it_good()
{
	two_nights cd-rw || return 1
	rule='when read after sync then kill client'
	nb_on A 137 run && nb_on A 0 run --resume &&
		says err 'is on disc DB-A already, verified: nothing is burned' &&
		says out 'generation 3 on disc DB-A' && [ -z "$(ls staging)" ] &&
		nb_on B 0 run && says out 'generation 4 on disc DB-B'
}

by_verify_at_once()
{
	two_nights cd-rw || return 1
	rule='when read after sync then kill client'
	nb_on A 137 run && plans_as_run_does &&
		nb_on A 0 verify && says out 'generation 3' && nb_on A 0 run &&
		says out 'generation 4 on disc DB-A, session 2'
}

in_burn()
{
	two_nights "$1" || return 1
	rule='when write nth 8 then power loss'
	nb_on A 137 run || return 1
	nb_on A 3 run && says err 'DB-A: a run died in step burn' &&
		nb_on B 0 run --resume && says out 'on disc DB-B, session 2'
}

in_blank()
{
	two_nights cd-rw || return 1
	rule='when blank then power loss'
	nb_on A 137 run || return 1
	nb_on A 3 run && says err 'DB-A: a run died in step blank' &&
		nb_on B 0 run --resume &&
		says out 'on disc DB-B, session 2' || return 1
	nb_on A 0 adopt --as DB-A --volume-id '' && nb_on A 0 run &&
		says out 'on disc DB-A, session 1'
}

# Of another installation, with the name of a disc of ours: that is not ours.
in_adoption()
{
	two_nights cd-rw || return 1
	"$vdrive" new --type cd-rw --capacity 30000 C.disc
	mv state ours && nb_on C 0 run && rm -r state && mv ours state &&
		nb_on C 0 disc --json || return 1
	volume=$(sed 's/.*"volume_id": "\([^"]*\)".*/\1/' out)
	rule='when blank then kill client'
	nb_on C 137 adopt --as DB-A --volume-id "$volume" &&
		nb_on A 0 run &&
		says err 'blanking DB-A (generation 1)'
}

in_dump()
{
	two_nights cd-rw || return 1
	mkdir -p staging/20000101T000000Z-00000000.partial \
		staging/photos.partial
	echo mine >staging/photos.partial/1.jpg
	echo mine >staging/download.iso.partial
	nb_on A 0 run && [ ! -e staging/20000101T000000Z-00000000.partial ] &&
		! grep -F -e photos -e download err && [ -e staging/photos.partial/1.jpg ] &&
		[ -e staging/download.iso.partial ] &&
		rm -r staging/{photos,download.iso}.partial
}

check "died while it read back: what is good is recorded" in_read_back
check "verify records it, too" by_verify_at_once
check "a burn that is good is not repeated by --resume" resume_finds_it_good
check "not when its generation was used again" by_verify
check "a second copy of a backup is recorded when there is a newer one" twin
check "died while it burned a CD-RW: suspect, the other disc is taken" \
	in_burn cd-rw
check "died while it burned a DVD+RW: suspect, the other disc is taken" \
	in_burn dvd+rw
check "killed while blanking: the user is asked" in_blank
check "died while it adopted: another installation's disc is none of ours" \
	in_adoption
check "died while it dumped: the rest is removed" in_dump
finish
