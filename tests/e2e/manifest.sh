#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing is called good that a restore does not find: a manifest that does not
# fit its disc, all bytes of which are as SHA256SUMS says.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
mkdir "$work/tree"
echo one >"$work/tree/file1"
echo two >"$work/tree/file2"
for who in nb other; do
	cat >"$work/$who.conf" <<END
state_dir = "$work/$who"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "DB-A", "DB-B" }  drives = { "upper" } }
job "j" { pool = "p" tree "t" { path = "$work/tree" } }
END
	chmod 600 "$work/$who.conf"
done

# change OLD NEW: in the manifest of the disc, and its hash in SHA256SUMS, and in
# the copies of both.
change()
{
	python3 - "$work/discs/A" "$1" "$2" <<'END'
import hashlib, sys
path, old, new = sys.argv[1], sys.argv[2].encode(), sys.argv[3].encode()
assert len(old) == len(new)
disc = bytearray(open(path, "rb").read())
at = disc.index(b'{"nightburn_manifest"')
end = disc.index(b'"}\n', disc.index(b'"mac":"', at)) + 3
was = hashlib.sha256(disc[at:end]).hexdigest().encode()
text = bytes(disc[at:end])
assert text.count(old) == 1, text.count(old)
assert disc.count(text) == 2
disc = disc.replace(text, text.replace(old, new))
now = hashlib.sha256(disc[at:end]).hexdigest().encode()
assert disc.count(was) == 4
open(path, "wb").write(disc.replace(was, now))
END
}

# spoiled OLD NEW MESSAGE: somebody who cannot check the MAC is told so, too.
spoiled()
{
	cp "$work/good" "$work/discs/A"
	change "$1" "$2" || return 1
	"$nightburn" -c "$work/other.conf" verify >"$work/out" 2>"$work/err"
	status=$?
	[ "$status" = 1 ] || { cat "$work/out" "$work/err"; return 1; }
	says err "$3" && says out "1 is BAD"
}

check "a night" nb_is 0 run
cp "$work/discs/A" "$work/good"
check "a file that the disc does not have" spoiled \
	'/tree/t/file2"' '/tree/t/fileX"' \
	"/tree/t/fileX: in the manifest, but missing on the disc"
check "a file of another size" spoiled '"size":4,"sha256":"27dd' \
	'"size":5,"sha256":"27dd' \
	"/tree/t/file2: of another size than in the manifest"
check "a file with another hash" spoiled '"sha256":"27dd' '"sha256":"27de' \
	"/tree/t/file2: SHA-256 of the manifest differs from that of SHA256SUMS"
check "a manifest that cannot be parsed" spoiled \
	'"nightburn_manifest"' '"nightburn_manifesT"' \
	"nightburn/manifest.json: not a nightburn manifest"

# enlarge: the manifest reaches a gigabyte beyond the disc's end, which a hole
# in the file adds.
enlarge()
{
	python3 - "$work/discs/A" <<'END'
import os, struct, sys
BLOCK, MORE = 2048, 1 << 30
def both(n):
    return struct.pack("<I", n) + struct.pack(">I", n)
path = sys.argv[1]
disc = bytearray(open(path, "rb").read())
at = disc.index(b'{"nightburn_manifest"')
size = disc.index(b'"}\n', disc.index(b'"mac":"', at)) + 3 - at
end = len(disc) // BLOCK
record = both(at // BLOCK) + both(size)
assert record in disc
disc = disc.replace(record, both(end) + both(MORE + 1))
for block in range(end):
    if disc[block * BLOCK:block * BLOCK + 7] == b"\1CD001\1":
        size = block * BLOCK + 80
        disc[size:size + 8] = both(end + MORE // BLOCK + 1)
with open(path, "wb") as file:
    file.write(disc)
os.truncate(path, (end + MORE // BLOCK + 1) * BLOCK)
END
}

# It is not kept in memory while its bytes pass.
too_large()
{
	cp "$work/good" "$work/discs/A"
	enlarge || return 1
	python3 - "$nightburn" -c "$work/other.conf" verify \
		>"$work/out" 2>"$work/err" <<'END'
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10, "MiB",
      file=sys.stderr)
sys.exit(status)
END
	status=$?
	cat "$work/out" "$work/err"
	[ "$status" = 1 ] && says out "1 is BAD" &&
		[ "$(awk '$2 == "MiB" { print $1 }' "$work/err")" -lt 800 ]
}

check "a manifest that is larger than any is not read into memory" too_large
finish
