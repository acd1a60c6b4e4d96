#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The disc was not changed: said each night, also with --quiet, and not good any
# more after some nights.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# configure POOL-OPTIONS
configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "burner" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { ${discs:-"DB-A", "DB-B"} }  drives = { "burner" }  ${1-} }
job "nightly" { pool = "db"  tree "www" { path = "$work/tree" } }
END
	chmod 600 "$work/nb.conf"
}

fresh()
{
	rm -rf "$work"/{state,staging,discs,tree}
	mkdir -p "$work/tree"
	echo 1 >"$work/tree/file"
	make_discs
}

silent() { [ ! -s "$work/out" ] && [ ! -s "$work/err" ] || {
	cat "$work/out" "$work/err"
	return 1
}; }

left="DB-A: the disc was left in the drive: the last"

forgotten()
{
	fresh
	configure
	nb_is 0 --quiet run && silent || return 1
	nb_is 0 --quiet run && says err "nightburn: $left 2 backups are on it alone" &&
		says err "hint: change the disc every day" || return 1
	nb_is 3 --quiet run && says err "$left 3 backups" &&
		says out "generation 3 on disc DB-A" || return 1
	nb_is 3 run --json && says err "$left 4 backups" &&
		says out '"nights": 4' && says out '"verified": true'
}
check "a disc that is not changed is told, and is not good for long" forgotten

changed()
{
	insert B
	nb_is 0 --quiet run && silent || return 1
	insert A
	nb_is 0 --quiet run && silent || return 1
	nb_is 0 --quiet run && says err "$left 2 backups"
}
check "a disc that is changed starts anew" changed

by_hand()
{
	fresh
	configure
	nb_is 0 run && nb_is 0 append && nb_is 0 append "$work/tree/file" &&
		! grep -q "left in the drive" "$work/err"
}
check "what is appended by hand is not told" by_hand

options()
{
	fresh
	configure "max_nights_on_one_disc = 1"
	nb_is 0 run && nb_is 3 run || return 1
	fresh
	configure "max_nights_on_one_disc = 0"
	for _ in 1 2 3 4; do nb_is 0 run || return 1; done
	says err "$left 4 backups" || return 1
	configure "max_nights_on_one_disc = -1"
	nb_is 2 run
	fresh
	configure 'rotation = "append"'
	for _ in 1 2 3 4; do nb_is 0 --quiet run && silent || return 1; done
	fresh
	discs='"DB-A"' configure
	for _ in 1 2 3 4; do nb_is 0 --quiet run && silent || return 1; done
}
check "the number is configured; some pools are meant to be so" options

finish
