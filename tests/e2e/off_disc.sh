#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What ISO 9660 cannot hold fails no night: it is in the manifest, told once,
# listed in RESTORE.txt and restored.  Dates that libisofs takes for none.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
mkdir "$work/tree"
cd "$work/tree" || exit 1
python3 - <<'END'
import os
os.symlink("/".join(["a" * 200] * 6)[:1023], "longest")
os.symlink("/".join(["a" * 200] * 6)[:1024], "longer")
os.symlink("b" * 255 + "/c", "component")
for i, target in enumerate(("a/", "./", "../", "a//b//", "/", "//", "a/../",
                            "a/.", "///a", " ", "a" * 200 + "/")):
    os.symlink(target, "slash%d" % i)
os.symlink("b" * 256 + "/c", "too long")
os.symlink("/".join(["c" * 250] * 16), "n" * 255)
os.makedirs("/".join(["deep"] * 200))
END
echo zero >zero
echo new >new
mkdir zeros
python3 -c 'import os
os.setxattr("new", "user.kept", b"1")
os.setxattr("new", "security.capability", bytes.fromhex(
    "0100000200040000000000000000000000000000"))'
touch -d @0 zero zeros
touch -d '2200-01-01 UTC' new
cd "$work" || exit 1
cat >nb.conf <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A" }  drives = { "upper" } rotation = append }
job "j" { pool = "p" tree "t" { path = "$work/tree" } }
END
chmod 600 nb.conf

# The longer link, the long component, both in the third, and a date.
night()
{
	nb_is 0 run && says out "verified" && says out \
		"4 names whose link targets, dates or flags only the manifest can hold"
}

came_back()
{
	rm -rf back
	nb_is 0 restore --to back && python3 "$src/tests/e2e/same_tree.py" \
		tree back/tree/t
}

listed()
{
	rm -rf whole
	xorriso -osirrox on -indev stdio:discs/A -extract / whole \
		>/dev/null 2>&1
	for name in longer 'too long' nnnnnn new; do
		grep -q "^  2.*/tree/t/$name" whole/RESTORE.txt || return 1
	done
	! grep -q '/tree/t/longest' whole/RESTORE.txt &&
		[ -L "$(ls -d whole/2*/tree/t/longest | head -n 1)" ]
}

# As RESTORE.txt says it.
attributes()
{
	says whole/RESTORE.txt "-acl on -xattr any" || return 1
	rm -rf whole plain
	xorriso -osirrox on -acl on -xattr any -indev stdio:discs/A \
		-extract / whole >/dev/null 2>&1
	sh whole/restore.sh --to plain >/dev/null || return 1
	python3 -c 'import os, sys
sys.exit(sorted(os.listxattr("plain/t/new")) !=
         ["security.capability", "user.kept"])'
}

second()
{
	echo more >tree/more && night && came_back && nb_is 0 verify
}

# Both backups, as Rock Ridge has them; libisofs takes no 0.
dates()
{
	[ "$(/usr/bin/python3 - discs/A <<'END'
import sys
import pycdlib
iso = pycdlib.PyCdlib()
iso.open(sys.argv[1])
for top, folders, files in iso.walk(rr_path="/"):
    for name in folders + files:
        if name in ("zero", "zeros"):
            node = iso.get_record(rr_path=top.rstrip("/") + "/" + name)
            date = node.rock_ridge.dr_entries.tf_record.modification_time
            print(date.years_since_1900, date.month, date.day_of_month)
END
)" = $'70 1 1\n70 1 1\n70 1 1\n70 1 1' ]
}

# Two names that are one to whoever composes them.
packed()
{
	mkdir composed
	echo one >composed/$'caf\xc3\xa9'
	echo two >composed/$'cafe\xcc\x81'
	: >discs/B
	sed -e 's,"A","B",; s,{ "A" },{ "B" },; s,/state",/state2",' \
		-e 's,/tree" },/composed" pack = "tar.zst" },' nb.conf \
		>packed.conf
	chmod 600 packed.conf
	insert B
	LC_ALL=C.UTF-8 "$nightburn" -c packed.conf run &&
		LC_ALL=C.UTF-8 "$nightburn" -c packed.conf restore \
			--to unpacked && diff -r composed unpacked/tree/t
	local result=$?
	insert A
	return $result
}

check "names in an archive are bytes" packed
check "a run is verified and reports it once" night
check "everything comes back" came_back
check "RESTORE.txt lists them" listed
check "attributes come back without nightburn as RESTORE.txt says" attributes
check "the same with a second session" second
check "a date of 0 is still one" dates
finish
