#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Files that vanish, shrink or cannot be read after they were listed and before
# they are burned: zeros are in their place.  They do not count, each of them is
# told wherever somebody may rely on it, and a backup that lacks many of them is
# no reason to blank a disc that has them.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# The power is asked for before the dump, before a disc is blanked and before it
# is burned: from the second time on, everything is listed.
cat >"$work/upsc" <<END
#!/bin/sh
echo >>"$work/asked"
[ "\$(wc -l <"$work/asked")" = 1 ] || sh "$work/deed"
echo 'ups.status: OL'
END
chmod 755 "$work/upsc"

# configure OPTIONS OF THE TREE
configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
guard { ups = "rack" upsc = "$work/upsc" }
drive "burner" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "DB-A", "DB-B" }  drives = { "burner" } }
job "nightly" { pool = "db"
  tree "www" { path = "$work/tree"  copy_newer = 0  $1 } }
END
	chmod 600 "$work/nb.conf"
}

fresh()
{
	rm -rf "$work"/{state,staging,discs,tree,keep,back}
	mkdir -p "$work/tree"
	for i in $(seq 40); do echo "$i $RANDOM" >"$work/tree/file$i"; done
	# More than an image reads ahead.
	head -c 6000000 /dev/urandom >"$work/tree/aaa"
	head -c 1000000 /dev/urandom >"$work/tree/large1"
	cp -a "$work/tree" "$work/keep"
	make_discs
	configure "${1-}"
}

# night DISC STATUS DEED ARGUMENTS...: the tree is whole; then DEED is done.
night()
{
	rm -rf "$work/tree" "$work/asked"
	cp -a "$work/keep" "$work/tree"
	insert "$1"
	echo "cd $work/tree && { $3; }" >"$work/deed"
	nb_is "$2" "${@:4}"
}

# has DISC GENERATION: all of it is there.
has()
{
	insert "$1"
	rm -rf "$work/back"
	nb_is 0 restore "$2" --to "$work/back" &&
		diff -r "$work/keep" "$work/back/tree/www"
}

# ---- many: a server that goes away, a job that cleans up ----

vanished()
{
	fresh
	night A 0 true run && night B 0 true run || return 1
	night A 3 'rm *' run &&
		says err 'file1: cannot be read: No such file or directory; LOST' &&
		says err 'tree www: 1 file; the last good backup has 42' &&
		says err 'so many files were lost while they were burned' &&
		says out '41 files LOST, they vanished' || return 1
	# The disc that has them is not blanked for it, nor in any later night.
	night B 3 'rm *' run && has B 2
}

marked()
{
	nb_is 0 list && says out ', SHRUNK, 41 files LOST' &&
		nb_is 0 list --json && says out '"lost": 41' || return 1
	insert A
	nb_is 0 verify && says err '41 files were not read whole when they' &&
		says out '41 of them LOST' || return 1
	rm -rf "$work/back"
	nb_is 3 restore --to "$work/back" 3 &&
		says err 'file1: LOST: it could not be read whole' &&
		says err '41 files that were restored are LOST in this backup' &&
		says out '41 of them LOST' &&
		nb_is 3 restore --stdout 3 tree/www/file1 &&
		says err '1 file that was restored is LOST' &&
		nb_is 3 drill 3 && says err 'only zeros or a part were burned'
}

# The marks are on the disc.
rebuilt()
{
	rm -rf "$work/state/catalog.db"* "$work/state/mark"*
	for disc in A B; do
		insert $disc
		nb_is 0 catalog rebuild || return 1
	done
	nb_is 0 list && says out ', SHRUNK, 41 files LOST'
}

# Nobody has to accept anything: the next night is whole.
goes_on()
{
	night B 0 true run && night A 0 true run && has A 6
}

check "many lost files are no copy of them" vanished
check "they are told by list, verify, restore and drill" marked
check "and by a catalog that was rebuilt" rebuilt
check "the next night needs no word" goes_on

# ---- a few: a spool ----

few()
{
	fresh
	night A 0 true run && night B 0 true run || return 1
	night A 3 'rm file7; : >large1' run &&
		says err 'large1: size changed from 1000000 to 0 bytes; LOST' &&
		says out '2 files LOST' && ! grep SHRUNK "$work/out" &&
		nb_is 0 list && says out ', 2 files LOST' &&
		! grep SHRUNK "$work/out" || return 1
	night B 0 true run
}
check "a few are told, and the nights go on" few

# Files that are only longer or newer are all there.
changed()
{
	fresh
	night A 0 true run
	night B 3 'for i in file*; do echo more >>$i; done' run &&
		says out '40 files CHANGED' && ! grep LOST "$work/out" &&
		nb_is 0 list && ! grep -E 'LOST|SHRUNK' "$work/out"
}
check "what only changed is not lost" changed

# The measure is what is there, not what was listed.
measure()
{
	fresh
	night A 3 'rm file3? file2?' run && says out '20 files LOST' || return 1
	night B 0 'true' run && night A 3 'rm file3? file2? file1?' run &&
		says err 'tree www: 12 files; the last good backup has 42'
}
check "what was lost is not measured" measure

accepted()
{
	fresh
	night A 0 true run && night B 0 true run &&
		night A 3 'rm *' run --accept-shrink &&
		says out '41 files LOST' && ! grep SHRUNK "$work/out"
}
check "what is accepted beforehand is the new measure" accepted

# ---- parts that cannot be read ----

if [ "$(id -u)" != 0 ] || ! runuser -u nobody -- test -x "$nightburn"; then
	skip 'parts that cannot be read' 'needs root, and nobody as reader'
	finish
	exit 0
fi
printf '#!/bin/sh\nexec setpriv --reuid=65534 --regid=65534 %s %s "$@"\n' \
	--clear-groups "$nightburn" >"$work/as_nobody"
chmod 755 "$work/as_nobody"
nightburn=$work/as_nobody
trap 'umount "$work/tree/sub" 2>/dev/null; at_exit' EXIT

# night_of DISC STATUS ARGUMENTS...: of the tree as it is.
night_of()
{
	rm -f "$work/asked"
	insert "$1"
	nb_is "${@:2}"
}

# part OPTIONS COMMAND...: COMMAND makes sub, in which are 20 files of 62.
part()
{
	umount "$work/tree/sub" 2>/dev/null
	fresh "$1"
	echo true >"$work/deed"
	mkdir "$work/tree/sub"
	"${@:2}" || { echo "skipped: $*"; return 0; }
	for i in $(seq 20); do echo "$i" >"$work/tree/sub/p$i"; done
	chown -R 65534:65534 "$work"
	night_of A 0 run && night_of B 0 run || return 1
	chown root "$work/tree/sub" && chmod 700 "$work/tree/sub"
	for disc in A B A; do
		night_of $disc 3 --quiet run && says err "tree www: sub cannot \
be read; the last good backup has 20 files there" &&
			says out '1 source SHRUNK' || return 1
	done
	there A 1 && there B 2
}

# there DISC GENERATION: the part is.
there()
{
	insert "$1"
	rm -rf "$work/back"
	nb_is 0 restore "$2" --to "$work/back" &&
		[ "$(cat "$work/back/tree/www/sub"/p* | wc -l)" = 20 ]
}

# Afterwards: somebody says that it is right.
part_accepted()
{
	night_of A 3 run --accept-shrink && ! grep SHRUNK "$work/out" &&
		night_of B 3 run && ! grep SHRUNK "$work/out"
}

report='on_unreadable = report'
check "a directory that cannot be read any more keeps its copies" \
	part "$report" true
check "so it does in a packed tree" part "$report  pack = \"tar.zst\"" true
check "and a mount point" part '' mount -t tmpfs none "$work/tree/sub"
check "until somebody says that it is right" part_accepted

# Single files count as such.
file_denied()
{
	umount "$work/tree/sub"
	fresh "$report"
	chown -R 65534:65534 "$work"
	night_of A 0 run && night_of B 0 run || return 1
	chown root "$work/tree/file1" && chmod 600 "$work/tree/file1"
	night_of A 3 run && ! grep SHRUNK "$work/out" &&
		says out '1 name LEFT OUT or EMPTY'
}
check "a single file that cannot be read is only named" file_denied

finish
