#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A source that lost what it had: an emptied directory, a file system that is
# not mounted, a database that was dropped.  However many nights pass, no disc
# that has it is blanked until somebody says that it is right.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# configure SOURCES...
configure()
{
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "burner" { device = "stdio:$work/drive"  capacity = ${size:-100M} }
pool "db" { discs = { ${discs:-"DB-A", "DB-B"} }  drives = { "burner" } }
job "nightly" { pool = "db"
$*
}
END
	chmod 600 "$work/nb.conf"
}

fresh()
{
	rm -rf "$work"/{state,staging,discs,tree,back,newest,fourth}
	mkdir -p "$work/tree"
	make_discs
}

fill()
{
	for i in $(seq 40); do echo "$i of 40" >"$work/tree/file$i"; done
	head -c 3000000 /dev/urandom >"$work/tree/big"
}

night()
{
	insert "$1"
	shift
	nb_is "$@"
}

# Backups of two pools are told apart by their times, in seconds.
another_second()
{
	local now
	now=$(date +%s)
	while [ "$(date +%s)" = "$now" ]; do :; done
}

# Is the file of the tree of this generation on disc $1?
has()
{
	insert "$1"
	rm -rf "$work/back"
	nb_is 0 restore "$2" --to "$work/back" &&
		[ "$(find "$work/back/tree" -name 'file*' | wc -l)" = 40 ]
}

tree='tree "www" { path = "'$work'/tree" }'

# What was seen: two nights, and everything is gone.
emptied()
{
	fresh
	configure "${1:-$tree}"
	fill
	night A 0 run && night B 0 run || return 1
	rm -rf "$work"/tree/*
	night A 3 --quiet run &&
		says err "nightburn: tree www: 0 files; the last good backup has 41" &&
		says err "nightburn: nightly: the backup shrank, so no disc is blanked for it" &&
		says err "run nightburn run --accept-shrink" &&
		says out "1 source SHRUNK" && nb_is 0 plan &&
		says err "nightburn: nightly: generation 3 lacks something of \
the one before it; as long as that is so, no disc is blanked" || return 1
	for disc in B A B; do
		night $disc 3 run && says err "has 41" || return 1
	done
	insert B
	nb_is 3 restore --to "$work/newest" &&
		says err "tree www: 0 files; the last good backup has 41" &&
		says err "lacks something of the one before it" &&
		says err "name 2 to restore generation 2 (" &&
		nb_is 0 restore 4 --to "$work/fourth" &&
		says err "tree www: 0 files; the last good backup has 41" &&
		says err "0 files were restored" || return 1
	# The newest is elsewhere, and not the one to insert.
	insert A
	nb_is 3 restore --to "$work/newest" && says_first && rm "$work/drive" &&
		nb_is 3 restore --to "$work/newest" && says_first &&
		has A 1 && has B 2
}
says_first()
{
	says err "hint: name 2 to restore generation 2 (" &&
		says err "; insert DB-B for generation 6 ("
}
check "an emptied directory does not destroy the copies of it" emptied
packed()
{
	emptied 'tree "www" { path = "'"$work"'/tree"  pack = "tar.zst" }'
}
check "nor does one that is packed" packed

# Afterwards, in the same world.
comes_back()
{
	fill
	night A 0 run && says out verified && night B 0 run && night A 0 run
}
check "when it is filled again, all goes on" comes_back

accepted()
{
	rm -rf "$work"/tree/*
	night B 3 run && night B 0 --quiet run --accept-shrink &&
		says err "accepted: tree www: 0 files; the last good backup \
has 41" &&
		! grep -q hint "$work/err" || return 1
	night A 0 run --dry-run --accept-shrink &&
		! grep accepted "$work/err" "$work/out" &&
		night A 0 run && night B 0 run && ! grep -q shrunk "$work/err"
}
check "what is said to be right is the new measure" accepted

bytes()
{
	fresh
	configure "$tree"
	fill
	night A 0 run && night B 0 run || return 1
	: >"$work/tree/big"
	night A 3 run --json && says out '"shrunk": 1' &&
		says err "B; the last good backup has 3.0 MB" || return 1
	configure 'tree "www" { path = "'"$work"'/tree"  min_ratio = 0 }'
	night A 0 run
}
check "much fewer bytes are told, with min_ratio = 0 they are not" bytes

# Names and contents are not asked about, either.
now_and_then()
{
	fresh
	configure 'tree "www" { path = "'"$work"'/tree"  min_ratio = 0 }'
	fill
	night A 0 run && night B 0 run && rm "$work"/tree/* && night A 0 run
}
check "nor is a directory that is emptied now and then" now_and_then

# Never half of it in one night.
slowly()
{
	fresh
	configure "$tree"
	fill
	night A 0 run && night B 0 run || return 1
	rm "$work"/tree/file{1..19}
	night A 0 run || return 1
	rm "$work"/tree/file{20..30}
	night B 3 --quiet run &&
		says err "tree www: 11 files; generation 2 has 41" &&
		says err "shrank, so no disc is blanked" || return 1
	insert B
	nb_is 0 restore 2 --to "$work/all" || return 1
	night B 0 run --accept-shrink &&
		says err "accepted: tree www: 11 files; generation 2 has 41" &&
		says out "1 source much less than in the last good backup, accepted" ||
		return 1
	rm "$work"/tree/file31
	night A 0 run && night B 0 run && ! grep -q shrank "$work/err"
}
check "what becomes less each night is told before the last whole copy is gone" \
	slowly

# As many files and bytes, and nobody can read them.
renamed()
{
	local f
	fresh
	configure "$1"
	fill
	night A 0 run && night B 0 run || return 1
	for f in "$work"/tree/*; do mv "$f" "$f.locked"; done
	night A 3 --quiet run &&
		says err "tree www: of 41 files in the last good backup, 0 are there under their names" &&
		says err "min_kept = 0 is for files that have new names" &&
		says err "shrank, so no disc is blanked" && has A 1 || return 1
	for f in "$work"/tree/*{1,2,3,4,5,big}.locked; do
		mv "$f" "${f%.locked}"
	done
	night A 0 run && night B 0 run || return 1
	for f in "$work"/tree/*; do mv "$f" "${f%.locked}.old"; done
	night A 3 run && night B 0 run --accept-shrink &&
		says err "accepted: tree www: of 41 files in the last good" &&
		night A 0 run || return 1
	configure "${1/path/min_kept = 0  path}"
	for f in "$work"/tree/*; do mv "$f" "$f.new"; done
	night B 0 run
}
check "files that all have other names are missed" renamed "$tree"

# The large one is most of the bytes.
all_empty()
{
	local i
	fresh
	configure "$tree"
	fill
	night A 0 run && night B 0 run || return 1
	for i in $(seq 40); do : >"$work/tree/file$i"; done
	night A 3 run &&
		says err "of 41 files in the last good backup, 1 is there" &&
		has A 1
}
check "so are files that are all empty" all_empty
check "in an archive as well" renamed \
	'tree "www" { path = "'"$work"'/tree"  pack = "tar.zst" }'

# 300 kB in one file, and nine keys.
small()
{
	fresh
	configure "$tree"
	mkdir "$work/tree"
	echo read me >"$work/tree/README"
	head -c 300000 /dev/urandom >"$work/tree/books.db"
	night A 0 run && night B 0 run || return 1
	: >"$work/tree/books.db"
	night A 3 run && says err "B; the last good backup has 300.0 kB" ||
		return 1
	fresh
	configure "$tree"
	mkdir "$work/tree"
	for i in 1 2 3 4 5 6 7 8 9; do echo "$i" >"$work/tree/$i.key"; done
	night A 0 run && night B 0 run || return 1
	rm "$work"/tree/[2-9].key
	night A 3 run && says err "tree www: 1 file; the last good backup has 9"
}
check "of a small tree as well" small

# The disc has no room for a session more: it is not blanked for it.
no_room()
{
	fresh
	size=6M configure "$tree"
	fill
	night A 0 run && night B 0 run || return 1
	head -c 3500000 /dev/urandom >"$work/tree/big"
	rm "$work"/tree/file*
	local before
	before=$(sha256sum <"$work/discs/A")
	night A 3 run &&
		says err "the backup lacks something of the one before it" &&
		[ "$(sha256sum <"$work/discs/A")" = "$before" ] &&
		night A 0 run --resume --accept-shrink
}
check "without room to append nothing is blanked; it waits in staging" no_room

# A new disc takes it, and later nights still know.
unused_disc()
{
	fresh
	discs='"DB-A", "DB-B", "DB-C"' configure "$tree"
	: >"$work/discs/C"
	fill
	night A 0 run && night B 0 run || return 1
	rm -rf "$work"/tree/*
	night C 3 run && says out "disc DB-C" || return 1
	night C 3 run && says err "tree www: 0 files; the last good backup" ||
		return 1
	night A 3 run && says err "insert disc DB-C" && night B 3 run &&
		says err "tree www: 0 files; the last good backup" || return 1
	has A 1 && has B 2
}
check "an unused disc takes it" unused_disc

rebuilt()
{
	rm -rf "$work/state/catalog.db"* "$work/state/mark"*
	for disc in A B C; do
		night $disc 0 catalog rebuild || return 1
	done
	night C 3 run && says err "tree www: 0 files; the last good backup has 41"
}
check "a catalog that was rebuilt from the discs knows it, too" rebuilt

image()
{
	nb_is 3 image "$work/image" && says err "tree www: 0 files" &&
		nb_is 0 image --accept-shrink --force "$work/image"
}
check "image tells it" image

# The job moves to new discs while its tree is not mounted; then it is back.
all_shrunk()
{
	fresh
	configure "$tree"
	fill
	night A 0 run && night B 0 run || return 1
	another_second
	discs='"DB-C", "DB-D"' configure "$tree"
	sed -i 's/pool = "db"/pool = "new"/; s/pool "db"/pool "new"/' \
		"$work/nb.conf"
	: >"$work/discs/C"
	: >"$work/discs/D"
	mv "$work/tree" "$work/newest" && mkdir "$work/tree" &&
		night C 3 run && night D 3 run &&
		rmdir "$work/tree" && mv "$work/newest" "$work/tree"
}

back_again()
{
	all_shrunk && night C 0 plan &&
		says out "no good disc of the pool has a backup that lacks" &&
		night C 0 run && night D 0 run && says err "blanking DB-D" &&
		has C 3 && has D 4
}
check "what is good again is appended where all discs have less" back_again

# Without room to append, somebody has to say that it is not needed.
all_shrunk_and_full()
{
	local before
	all_shrunk && rm "$work/staging" -r || return 1
	sed -i "s/capacity = 100M/capacity = 3500K/" "$work/nb.conf"
	before=$(sha256sum <"$work/discs/C")
	night C 3 run && says err "no good disc of the pool has a backup" &&
		says err "hint: insert another disc, or add a name to the pool; if" &&
		says err "run nightburn run --accept-shrink" &&
		[ "$(sha256sum <"$work/discs/C")" = "$before" ] || return 1
	night D 3 run --accept-shrink && says err "insert disc DB-C" &&
		night C 0 run --accept-shrink && says err "blanking DB-C" &&
		night D 0 run && has C 3 && has D 4
}
check "where there is no room, somebody says that it is not needed" \
	all_shrunk_and_full

# ---- somebody removed a source from the configuration ----

removed()
{
	fresh
	mkdir -p "$work/other"
	echo 1 >"$work/other/one"
	local other='tree "other" { path = "'"$work"'/other" }'
	configure "$tree $other"
	fill
	night A 0 run && night B 0 run || return 1
	configure "$tree"
	# B still has it, newer than A.
	night A 0 run || return 1
	insert B
	nb_is 3 plan && says out "tree other (generation 2)" || return 1
	night B 3 run &&
		says err "the disc alone holds something that no newer backup has: tree other (generation 2)" &&
		says err "nightburn run --accept-shrink" &&
		nb_is 3 blank && nb_is 0 restore 2 --to "$work/back" &&
		[ -e "$work/back/tree/other/one" ] || return 1
	night B 0 run --resume --accept-shrink && says err "accepted: \
disc DB-B alone holds tree other (generation 2)" && night A 0 run
}
check "the only copy of a source that was removed is not blanked" removed

job_renamed()
{
	fresh
	configure "$tree"
	fill
	night A 0 run && night B 0 run || return 1
	configure "$tree"
	sed -i 's/"nightly"/"daily"/' "$work/nb.conf"
	night A 0 run && night B 0 run
}
check "a job that was renamed goes on" job_renamed

# Before its first night under the new name; moved to other discs after that.
renamed_emptied()
{
	fresh
	configure "$tree"
	fill
	night A 0 run && night B 0 run || return 1
	rm -rf "$work"/tree/*
	configure "$tree"
	sed -i 's/"nightly"/"daily"/' "$work/nb.conf"
	night A 3 run && says err "0 files; the last good backup has 41" &&
		night B 3 run && has A 1 && has B 2 || return 1
	another_second
	: >"$work/discs/C"
	: >"$work/discs/D"
	discs='"DB-C", "DB-D"' configure "$tree"
	sed -i 's/pool "db"/pool "new"/; s/pool = "db"/pool = "new"/' \
		"$work/nb.conf"
	night C 3 run && says err "0 files; the last good backup has 41"
}
check "a job that was renamed, or moved to a new pool, has its measure" \
	renamed_emptied

# other POOL DISCS SOURCES...: a job of another configuration on this state.
other_job()
{
	local pool=$1
	discs=$2 configure "$3"
	sed -i "s/\"nightly\"/\"${4:-other}\"/; s/\"db\"/\"$pool\"/" \
		"$work/nb.conf"
}

# Job, pool and discs all have new names: what it is tells.
all_renamed()
{
	local etc='tree "etc" { path = "'"$work"'/other" }'
	fresh
	mkdir -p "$work/other"
	echo 1 >"$work/other/one"
	configure "$tree"
	fill
	night A 0 run && night B 0 run || return 1
	: >"$work/discs/C"
	: >"$work/discs/D"
	rm -rf "$work"/tree/*
	another_second
	other_job new '"DB-C", "DB-D"' "$tree $etc" daily
	for disc in C D C; do
		night $disc 3 --quiet run &&
			says err "0 files; the last good backup has 41" ||
			return 1
	done
	night C 3 run && says err "daily: compared with the backups of job nightly of pool db, which had the same sources" || return 1
	fill
	night D 0 run && rm -rf "$work"/tree/* && night C 3 run &&
		says err "0 files; the last good backup has 41" &&
		! grep "compared with" "$work/err"
}
check "so has one that was renamed together with its pool" all_renamed

# Its source has the same name, and is something else.
foreign()
{
	fresh
	rm -rf "$work"/other
	mkdir -p "$work"/other/{x,y}
	echo 1 >"$work/other/x/1"
	local etc='tree "etc" { path = "'"$work"'/other/x" }'
	configure "$tree $etc"
	fill
	night A 0 run && night B 0 run || return 1
	: >"$work/discs/C"
	another_second
	other_job op '"DB-C", "DB-D"' \
		'tree "www" { path = "'"$work"'/other/y" }' "${1:-other}"
	# It looks as if the job had been moved: see renamed_emptied.
	night C 0 run --accept-shrink || return 1
	another_second
	configure "$etc"
	night A 0 run || return 1
	night B 3 run && has B 2 &&
		says_of_only_copy || return 1
}
says_of_only_copy()
{
	insert B
	nb_is 3 plan && says out "tree www (generation 2)"
}
check "a job of another pool has no copy of this one's sources" foreign
same_name()
{
	foreign nightly
}
check "nor if it has the same name" same_name

# ---- a file system ----

not_mounted()
{
	fresh
	truncate -s 8M "$work/fs"
	mkfs.ext4 -q -F "$work/fs" && mkdir -p "$work/tree/data" &&
		mount -o loop "$work/fs" "$work/tree" 2>"$work/why" || {
		echo "skipped: $(cat "$work/why")"
		return 0
	}
	mkdir "$work/tree/data"
	for i in $(seq 3); do echo "$i" >"$work/tree/data/$i"; done
	configure 'tree "www" { path = "'"$work"'/tree/data" }'
	night A 0 run && night B 0 run
	local good=$?
	umount "$work/tree"
	[ $good = 0 ] || return 1
	for i in $(seq 3); do echo "$i" >"$work/tree/data/$i"; done
	night A 3 run &&
		says err "tree www: no file system is mounted on $work/tree any more"
}

unmount_inner()
{
	! mountpoint -q "$work/tree/data" || umount "$work/tree/data"
}
trap 'unmount_inner; at_exit' EXIT

# Mounted as before, and empty.  What is left of it in the tree is enough.
inner_emptied()
{
	fresh
	configure "${1:-$tree}"
	fill
	mkdir "$work/tree/data" && mount -t tmpfs nb "$work/tree/data" ||
		return 1
	for i in $(seq 30); do echo "$i" >"$work/tree/data/f$i"; done
	night A 0 run && night B 0 run && rm "$work"/tree/data/f{1..29} &&
		night A 3 run &&
		says err "tree www: 1 file on data; the last good backup has 30 there" &&
		night B 3 run && has_data 1 A && has_data 2 B &&
		night A 0 run --accept-shrink && night B 0 run
	local good=$?
	umount "$work/tree/data"
	return $good
}
inner_emptied_packed()
{
	inner_emptied 'tree "www" { path = "'"$work"'/tree"  pack = "tar.zst" }'
}

# A directory that moved to another place, as to a larger disk.
linked()
{
	local i
	rm -rf "$work/other"
	fresh
	configure "${1:-$tree}"
	fill
	mkdir -p "$work/tree/data/deep" "$work/other"
	for i in $(seq 30); do echo "$i" >"$work/tree/data/deep/f$i"; done
	night A 0 run && night B 0 run || return 1
	mv "$work/tree/data" "$work/tree/large"
	ln -s large "$work/tree/data"
	night A 0 run && ln -sfn "$work/tree/large" "$work/tree/data" &&
		night B 0 run || return 1
	mv "$work/tree/large" "$work/other/data"
	ln -sfn "$work/other/data" "$work/tree/data"
	night A 0 run --accept-shrink || return 1
	rm "$work/tree/data" && mv "$work/other/data" "$work/tree/data" &&
		night B 0 run && night A 0 run || return 1
	mv "$work/tree/data" "$work/other/data" &&
		ln -s "$work/other/data" "$work/tree/data" &&
		night B 3 run &&
		says err "tree www: data is a symbolic link now; the last good backup has 30 files there" &&
		says err "hint: name the directory that it leads to as a tree" &&
		night A 3 run && night B 0 run --accept-shrink && night A 0 run
}
check "a directory that became a link out of the tree is missed" linked
linked_packed()
{
	linked 'tree "www" { path = "'"$work"'/tree"  pack = "tar.zst" }'
}
check "in a packed tree, too" linked_packed

# It has less than half of the files, which nobody would miss by their number.
inner_mount()
{
	fresh
	configure "${1:-$tree}"
	fill
	mkdir "$work/tree/data" && mount -t tmpfs nb "$work/tree/data" ||
		return 1
	for i in $(seq 30); do echo "$i" >"$work/tree/data/f$i"; done
	night A 0 run && night B 0 run
	local good=$?
	umount "$work/tree/data"
	[ $good = 0 ] || return 1
	night A 3 run &&
		says err "tree www: no file system is mounted on data any more" &&
		night B 3 run && has_data 1 A && has_data 2 B &&
		night A 0 run --accept-shrink && night B 0 run
}
has_data()
{
	insert "$2"
	rm -rf "$work/back"
	nb_is 0 restore "$1" --to "$work/back" &&
		[ -e "$work/back/tree/www/data/f30" ]
}
inner_packed()
{
	inner_mount 'tree "www" { path = "'"$work"'/tree"  pack = "tar.zst" }'
}
mkdir "$work/probe"
if mount -t tmpfs nb "$work/probe" 2>/dev/null; then
	umount "$work/probe"
	check "a file system below the tree that is not mounted is missed" \
		inner_mount
	check "in a packed tree, too" inner_packed
	check "so is one that is mounted and has few of its files" \
		inner_emptied
	check "in a packed tree as well" inner_emptied_packed
fi

# ---- bytes that change by themselves ----

unmount()
{
	! mountpoint -q "$work/tree" || umount "$work/tree"
}
trap 'unmount; at_exit' EXIT

# The file is older than the backups: its status says that it did not change.
old_file()
{
	fresh
	truncate -s 8M "$work/fs"
	mkfs.ext4 -q -b 4096 -F "$work/fs" && mount -o loop "$work/fs" "$work/tree" ||
		return 1
	head -c 6000 /dev/urandom >"$work/tree/ledger"
	echo fresh >"$work/tree/notes"
	cp "$work/tree/ledger" "$work/ledger"
	umount "$work/tree" && debugfs -w -R \
		'set_inode_field /ledger ctime 20200101000000' "$work/fs" &&
		mount -o loop "$work/fs" "$work/tree"
}

rot()
{
	umount "$work/tree" && python3 "$src/tests/e2e/spoil.py" "$work/fs" \
		"$work/ledger" && mount -o loop "$work/fs" "$work/tree"
}

# kept GENERATION DISC: that disc has the bytes as they were.
kept()
{
	insert "$2"
	rm -rf "$work/back"
	nb_is 0 restore "$1" --to "$work/back" &&
		cmp "$work/ledger" "$work/back/tree/www/ledger"
}

always='tree "www" { path = "'$work'/tree"  checksum = always }'
silent()
{
	old_file || return 1
	configure "$always"
	night A 0 run && night B 0 run && rot || return 1
	# The disc of this night has generation 1; the newest is on the other.
	night A 3 --quiet run && says err "tree www: ledger: content differs \
from generation 2 on DB-B, but its metadata is unchanged" &&
		says err "tree www: 1 file changed without a sign of it" &&
		says err "run nightburn run --accept-shrink" || return 1
	for disc in B A B; do
		night $disc 3 run && says err "ledger: content differs" ||
			return 1
	done
	kept 1 A && kept 2 B
}

# What a packed tree has is compared, too, with a session of the same disc as
# well.
silent_packed()
{
	local packed='tree "www" { path = "'$work'/tree"  checksum = always
		pack = "tar.zst" }'
	unmount
	old_file || return 1
	configure "$packed"
	night A 0 run && night B 0 run && night B 0 run && rot || return 1
	night B 3 run && says err "tree www: ledger: content differs from \
generation 3 on DB-B, but its metadata is unchanged" || return 1
	night A 3 run && says err "ledger: content differs" &&
		says err "run nightburn run --accept-shrink" &&
		kept 1 A && night A 0 run --accept-shrink && night B 0 run
}

# A session does not fit: the disc is not blanked for it.
silent_no_room()
{
	unmount
	old_file || return 1
	size=2M configure "$always"
	sed -i 's/"DB-B" }/& rotation = alternate/' "$work/nb.conf"
	head -c 900000 /dev/urandom >"$work/tree/big"
	night A 0 run && night B 0 run && rot || return 1
	head -c 950000 /dev/urandom >"$work/tree/big"
	night A 3 run && says err "ledger: content differs from generation 2" &&
		kept 1 A && kept 2 B
}

# Whoever writes the file, or puts the good one back, needs to say nothing.
silent_written()
{
	unmount
	old_file || return 1
	configure "$always"
	night A 0 run && night B 0 run && rot || return 1
	cp -p "$work/ledger" "$work/tree/ledger"
	night A 0 run && night B 0 run
}

silent_accepted()
{
	rot || return 1
	configure 'tree "www" { path = "'"$work"'/tree"  checksum = never }'
	night A 0 run && night B 0 run && configure "$always" &&
		night A 0 run --accept-shrink && night B 0 run && night A 0 run
	local good=$?
	unmount
	return $good
}

if [ "$(id -u)" = 0 ]; then
	check "a file system that is not mounted is told" not_mounted
	check "bytes that changed without a sign are told, on whatever disc" \
		silent
	check "also those in a packed tree" silent_packed
	check "and the good ones are kept, if there is no room, too" \
		silent_no_room
	check "a file that was written again is not told" silent_written
	check "what was accepted is the new measure" silent_accepted
fi

# ---- databases ----

start_cluster
databases()
{
	local name
	for name in shop forum; do
		dropdb --if-exists "$name" && createdb "$name" &&
			psql -X -q -d "$name" -c 'create table t as
				select generate_series(1, 500) as n' || return 1
	done
}

cluster_all='postgres "main" { all = true }'
dropped()
{
	fresh
	databases || return 1
	configure "$cluster_all"
	night A 0 run && night B 0 run || return 1
	dropdb forum
	for disc in A B A B; do
		night $disc 3 run &&
			says err "postgres forum: missing; the last good backup has it" ||
			return 1
	done
	insert B
	nb_is 3 restore --source forum --into forum &&
		says err "nothing was restored" &&
		says err "name 2 to restore generation 2 (" &&
		nb_is 0 restore 2 --source forum --into forum &&
		[ "$(psql -XAt -d forum -c 'select count(*) from t')" = 500 ] &&
		night A 0 run
}
check "a database that was dropped stays on the discs" dropped

emptied_database()
{
	fresh
	databases || return 1
	configure 'postgres "shop" { }'
	night A 0 run && night B 0 run || return 1
	psql -X -q -d shop -c 'truncate t'
	night A 3 run && says err "postgres shop: " &&
		says err "; the last good backup has" || return 1
	psql -X -q -d shop -c 'drop table t'
	night B 3 run && says err "; the last good backup has" || return 1
	nb_is 3 restore --source shop --into again &&
		says err "nothing was restored" &&
		says err "name 2 to restore generation 2 (" &&
		nb_is 0 restore 2 --source shop --into again || return 1
	dropdb again
	night B 0 run --accept-shrink
}
check "a database without rows is not a good backup of it" emptied_database

# The others have most of the rows.
emptied_table()
{
	local sql
	fresh
	databases || return 1
	psql -X -q -d shop -c 'create schema "Sales Dept"' \
		-c 'create table "Sales Dept"."Customers" as
			select generate_series(1, 200) as n' \
		-c 'create table few as select generate_series(1, 99) as n' ||
		return 1
	configure 'postgres "shop" { }'
	night A 0 run && night B 0 run || return 1
	psql -X -q -d shop -c 'truncate few'
	night A 0 run || return 1
	for sql in 'truncate' 'drop table'; do
		psql -X -q -d shop -c "$sql \"Sales Dept\".\"Customers\""
		night B 3 --quiet run &&
			says err "postgres shop: table Sales Dept.Customers has no rows or is gone; it had 200" &&
			says err "transient_tables is for tables that come" &&
			says err "shrank, so no disc is blanked" || return 1
	done
	psql -X -q -d shop -c 'create table "Sales Dept"."Customers" as select 1'
	night B 3 --quiet run &&
		says err "postgres shop: table Sales Dept.Customers has 1 row; it had 200" &&
		nb_is 3 restore --source shop --into again &&
		says err "table Sales Dept.Customers has 1 row; it had 200" ||
		return 1
	configure 'postgres "shop" { transient_tables = { "public.few", "Sales*.*" } }'
	night B 0 run && night A 0 run
}
check "nor is one with a table that has few rows, none, or is gone" emptied_table

# The block of the globals has the name of a database.
named_alike()
{
	fresh
	databases || return 1
	configure "$cluster_all"' postgres "forum" { globals_only = true }'
	night A 0 run && night B 0 run && dropdb forum || return 1
	night A 3 run &&
		says err "postgres forum: missing; the last good backup has it"
}
check "a database with the name of the globals is missed, too" named_alike

new_cluster()
{
	fresh
	databases || return 1
	configure "$cluster_all"
	night A 0 run && night B 0 run && dropdb shop && dropdb forum || return 1
	night A 3 run &&
		says err "postgres forum: missing; the last good backup has it" &&
		says err "postgres shop: missing; the last good backup has it"
}
check "nor is a cluster that is new and empty" new_cluster

finish
