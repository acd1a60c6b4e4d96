#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The nightly job on the drivers of a real kernel: the recorder of vdrive stands
# behind sr and sg.  Two CD-RWs take four nights with a database and a tree, the
# last of them after the oldest was blanked, a DVD+RW in another recorder takes
# two, and the kernel mounts what they became.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"
. "$src/tests/kernel/guest.sh"
. "$src/tests/kernel/tree.sh"

export LC_ALL=C
why=$(guest_why)
if [ -n "$why" ]; then
	skip "the nightly job on a real kernel" "$why"
	finish
	exit
fi
root=$work/root

# A server that was made here, for the guest to start.
add_server()
{
	start_cluster
	createdb shop
	psql -X -q -d shop -c 'create table t as select generate_series(1, 500) n' &&
		runuser -u postgres -- "$bin/pg_ctl" -D "$cluster/data" \
			-m fast -s -w stop || return 1
	mkdir "$root/pg" && cp -a "$cluster/data" "$root/pg" || return 1
	guest_same "$root" "$bin"/{postgres,pg_ctl,pg_dump,pg_restore,psql} \
		"${bin%/bin}/lib/plpgsql.so" \
		"/usr/share/postgresql/$(basename "${bin%/bin}")" \
		/usr/share/zoneinfo/Etc &&
		guest_libraries "$root" "$bin"/{postgres,pg_dump,psql} || return 1
	sed -n 's,^\(postgres:.*:\).*,\1/bin/sh,p' /etc/passwd >>"$root/etc/passwd"
	grep '^postgres:' /etc/group >>"$root/etc/group"
	echo "$bin" >"$root/pg/bin"
}

add_job()
{
	guest_add "$root" "$(built nightburn)" "$(built vdrive)" \
		"$(command -v tar)" || return 1
	cat >"$root/nb.conf" <<'END'
state_dir = "/root/state"
staging_dir = "/root/staging"
drive "upper" { device = "/dev/sr0" }
drive "lower" { device = "/dev/sr1" }
pool "db" { discs = { "DB-A", "DB-B" } drives = { "upper" }
  max_nights_on_one_disc = 0 }
pool "dvd" { discs = { "DVD-A" } drives = { "lower" } rotation = append }
job "other" { pool = "dvd"  tree "files" { path = "/tree" } }
job "nightly" {
  pool = "db"
  postgres "shop" { run_as = "postgres"  conninfo = "host=/pg" }
  tree "files" { path = "/tree" }
}
END
	chmod 600 "$root/nb.conf"
	tar -C "$work/night1" -cpf "$root/night1.tar" . &&
		tar -C "$work/night2" -cpf "$root/night2.tar" .
}

# What the guest does: /nights, with the recorder, inside of /script.
add_scripts()
{
	cat >"$root/script" <<'END'
bin=$(cat /pg/bin)
mkdir /tree
chown postgres /pg
mkdir -m 755 /pg/log
chown postgres /pg/log
su postgres -c "$bin/pg_ctl -D /pg/data -o '-k /pg' -l /pg/log/server -w start" ||
	{ cat /pg/log/server; exit 1; }
cd /root
vdrive new --type cd-rw --capacity 30000 A.disc
vdrive new --type cd-rw --capacity 30000 B.disc
vdrive new --type dvd+rw --capacity 30000 D.disc
vdrive --kernel --disc A.disc --disc D.disc --trace trace -- sh /nights
echo "vdrive ended with $?"
echo 'when write nth 3 then kill client' >rules
vdrive --kernel --disc B.disc --faults rules -- \
	nightburn -c /nb.conf run -j nightly
echo "killed: $?"
vdrive show A.disc >/results/A
vdrive show B.disc >/results/B
ls /dev /sys/class/uio /sys/kernel/config/target/* >/results/left
su postgres -c "$bin/pg_ctl -D /pg/data -m immediate stop"
END
	cat >"$root/nights" <<'END'
# night NAME TREE [JOB]: the job, and the commands that the recorders had.  The
# tar of busybox does not set the times of directories and links; busybox
# prefers it.
night()
{
	rm -rf /tree/*
	/bin/tar -C /tree -xpf "/night$2.tar"
	: >trace
	nightburn -c /nb.conf run -j "${3-nightly}" >"/results/night$1" 2>&1
	echo "exit status $?" >>"/results/night$1"
	cp trace "/results/night$1.trace"
}

# The kernel looks at a disc again when the tray has moved, which the job sees to.
another()
{
	vdrive swap -d /dev/sr0 "/root/$1.disc"
}

vdrive new --type cd-rw --capacity 30000 E.disc
vdrive --kernel --disc E.disc -- true
echo "second: $?"
night 1 1
see one sr0 ro
night 2 2
see two sr0 ro
see two-nojoliet sr0 ro,nojoliet
see two-first sr0 ro,session=0
see two-second sr0 ro,session=1
another B
night 3 2
see three sr0 ro
another A
night 4 2
see four sr0 ro
nightburn -c /nb.conf verify --device /dev/sr0
night dvd1 1 other
night dvd2 2 other
see dvd sr1 ro
nightburn -c /nb.conf restore --device /dev/sr0 --to /root/back 4 &&
	tar -C /root/back -cf /results/back.tar .
END
}

boot()
{
	guest_new "$root" && add_server && add_job && add_scripts &&
		guest_boot "$root" "$work/seen" && unpack_seen &&
		: >"$work/booted"
}

# night N TEXT: it ended well and said this.
night()
{
	cat "$work/seen/night$1"
	grep -qx 'exit status 0' "$work/seen/night$1" &&
		grep -qF "$2: " "$work/seen/night$1"
}

# sent N OPERATION TIMES: in that night.
sent()
{
	local times
	times=$(grep -c "\"op\":\"$2\".*\"status\":0" \
		"$work/seen/night$1.trace")
	[ "$times" = "$3" ] || { echo "$2: $times times"; return 1; }
}

log_has()
{
	grep -F -- "$1" "$work/seen/log" || { cat "$work/seen/log"; return 1; }
}

is_writer()
{
	grep -E 'sr0\] scsi3-mmc drive: .* writer .*cd/rw' "$work/seen/dmesg"
}

# database MOUNT N: the Nth dump there has all rows.
database()
{
	local dump
	dump=$(cd "$work/seen/$1" && find . -name '*.dump' |
		grep -v '^./nightburn/' | sort | sed -n "$2p")
	"$bin/pg_restore" -f - "$work/seen/$1/$dump" >"$work/sql" &&
		[ "$(grep -cxE '[0-9]+' "$work/sql")" = 500 ]
}

restored()
{
	facts "$work/night2" >"$work/want"
	facts "$work/seen/back/tree/files" >"$work/have" || return 1
	cmp "$work/want" "$work/have"
}

# No failed command but what a drive answers to a question that it does not
# know, no complaint of the file system.
kernel_is_quiet()
{
	! cat "$work"/seen/dmesg "$work"/seen/*.dmesg | grep -aE \
		'rock:|isofs_|ISOFS: [^S]|FAILED Result|I/O error|critical|BUG|WARNING|Call Trace'
}

nothing_is_left()
{
	[ -s "$work/seen/left" ] &&
		! grep -E '^(sr|sg|uio)[0-9]|^user_|^naa' "$work/seen/left"
}

make_tree
keep_night 1
change_tree
keep_night 2
check "a guest runs the nights" boot
[ -e "$work/booted" ] || { finish; exit; }
check "the drivers see a recorder" is_writer
check "a machine with a recorder gets no other" \
	log_has "vdrive: /dev/sr0: the kernel names it /dev/sr2"
check "night 1" night 1 "generation 1 on disc DB-A, session 1"
check "night 1 does not blank" sent 1 a1 0
check "its session, mounted" agrees one 1
check "its database" database one 1
check "night 2" night 2 "generation 2 on disc DB-A, session 2"
check "night 2 does not blank" sent 2 a1 0
for one in two two-nojoliet two-second; do
	check "$one: both sessions, mounted: night 1" agrees $one 1
	check "$one: both sessions, mounted: night 2" agrees $one 2
done
check "both databases: night 1" database two 1
check "both databases: night 2" database two 2
check "two-first: the first session alone" agrees two-first 1
check "night 3" night 3 "generation 3 on disc DB-B, session 1"
check "its session on the other disc, mounted" agrees three 1 2
check "night 4" night 4 "generation 4 on disc DB-A, session 1"
check "night 4 blanks once" sent 4 a1 1
check "its session, mounted" agrees four 1 2
check "DVD+RW: night 1" night dvd1 "generation 1 on disc DVD-A, session 1"
check "DVD+RW: night 2" night dvd2 "generation 2 on disc DVD-A, session 2"
check "DVD+RW: both sessions, mounted: night 1" agrees dvd 1
check "DVD+RW: both sessions, mounted: night 2" agrees dvd 2
check "the disc is good" log_has "are good"
check "the tree comes back" restored
check "the kernel has nothing to complain about" kernel_is_quiet
check "vdrive ends well" log_has "vdrive ended with 0"
check "a burn that is killed" log_has "killed: 137"
check "nothing is left in the kernel" nothing_is_left
finish
