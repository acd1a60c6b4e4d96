#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A disc of two sessions, with hard links, extended attributes and names that do
# not fit into a directory record, read by other programs: each file of both
# backups has its content, under its name where the reader knows Rock Ridge.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

export LC_ALL=C.UTF-8
make_discs
mkdir "$work/tree"
cd "$work/tree" || exit 1
python3 - <<'END'
import os
for name in ("漢" * 30, "漢" * 38, "漢" * 60, "z" * 200, "ж" * 127, "a file"):
    with open(name, "w") as f:
        f.write("content of " + name + "\n")
os.symlink("b" * 200 + "/" + "c" * 200, "link")
END
ln "a file" linked
setfattr -n user.note -v "an attribute" "a file"
cd "$work" || exit 1
cat >nb.conf <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "A" }  drives = { "upper" } rotation = append }
job "j" { pool = "p" tree "t" { path = "$work/tree" } }
END
chmod 600 nb.conf
disc=$work/discs/A

two_sessions()
{
	local newest
	nb_is 0 run && echo new >tree/new && nb_is 0 run &&
		says out "session 2" || return 1
	newest=$(sed -n 's/^\(2[^:]*\): .*/\1/p' out)
	xorriso -xattr on -osirrox on -indev "stdio:$disc" -extract / whole \
		>/dev/null 2>&1 && chmod -R u+w whole || return 1
	(cd whole && sha256sum --quiet -c SHA256SUMS) &&
		diff -r --no-dereference tree "whole/$newest/tree/t" &&
		getfattr -d "whole/$newest/tree/t/linked" |
		grep -q 'user.note="an attribute"' || return 1
	(cd whole && find . -type f -print0 | sort -z | xargs -0 sha256sum) \
		>sums
}

# same DIRECTORY: it has all files, with their names.
same()
{
	(cd "$1" && sha256sum --quiet -c "$work/sums") &&
		[ "$(find "$1" -type f | wc -l)" = "$(wc -l <sums)" ]
}

by_fuseiso()
{
	local result
	mkdir -p mounted
	fuseiso "$disc" mounted || return 1
	same mounted
	result=$?
	fusermount -u mounted
	return $result
}

by_7z()
{
	7z x -oseven "$disc" >/dev/null && [ "$(find seven -type f |
		wc -l)" = "$(wc -l <sums)" ] && contents seven
}

# contents DIRECTORY: all contents are there, whatever the names.
contents()
{
	find "$1" -type f -exec sha256sum {} + | cut -d' ' -f1 | sort >got
	cut -d' ' -f1 sums | sort | diff - got
}

# libarchive reads no name that continues after the data of its file: by Joliet.
by_bsdtar()
{
	mkdir tar && bsdtar -xf "$disc" --options 'iso9660:!rockridge' -C tar &&
		grep -qF -- "-xf DISC --options 'iso9660:!rockridge'" \
			tar/RESTORE.txt &&
		contents tar
}

by_pycdlib()
{
	/usr/bin/python3 - "$disc" sums <<'END'
import hashlib, io, sys
import pycdlib
iso = pycdlib.PyCdlib()
iso.open(sys.argv[1])
count = 0
for line in open(sys.argv[2], encoding="utf-8"):
    want, name = line.rstrip("\n").split("  ", 1)
    out = io.BytesIO()
    iso.get_file_from_iso_fp(out, rr_path=name[1:])
    assert hashlib.sha256(out.getvalue()).hexdigest() == want, name
    count += 1
print(count)
END
}

by_libcdio()
{
	local path
	path=$(cut -c67- sums | grep 'tree/t/new')
	iso-read -i "$disc" -e "${path#./}" -o cdio.out >/dev/null &&
		cmp cdio.out tree/new && iso-info -l -i "$disc" | grep -q new
}

by_grub()
{
	local path
	while IFS= read -r path; do
		grub-fstest "$disc" cat "(loop0)${path#.}" >grub.out &&
			cmp grub.out "whole/${path#./}" || return 1
	done < <(cut -c67- sums | grep 'tree/t/')
}

by_isoinfo()
{
	local path
	[ "$(isoinfo -R -f -i "$disc" | wc -l)" -gt "$(wc -l <sums)" ] || return 1
	path=$(cut -c67- sums | grep 'tree/t/zzz' | head -n 1)
	isoinfo -R -i "$disc" -x "${path#.}" | cmp - "whole/${path#./}"
}

check "two sessions, seen by xorriso" two_sessions
if [ -w /dev/fuse ]; then
	check "read by fuseiso" by_fuseiso
else
	skip "read by fuseiso" "no FUSE here"
fi
for reader in 7z bsdtar pycdlib libcdio grub isoinfo; do
	check "read by $reader" by_$reader
done
finish
