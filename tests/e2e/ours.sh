#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What nightburn itself keeps on this host is in no tree: its state, with the
# secret key; what waits in staging; discs that are files, also those that are
# in no drive now.  Everything else beside them is.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# configure OPTIONS: everything beneath the tree.
configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/tree/state"
staging_dir = "$work/tree/spool"
drive "upper" { device = "stdio:$work/tree/drive"  capacity = 100M }
pool "p" { discs = { "A", "B" }  drives = { "upper" } }
job "j" { pool = "p"  tree "all" { path = "$work/tree" $1 } }
END
	chmod 600 "$work/nb.conf"
}

insert() { ln -sfn "discs/$1" "$work/tree/drive"; }

# Each night the tree has what the night before left behind.
prepare()
{
	rm -rf "$work"/{tree,back}
	mkdir -p "$work"/tree/{discs,spool/mine,state.old,discs/restore.abcdef}
	: >"$work/tree/discs/A"
	: >"$work/tree/discs/B"
	echo mine >"$work/tree/spool/mine/file"
	echo mine >"$work/tree/spool/20260101-notes"
	echo mine >"$work/tree/discs/restore.abcdef/file"
	echo mine >"$work/tree/state.old/key"
	head -c 40000 /dev/zero >"$work/tree/discs/zeros.iso"
	mkdir -p "$work/tree/spool/20260101T000000Z-01234567"
	echo waits >"$work/tree/spool/20260101T000000Z-01234567/dump"
	insert A
	others
}

# What another configuration keeps: its state, what waits, and a disc; an image
# and what is only named alike are anybody's.
others()
{
	local other=$work/tree/other
	mkdir -p "$other"/state "$other"/spool/20260101T000000Z-01234567 \
		"$other"/spool/20260101T000000Z-01234567.partial \
		"$other"/20260101T000000Z-01234567 "$other"/installation
	printf '%032d\n' 0 >"$other/state/installation"
	head -c 32 /dev/zero >"$other/state/key"
	: >"$other/spool/20260101T000000Z-01234567/backup.json"
	echo mine >"$other/20260101T000000Z-01234567/file"
	echo mine >"$other/installation/installation"
	echo mine >"$other/installation/key"
	{ echo "nightburn: blank"; head -c 102383 /dev/zero; } >"$other/blank"
	disc_of "" >"$other/disc"
	disc_of "NIGHTBURN IMAGE" >"$other/image"
}

# disc_of PUBLISHER: no more than its volume descriptor.
disc_of()
{
	python3 - "$1" <<'END'
import sys
d = bytearray(2048)
d[1:6] = b"CD001"
d[318:446] = sys.argv[1].encode().ljust(128)
d[574:702] = b"NIGHTBURN".ljust(128)
sys.stdout.buffer.write(bytes(32768) + d)
END
}

night() { insert "$1" && nb_is 0 run && says out verified; }

# In five nights nothing grows.
nights()
{
	local disc sizes=
	for disc in A B A B A; do
		night $disc || return 1
		sizes="$sizes $(stat -c %s "$work/tree/discs/$disc")"
	done
	# shellcheck disable=SC2086
	set -- $sizes
	[ $(($5 - $3)) -lt 65536 ] || {
		echo "sizes of the discs:$sizes"
		return 1
	}
}

# What came back, without what is nightburn's.
only_mine()
{
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back" || return 1
	(cd "$work/back/tree/all" && find . -type f -o -type l | sort) \
		>"$work/have"
	diff - "$work/have" <<END
./discs/restore.abcdef/file
./discs/zeros.iso
./drive
./other/20260101T000000Z-01234567/file
./other/image
./other/installation/installation
./other/installation/key
./spool/20260101-notes
./spool/mine/file
./state.old/key
END
}

key_is_nowhere()
{
	[ "$(stat -c %s "$work/tree/state/key")" -ge 32 ] &&
		python3 - "$work" <<'END'
import sys
key = open(sys.argv[1] + "/tree/state/key", "rb").read()
for disc in "AB":
    if key in open(sys.argv[1] + "/tree/discs/" + disc, "rb").read():
        sys.exit("the key is on disc " + disc)
END
}

# Each of them is named, in the result and in the manifest.
named()
{
	nb_is 0 -v run --json || return 1
	grep -q '"ours_left_out": 1[0-9]' "$work/out" ||
		{ cat "$work/out"; return 1; }
	says err "tree all: state: nightburn's own state_dir, left out" &&
		says err "tree all: discs/A: nightburn's own disc, left out" &&
		says err "tree all: discs/B: nightburn's own disc, left out" &&
		says err "other/state: nightburn's own state_dir, left out" &&
		says err "other/disc: nightburn's own disc, left out" &&
		says err "other/blank: nightburn's own disc, left out" &&
		says err "other/spool/20260101T000000Z-01234567: nightburn's \
own staging_dir, left out"
}

# refused WHAT ARGUMENTS...
refused()
{
	local what=$1
	shift
	nb_is 1 "$@" && says err "it belongs to nightburn's own $what and is" &&
		says err "hint: name another path" &&
		{ [ "$what" != state_dir ] || says err "nightburn key export"; }
}

by_hand()
{
	insert A
	refused state_dir append "$work/tree/state" &&
		refused state_dir append "$(find "$work/tree/state" -type f |
			head -n 1)" &&
		refused disc append "$work/tree/discs/A" &&
		refused disc append "$work/tree/discs/B" &&
		refused disc append "$work/tree/other/disc" &&
		refused state_dir append "$work/tree/other/state" &&
		refused state_dir append "$work/tree/other/state/key" &&
		refused staging_dir append \
			"$work/tree/spool/20260101T000000Z-01234567" &&
		nb_is 0 append "$work/tree/spool/mine"
}

# A tree of the job that is beneath the state.
beneath()
{
	mkdir -p "$work/tree/state/sub"
	sed "s,tree \"all\" { path = \"[^\"]*,&/state/sub," "$work/nb.conf" \
		>"$work/beneath.conf"
	chmod 600 "$work/beneath.conf"
	refused state_dir -c "$work/beneath.conf" run --accept-shrink
}

# The host whose tree it is burns its own backups, too; the connection is this
# host's alone (tests/e2e/ssh.sh has a real one).
served()
{
	mkdir -p "$work/other" && mv "$work/nb.conf" "$work/far.conf"
	: >"$work/other/A"
	: >"$work/other/known"
	cat >"$work/nb.conf" <<END
state_dir = "$work/other/state"
staging_dir = "$work/other/staging"
drive "upper" { device = "stdio:$work/other/A"  capacity = 100M }
pool "p" { discs = { "A" }  drives = { "upper" } rotation = append }
job "j" { pool = "p"
  tree "all" { path = "$work/tree"
    host = "far"  ssh = "$work/other/ssh"  known_hosts = "$work/other/known" } }
END
	chmod 600 "$work/nb.conf"
	printf '#!/bin/sh\nexec %s -c %s remote\n' "$nightburn" \
		"$work/far.conf" >"$work/other/ssh"
	chmod 755 "$work/other/ssh"
	nb_is 0 run &&
		says out "names of nightburn itself, left out" && only_mine
}

for pack in '' 'pack = "tar.zst"'; do
	configure "$pack"
	prepare
	with=${pack:+, packed}
	check "nights do not grow$with" nights
	check "all else comes back$with" only_mine
	check "the key is on no disc$with" key_is_nowhere
	check "what is left out is named$with" named
done
configure ''
prepare
check "a night" night A
check "the next night" night B
check "append refuses them" by_hand
check "a tree beneath the state is refused" beneath
check "a host that serves its tree leaves them out" served
finish
