#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two drives: every command takes its drive by one rule, and what a person
# confirms is what is destroyed.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
cd "$work" || exit 99
mkdir tree
head -c 300000 /dev/urandom >tree/file

# configure FILE DRIVES-OF-DB DRIVES-OF-FILES DEVICES...
configure()
{
	local file=$1 db=$2 files=$3
	cat >"$file" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "f1" { device = "$4" }
drive "f2" { device = "$5" }
pool "db" { discs = { "D1", "D2" } drives = { $db } }
pool "files" { discs = { "F1", "F2" } drives = { $files } }
job "nightly" { pool = "db" tree "t" { path = "$work/tree" } }
job "weekly" { pool = "files" tree "t" { path = "$work/tree" } }
END
	chmod 600 "$file"
}

# ---- adopt, with files for discs ----

begin()
{
	rm -rf state staging f1 f2
	: >f1
	printf "somebody's data" >f2
	truncate -s 1M f2
	before=$(sha256sum f2)
}

# answer TEXT ARGUMENTS...: a person at a terminal; what was seen is in ./seen.
answer()
{
	local text=$1
	shift
	printf '%s\n' "$text" |
		script -qec "'$nightburn' -c nb.conf $*" /dev/null >seen 2>&1
	status=$?
}

untouched()
{
	[ "$before" = "$(sha256sum f2)" ] || { cat seen; return 1; }
}

seen()
{
	local want
	want=$(tr -s ' ' <<<"$1")
	tr -s '\r\n ' ' ' <seen | grep -qF -- "$want" || { cat seen; return 1; }
}

# What is shown is the disc that the action would take, whichever drive is first
# in the file.
shows_the_pools_drive()
{
	configure nb.conf '"f1"' '"f2"' "stdio:$work/f1" "stdio:$work/f2"
	begin
	answer no adopt -j weekly --as F1
	seen "f2: stdio:$work/f2" && seen 'it has none: just press return' &&
		untouched && ! grep -F "$work/f1" seen || return 1
	answer '' adopt -j weekly --as F1
	seen 'can become F1' && ! untouched >/dev/null && [ ! -s f1 ]
}

asks_where_the_disc_is()
{
	configure nb.conf '"f2", "f1"' '"f2"' "stdio:$work/f1" "stdio:$work/f2"
	begin
	rm f1
	answer no adopt -j nightly --as D1
	seen "f2: stdio:$work/f2" && seen 'Everything on this disc' &&
		untouched
}

guesses_nothing()
{
	configure nb.conf '"f2", "f1"' '"f2"' "stdio:$work/f1" "stdio:$work/f2"
	begin
	answer '' adopt -j nightly --as D1
	seen 'several drives have a disc that could be meant: f2 (overwritable, no volume id), f1 (blank, no volume id)' &&
		seen 'hint: choose one with --drive' && untouched &&
		! grep 'Everything on this disc' seen || return 1
	nb_is 2 adopt -j nightly --as D1 --volume-id '' && untouched &&
		nb_is 0 adopt -j nightly --as D1 --volume-id '' --drive f1 &&
		untouched &&
		nb_is 0 adopt -j nightly --as D1 --volume-id '' \
			--device "stdio:$work/f2" && ! untouched >/dev/null
}

# The drive that does not answer may have the disc that is meant.
waits_for_the_silent_drive()
{
	configure nb.conf '"f1", "f2"' '"f2"' "stdio:$work/tree" "stdio:$work/f2"
	begin
	nb_is 2 adopt -j nightly --as D1 --volume-id '' &&
		says err 'a drive does not respond, so the wanted disc cannot be determined' &&
		says err 'hint: choose the drive with --drive' && untouched &&
		nb_is 0 adopt -j nightly --as D1 --volume-id '' --drive f2 &&
		! untouched >/dev/null
}

# Nobody is there to ask, nothing was typed.
tells_the_volume_id()
{
	begin
	nb_is 3 adopt -j weekly --as F1 </dev/null &&
		says err 'the volume id of this disc is ""' && untouched
}

check 'adopt shows and asks about the disc that it takes' shows_the_pools_drive
check 'adopt asks when the disc is not in the first drive' \
	asks_where_the_disc_is
check 'adopt does not guess which of two discs is meant' guesses_nothing
check 'adopt does not guess what is in a drive that does not answer' \
	waits_for_the_silent_drive
check 'adopt without an answer destroys nothing' tells_the_volume_id

# Without a capacity, a file has that of its file system, which what the run
# itself stores there changes.
writes_to_a_file_without_capacity()
{
	configure nb.conf '"f1"' '"f2"' "stdio:$work/f1" "stdio:$work/f2"
	begin
	nb_is 0 run -j nightly && says out 'on disc D1, session 1' &&
		nb_is 0 append -j nightly "$work/tree" &&
		says out 'on disc D1, session 2'
}

check 'a file without a capacity is written to, and appended to' \
	writes_to_a_file_without_capacity

# ---- with recorders ----

configure two.conf '"f1", "f2"' '"f1", "f2"' /dev/sr0 /dev/sr1
sed '/"files"/d' two.conf >one.conf
chmod 600 one.conf
sed "s|$work/state|$work/other|" one.conf >other.conf
chmod 600 other.conf

# on "RECORDERS" STATUS CONFIGURATION ARGUMENTS...
on()
{
	local recorders=$1 want=$2 file=$3
	shift 3
	# shellcheck disable=SC2086
	timeout 120 "$vdrive" --hurry --trace trace $recorders -- \
		"$nightburn" -c "$file" "$@" >out 2>err </dev/null
	status=$?
	[ $status = "$want" ] && return 0
	echo "nightburn $*: exit status $status, not $want"
	cat out err
	return 1
}
both='--disc A.disc --disc B.disc'
second='--empty --disc B.disc'

two_nights()
{
	local one
	rm -rf state staging
	for one in A B C D; do
		"$vdrive" new --type cd-rw $one.disc || return 1
	done
	on '--disc A.disc --empty' 0 one.conf run &&
		head -c 100000 /dev/urandom >tree/later &&
		on "$second" 0 one.conf run && says out 'on disc D2'
}

names_a_drive()
{
	on "$both" 0 one.conf disc && says out 'f1: /dev/sr0' &&
		says out 'D1 of pool db' &&
		on "$both" 0 one.conf disc -j nightly &&
		says out 'f1: /dev/sr0' &&
		on "$both" 0 one.conf disc --drive f2 &&
		says out 'f2: /dev/sr1' && says out 'D2 of pool db' &&
		on "$both" 0 one.conf disc --device f2 &&
		says out 'f2: /dev/sr1' &&
		on "$both" 0 one.conf disc --device /dev/sr1 &&
		says out 'f2: /dev/sr1' &&
		on "$both" 0 none.conf disc --device /dev/sr1 &&
		says out 'drive       /dev/sr1'
}

names_none()
{
	local command hint='the drives are: f1, f2'
	for command in run append plan blank rotate 'adopt --as D1' verify disc \
		msinfo 'restore --to back' 'catalog rebuild'; do
		# shellcheck disable=SC2086
		on "$both" 2 one.conf $command --drive left &&
			says err 'left: no such drive in one.conf' &&
			says err "$hint" &&
			on "$both" 2 one.conf $command --device left &&
			says err "$hint" &&
			on "$both" 2 one.conf $command --drive f1 \
				--device /dev/sr1 &&
			says err 'two drives are named' || return 1
	done
}

# The first drive with a disc.
passes_an_empty_drive()
{
	local command
	for command in disc msinfo verify 'restore --to back --force'; do
		# shellcheck disable=SC2086
		on "$second" 0 one.conf $command || return 1
	done
	on "$second" 0 one.conf disc && says out 'f2: /dev/sr1' &&
		on "$second" 3 one.conf disc --drive f1 &&
		says out 'no disc'
}

reads_the_wanted_disc()
{
	rm -rf back
	on "$both" 0 one.conf restore --to back && says out 'D2' &&
		[ -e back/tree/t/later ] && rm -rf back &&
		on "$both" 0 one.conf restore --to back 1 && says out 'D1' &&
		[ ! -e back/tree/t/later ] && rm -rf back &&
		on "$both" 0 one.conf restore --drive f1 --this-disc --to back &&
		says out 'D1' &&
		on "$both" 0 one.conf verify && says out 'D2' &&
		on "$both" 0 one.conf verify --drive f1 && says out 'D1' &&
		on "$both" 0 one.conf verify --device /dev/sr1 && says out 'D2'
}

# A disc whose reading failed is what a person is sent to verify for.
verifies_the_suspect_disc()
{
	on '--disc A.disc --disc B.disc --faults bad.rules' 1 one.conf verify \
		--drive f1 && on "$both" 0 one.conf list &&
		says out suspect && on "$both" 0 one.conf verify &&
		says out 'D1'
}

writes_the_first_that_may_be()
{
	on "$both" 0 one.conf plan && says out 'D1' && says out '/dev/sr0' &&
		on '--disc B.disc --disc A.disc' 0 one.conf plan &&
		says out 'D1' && says out '/dev/sr1' &&
		on "$both" 0 one.conf plan --drive f2 && says out 'D2' &&
		on "$both" 0 one.conf plan --device /dev/sr1 && says out 'D2' &&
		on "$both" 0 one.conf blank -n --device /dev/sr0 &&
		says out 'D1' && on "$both" 0 one.conf rotate -n --drive f1 &&
		on "$both" 0 one.conf run -n --drive f2 && says out 'D2' &&
		on "$both" 0 one.conf append -n --device f2 && says out 'D2'
}

# Where a disc is ejected, START STOP UNIT says so in byte 4 (MMC-5 6.42).
ejects()
{
	grep -c '"op":"1b","cdb":"1b......02' trace
}

# D2 is the newest: what is due, or an empty drive, is elsewhere.
ejects_only_what_must_go()
{
	rm -f trace
	on '--disc B.disc --disc A.disc' 0 one.conf rotate &&
		says out 'D1' && [ "$(ejects)" = 0 ] || return 1
	rm -f trace
	on '--disc B.disc --empty' 0 one.conf rotate &&
		says err 'insert disc D1' && [ "$(ejects)" = 0 ] || return 1
	rm -f trace
	on '--disc B.disc' 0 lone.conf rotate && says err 'ejecting D2' &&
		[ "$(ejects)" != 0 ]
}

# The size is known only when the session is built: by then another drive is
# still open to the backup.
a_full_disc_hides_none()
{
	sed -e "s|$work/state|$work/filled|" -e 's/pool "db" {/& rotation = append/' \
		one.conf >filled.conf
	chmod 600 filled.conf
	"$vdrive" new --type cd-r --capacity 13000 E.disc &&
		"$vdrive" new --type cd-r --capacity 13000 F.disc &&
		on '--disc E.disc --empty' 0 filled.conf run &&
		head -c 1500000 /dev/urandom >tree/more &&
		on '--disc E.disc --disc F.disc' 0 filled.conf run &&
		says out 'generation 2 on disc D2, session 1' &&
		head -c 1500000 /dev/urandom >tree/more &&
		on '--disc E.disc --disc F.disc' 3 filled.conf run &&
		says err 'if all names of the pool are in use, add one to it' &&
		"$vdrive" new --type cd-r --capacity 13000 G.disc &&
		on '--disc E.disc --disc G.disc' 3 filled.conf run --resume &&
		sed -i 's/"D1", "D2" }/"D1", "D2", "D3" }/' filled.conf &&
		on '--disc E.disc --disc G.disc' 0 filled.conf run --resume &&
		says out 'generation 3 on disc D3, session 1' &&
		on '--disc G.disc --disc E.disc' 0 filled.conf plan &&
		says err 'fits only if most of its files are unchanged'
	status=$?
	rm -rf tree/more staging
	return $status
}

lost_catalog()
{
	mv state/catalog.db lost && rm -f state/catalog.db-*
	on "$both" 0 one.conf catalog rebuild && says out 'D2' &&
		on "$both" 0 one.conf catalog rebuild --drive f1 &&
		says out 'D1' && on "$both" 0 one.conf plan && says out 'D1'
}

another_pools_disc()
{
	on "$both" 0 two.conf disc -j weekly && says out 'D1 of pool db' &&
		on "$both" 3 two.conf adopt -j weekly --as F1 --drive f1 &&
		says err 'D1: a disc of pool db'
}

# Two jobs: what is to be typed names the job, what is listed is the pool's.
tells_the_job_and_the_pool()
{
	on "$both" 0 two.conf list --pool db && says out 'D1' &&
		on "$both" 0 two.conf list --pool files &&
		! grep -q 'D1' out &&
		on "$both" 2 two.conf list --pool nope &&
		says err 'nope: no such pool' &&
		on "$both" 3 two.conf run -j weekly &&
		says err 'hint: nightburn run -j weekly --resume burns it'
}

# While the person reads what is shown, somebody changes the disc.
changed_before_the_answer()
{
	local volume
	on '--disc C.disc' 0 other.conf run && on '--disc D.disc' 0 other.conf run &&
		on '--disc A.disc --disc C.disc' 0 one.conf disc --drive f2 ||
		return 1
	volume=$(sed -n 's/^volume id *//p' out)
	rm -f keys seen
	mkfifo keys
	cat >person.sh <<END
script -qec "'$nightburn' -c one.conf adopt --drive f2 --as D1" /dev/null \
	<keys >seen 2>&1 & pid=\$!
exec 3>keys
until grep -qs 'to continue' seen; do sleep 5; done
"$vdrive" swap -d /dev/sr1 D.disc
echo '$volume' >&3
exec 3>&-
wait \$pid
END
	rm -f trace
	timeout 60 "$vdrive" --hurry --trace trace --disc A.disc \
		--disc C.disc -- sh person.sh >out 2>err
	seen "volume id   $volume" && seen 'not adopted: ' &&
		! grep '"op":"a1"' trace
}

# Two discs of one kind without a volume id: what they hold tells them apart.
changed_for_one_without_a_name()
{
	local d
	for d in U1 U2; do
		head -c 2000000 /dev/zero >$d.img
		printf 'the volume of %s' $d |
			dd of=$d.img bs=2048 seek=257 conv=notrunc 2>/dev/null
		"$vdrive" new --type dvd+rw $d.disc &&
			"$vdrive" --hurry --disc $d.disc -- growisofs -Z \
				/dev/sr0=$d.img >out 2>&1 || return 1
	done
	sed 's/"f1", "f2"/"f1"/' one.conf >lone.conf
	chmod 600 lone.conf
	rm -f keys person.sh seen
	mkfifo keys
	cat >person.sh <<END
script -qec "'$nightburn' -c lone.conf adopt --as D1" /dev/null \
	<keys >seen 2>&1 & pid=\$!
exec 3>keys
until grep -qs 'press return' seen; do sleep 5; done
"$vdrive" swap -d /dev/sr0 U2.disc
echo >&3
exec 3>&-
wait \$pid
END
	timeout 60 "$vdrive" --hurry --disc U1.disc -- sh person.sh >out 2>err
	seen 'it has none: just press return' && seen 'not adopted: ' &&
		"$vdrive" export --disc U2.disc back.img && grep -q 'the volume of U2' back.img
}

echo 'when read lba 80-120 then sense 3/11/05 times forever' >bad.rules
check 'two nights, two drives' two_nights
check 'a drive is named by --drive, or by --device' names_a_drive
check 'a drive that there is not is told with those that there are' names_none
check 'a drive without a disc is passed over' passes_an_empty_drive
check 'of two discs the one with the wanted backup is read' \
	reads_the_wanted_disc
check 'of two discs the first that may be written is' \
	writes_the_first_that_may_be
sed 's/"f1", "f2"/"f1"/' one.conf >lone.conf
chmod 600 lone.conf
check 'rotate ejects only what must go' ejects_only_what_must_go
check 'a full disc in the first drive hides none in the second' \
	a_full_disc_hides_none
check 'of two discs a suspect one is verified' verifies_the_suspect_disc
check 'of two discs the newest is learnt first, when the catalog is lost' \
	lost_catalog
check 'a disc of another pool stays what it is' another_pools_disc
check 'two jobs: hints name the job, a list is of its pool' \
	tells_the_job_and_the_pool
check 'a disc without a name that is changed before the answer is not' \
	changed_for_one_without_a_name
check 'a disc that is changed before the answer is not adopted' \
	changed_before_the_answer
finish
