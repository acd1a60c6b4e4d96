#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What comes back from a disc with many unreadable sectors: never fewer files
# than xorriso gets from a copy of it with zeros in their place.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

vdrive=$build/vdrive
export LC_ALL=C
tree=$work/tree
mkdir "$tree"

cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "/dev/sr0" }
pool "p" { discs = { "A", "B" }  drives = { "upper" } }
job "j" { pool = "p"  tree "t" { path = "$tree" } }
END
chmod 600 "$work/nb.conf"
: >"$work/rules"

# on STATUS ARGUMENTS...: nightburn, with the disc in the recorder and the bad
# sectors of $work/rules, ends with that status.
on()
{
	local want=$1
	shift
	timeout 200 "$vdrive" --hurry --disc "$work/disc" \
		--faults "$work/rules" -- "$nightburn" -c "$work/nb.conf" \
		"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	case " $want " in *" $status "*) return 0 ;; esac
	echo "nightburn $*: exit status $status, not $want"
	cat "$work/out"
	tail -n 20 "$work/err"
	return 1
}

# 190 files in 20 directories, 0 to 200 kB, and a disc with them.
prepare()
{
	python3 - "$tree" <<'END' || return 1
import os, random, sys
r = random.Random(12)
for i in range(190):
    folder = os.path.join(sys.argv[1], "folder%02d" % (i % 20))
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "file%03d" % i), "wb") as f:
        f.write(r.randbytes(r.choice((100, 3000, 30000, 200000)) + i))
END
	"$vdrive" new --type bd-re --capacity 120000 "$work/disc" &&
		on 0 run && "$vdrive" export --disc "$work/disc" \
			"$work/image" >/dev/null
}

# The files that are whole in a directory.
whole()
{
	(cd "$tree" && find . -type f | sort) | while read -r file; do
		cmp -s "$tree/$file" "$1/$file" && echo "$file"
	done
}

# spoil PERMILLE SEED: bad sectors, and a copy of the disc without them.
spoil()
{
	python3 - "$work/image" "$1" "$2" "$work/copy" "$work/rules" <<'END'
import random, sys
image, permille, seed, copy, rules = sys.argv[1:]
data = bytearray(open(image, "rb").read())
while data.endswith(bytes(2048)):
    del data[-2048:]
count = len(data) // 2048
bad = random.Random(int(seed)).sample(range(count),
                                      count * int(permille) // 1000)
for lba in bad:
    data[lba * 2048:(lba + 1) * 2048] = bytes(2048)
open(copy, "wb").write(data + bytes(1 << 20))
open(rules, "w").writelines(
    "when read lba %d then sense 3/11/05 times forever\n" % lba
    for lba in sorted(bad))
print(count, "blocks,", len(bad), "unreadable")
END
}

# as_good PERMILLE SEED
as_good()
{
	local theirs ours
	spoil "$1" "$2" || return 1
	rm -rf "$work/theirs" "$work/back"
	xorriso -abort_on NEVER -return_with FATAL 0 -osirrox on \
		-indev "stdio:$work/copy" -extract / "$work/theirs" \
		>"$work/xorriso.log" 2>&1
	chmod -R u+w "$work/theirs" 2>/dev/null
	theirs=$(whole "$work"/theirs/2*/tree/t | wc -l)
	on "0 1 3 4" restore --salvage --to "$work/back"
	status=$?
	cat "$work/out"
	tail -n 5 "$work/err"
	ours=$(whole "$work/back/tree/t" | wc -l)
	echo "$ours of 190 files, xorriso $theirs"
	[ "$ours" -ge "$theirs" ] && [ "$status" = 0 ]
}

check "a disc" prepare
for seed in 1 2 3; do
	for permille in 1 10 50; do
		check "$permille of 1,000 sectors unreadable, seed $seed" \
			as_good $permille $seed
	done
done
finish
