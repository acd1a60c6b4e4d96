#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The catalog is lost, and comes back from the discs.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
mkdir "$work/tree"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 100M }
pool "p" { discs = { "DB-A", "DB-B" }  drives = { "upper" } }
job "j" { pool = "p" tree "t" { path = "$work/tree" } }
END
chmod 600 "$work/nb.conf"

# night DISC CONTENT
night()
{
	insert "$1"
	echo "$2" >"$work/tree/file$2"
	nb_is 0 run
}

# All columns, and what reports say; without the dates of verification and
# what no disc holds any more.
known()
{
	python3 "$NB_TOP_SRCDIR/tests/e2e/catalog_dump.py" \
		"$work/state/catalog.db" || return 1
	nb_is 0 list || return 1
	sed -E 's/verified .*//; /no longer on any disc/d; /^wait /,+1d' \
		"$work/out"
	nb_is 0 find file || return 1
	grep -vE '^ +[0-9]+  - ' "$work/out"
}

nights()
{
	night A 1 && night B 2 && night A 3 && night A 4 &&
		known >"$work/before"
}

# The seal, made anew by a program that shares no line with the one sealing.
sealed()
{
	python3 "$NB_TOP_SRCDIR/tests/e2e/catalog_seal.py" \
		"$work/state/catalog.db" >"$work/seals" || return 1
	cat "$work/seals"
	[ "$(uniq "$work/seals" | wc -l)" = 1 ] &&
		[ "$(wc -l <"$work/seals")" = 2 ]
}

lost()
{
	rm "$work"/state/catalog.db*
	insert B
	nb_is 3 run && says err "the catalog is an old copy or was lost" &&
		says err "hint: run nightburn catalog rebuild"
}

rebuilt()
{
	insert B
	nb_is 0 catalog rebuild && says out "disc DB-B, generation 2" ||
		return 1
	insert A
	nb_is 0 catalog rebuild && says out "disc DB-A, generation 4" ||
		return 1
	known >"$work/after" && diff "$work/before" "$work/after"
}

again()
{
	nb_is 0 catalog rebuild && known >"$work/after" &&
		diff "$work/before" "$work/after"
}

goes_on()
{
	night B 5 && says out "generation 5 on disc DB-B, session 1"
}

damaged()
{
	rm "$work"/state/catalog.db*
	insert A
	at=$(grep -abo '"mac"' "$work/discs/A" | tail -n 1 | cut -d: -f1)
	cp "$work/discs/A" "$work/keep"
	digit=$(dd if="$work/discs/A" bs=1 skip=$((at + 12)) count=1 status=none)
	printf %s "$digit" | tr 0-9a-f 1-9a-f0 |
		dd of="$work/discs/A" bs=1 seek=$((at + 12)) conv=notrunc \
			status=none
	nb_is 3 catalog rebuild &&
		says err "session 2 has bad files; reading session 1 of DB-A as well" &&
		says err "DB-A: recorded; its backups are good, but a file of" &&
		says err "the catalog still lacks generation 5" || return 1
	cp "$work/keep" "$work/discs/A"
	nb_is 0 list && grep "^ *4 .*suspect" "$work/out" && nb_is 3 run &&
		says err "the catalog is an old copy or was lost"
	rm "$work"/state/catalog.db*
}

other_key()
{
	mv "$work/state/key" "$work/key"
	nb_is 3 catalog rebuild &&
		says err "was not made with the key of this installation" &&
		mv "$work/key" "$work/state/key"
}

# forge BLOCKS CHANGE: the newest manifest in the file of a disc is changed
# (Python, M is its text), and its copy, and SHA256SUMS agrees with it.
forge()
{
	python3 - "$1" "$2" <<'END'
import hashlib, sys
disc = bytearray(open(sys.argv[1], "rb").read())
at = disc.rindex(b'{"nightburn_manifest"')
end = disc.index(b'"}\n', disc.index(b'"mac":"', at)) + 3
old = bytes(disc[at:end])
scope = {"M": old}
exec(sys.argv[2], scope)
new = scope["M"]
assert len(new) == len(old) and new != old
assert disc.count(old) == 2
disc = disc.replace(old, new)
old_sum, new_sum = (hashlib.sha256(x).hexdigest().encode() for x in (old, new))
assert disc.count(old_sum + b"  nightburn/manifest.json") == 2
open(sys.argv[1], "wb").write(disc.replace(old_sum, new_sum))
END
}

# The hashes of the disc agree, its label is ours: only the MAC tells.
forged()
{
	local change
	insert A
	cp "$work/discs/A" "$work/keep"
	for change in 'M = M.replace(b"\"job\":\"j\"", b"\"job\":\"k\"")' \
		'i = M.index(b"\"mac\"") + 9; M = M[:i] + b"_" + M[i + 1:]' \
		'M = M.replace(b"\"mac\"", b"\"mad\"")'; do
		cp "$work/keep" "$work/discs/A"
		forge "$work/discs/A" "$change" || return 1
		nb_is 1 verify && says err "nightburn/manifest.json: wrong \
MAC; the manifest is not the one that was written" || return 1
		rm -rf "$work/back"
		nb_is 1 restore --to "$work/back" && says err "wrong MAC" &&
			cmp "$work/back/tree/t/file4" "$work/tree/file4" &&
			nb_is 1 restore --into none && says err "wrong MAC" ||
			return 1
		rm "$work"/state/catalog.db*
		nb_is 1 catalog rebuild && says err "wrong MAC" &&
			nb_is 0 list && ! grep "^ *[0-9]" "$work/out" || return 1
	done
	cp "$work/keep" "$work/discs/A"
	nb_is 0 verify && ! grep MAC "$work/err" && nb_is 0 catalog rebuild
}

# With the key, but without what it knew: list says what to do.
empty_list()
{
	rm -f "$work"/state/catalog.db*
	insert A
	nb_is 3 run && nb_is 0 list && says err "no backup is in the catalog" &&
		says err "hint: nightburn catalog rebuild" &&
		nb_is 0 catalog rebuild && nb_is 0 list && [ ! -s "$work/err" ]
}

no_configuration()
{
	"$nightburn" -c "$work/none.conf" list >"$work/out" 2>"$work/err"
	[ $? = 2 ] && says err "hint: -c FILE names another configuration" &&
		"$nightburn" -c "$work/none.conf" restore --list --device \
			"stdio:$work/discs/A" >"$work/out"
}

usage()
{
	nb_is 2 catalog forget && says err "expected rebuild, accept or lost"
}

check "nights on two discs" nights
check "the seal is that which the manual describes" sealed
check "without its catalog nightburn writes to no disc" lost
check "the catalog comes back from the discs" rebuilt
check "a disc is learnt once" again
check "the rotation goes on where it was" goes_on
check "a session whose copies are damaged is learnt, and the disc is suspect" damaged
check "nor without the key" other_key
check "a manifest that is not the one written is detected by its MAC" forged
check "a list of nothing says how to fill it" empty_list
check "a list without a configuration says what can be done" no_configuration
check "another word than rebuild is a usage error" usage
# Each in a drive of its own: the command takes one after the other.
two_drives()
{
	rm -f "$work"/state/catalog.db* "$work"/state/mark
	sed -i 's/^pool/drive "lower" { device = "stdio:'"${work//\//\\/}"'\/second"  capacity = 100M }\n&/
		s/drives = { "upper" }/drives = { "upper", "lower" }/' "$work/nb.conf"
	insert A && ln -sfn discs/B "$work/second"
	nb_is 0 catalog rebuild && says err "recorded; not read yet: DB-" &&
		nb_is 0 catalog rebuild && ! grep -q "not read" "$work/err" &&
		nb_is 0 list && grep -q "DB-A (good)" "$work/out" &&
		grep -q "DB-B (good)" "$work/out"
}
check "with two drives each disc is read" two_drives

# A new server: the key is there, and the first disc in the drive is blank.
new_server()
{
	nb_is 0 key export && cp "$work/out" "$work/key.txt" &&
		rm -rf "$work/state" && nb_is 0 key import "$work/key.txt" &&
		says err "$work/state: the discs of this key are not in a \
catalog yet: until then nothing is burned" &&
		says err "hint: run nightburn catalog rebuild with each disc" &&
		rm -f "$work/second" "$work/discs/new" && insert new &&
		: >"$work/discs/new" && nb_is 3 plan &&
		says out "the catalog is an old copy or was lost" &&
		nb_is 3 run && says err "the catalog is an old copy or was lost" &&
		[ ! -s "$work/discs/new" ] &&
		nb_is 0 key import "$work/key.txt" && [ ! -s "$work/err" ]
}
check "a new server with the key burns nothing before the discs were read" \
	new_server

# The newest backup is the one that was.
old_discs_read()
{
	insert A && nb_is 0 catalog rebuild && insert B &&
		nb_is 0 catalog rebuild && insert new && nb_is 3 run &&
		says err "all names of the pool are in use" && insert A &&
		nb_is 0 pool take-over --from "$(hostname)" && nb_is 0 plan
}
check "then the nights go on" old_discs_read

# Discs that do not exist need not be read.
nothing_to_read()
{
	rm -rf "$work/state" && nb_is 0 key import "$work/key.txt" &&
		insert new && nb_is 3 plan &&
		nb_is 0 catalog rebuild --finish && nb_is 0 run &&
		says out "generation 1"
}
check "a key whose discs are gone: rebuild --finish says so" nothing_to_read

# That was wrong: one of the old discs is found.
found_again()
{
	local high="has the highest number, but generation 1 ("

	rm -rf "$work/back" && insert A && nb_is 3 catalog rebuild && says err "DB-A: recorded; " &&
		says err "$high" && says err "was made later" &&
		says err "hint: to restore, name the one that is meant: 1 or " &&
		nb_is 3 restore --to "$work/back" && says err "$high" &&
		says err "hint: name the one that is meant: 1 or "
}
check "old discs that are read after the first night: which is the newest?" \
	found_again

finish
