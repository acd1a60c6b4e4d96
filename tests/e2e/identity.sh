#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A source that is quietly another thing under the same name: another directory,
# another file system on its mount point, another database or cluster.  It may
# have as many files as before: no disc is blanked for it until somebody says
# that it is right.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

work=$(realpath "$work")

# configure OPTIONS: of the tree.
configure()
{
	sources "tree \"www\" { ${1:-path = \"/\"} }"
}

sources()
{
	write_conf <<<"job \"nightly\" { pool = \"db\"  $1 }"
}

night()
{
	insert "$1"
	shift
	nb_is "$@"
}

made=()
unmount()
{
	local path
	for path in data part ''; do
		while mountpoint -q "$work/tree/$path"; do
			umount "$work/tree/$path" || return 1
		done
	done
	[ ${#made[@]} = 0 ] || rm -f "${made[@]}"
	made=()
}
remove_links()
{
	unmount
	[ -z "${directory:-}" ] ||
		rmdir "$directory" "${directory%/*}" 2>/dev/null
	at_exit
}
trap remove_links EXIT

# fill DIRECTORY [MARK]: twelve files, whatever the mark.
fill()
{
	local i
	mkdir -p "$1"
	for i in $(seq 12); do echo "${2:-one}" >"$1/f$i"; done
}

fresh()
{
	unmount || return 1
	rm -rf "$work"/{state,staging,discs,tree,other,link,back}
	make_discs
	fill "$work/tree"
	fill "$work/other" two
}

good()
{
	night A 0 run && night B 0 run
}

# told TEXT [GENERATION]: two nights, and both discs still have the tree as it
# was; the first of them that generation.
told()
{
	night A 3 run && says err "$1" && night B 3 run && says err "$1" ||
		return 1
	local disc generation=${2:-1}
	for disc in A B; do
		rm -rf "$work/back"
		insert $disc
		nb_is 0 restore $((generation++)) --to "$work/back" &&
			grep -rqx one "$work/back" || return 1
	done
}

# ---- another directory ----

another()
{
	fresh
	configure "path = \"$work/tree\" $1"
	good || return 1
	configure "path = \"$work/other\" $1"
	local text="tree www: another path: $work/other; the last good backup \
has $work/tree"
	told "$text" && night B 0 run --accept-shrink &&
		says err "accepted: $text" && night A 0 run
}
check "another directory under the same name is told" another ''

# Whoever accepts another directory has to know what it lacks.
another_with_less()
{
	local other="tree www: another path: $work/other; the last good backup \
has $work/tree"
	fresh
	configure "path = \"$work/tree\""
	good || return 1
	configure "path = \"$work/other\""
	find "$work/other" -type f | tail -n +2 | xargs rm
	night A 3 run && says err "$other" &&
		says err "tree www: 1 file; the last good backup has" &&
		night A 0 run --accept-shrink && says err "accepted: $other" &&
		says err "accepted: tree www: 1 file; the last good backup has"
}
check "with what it has less" another_with_less
check "also packed" another 'pack = "tar.zst"'

link()
{
	fresh
	ln -s tree "$work/link"
	configure "path = \"$work/link\""
	good || return 1
	configure "path = \"$work/tree\""
	good && configure "path = \"$work/link\"" || return 1
	ln -sfn other "$work/link"
	told "tree www: another path: $work/other; the last good backup has \
$work/tree" 3
}
check "so is a symbolic link that leads elsewhere, not one to the same" link

host()
{
	fresh
	configure "path = \"$work/tree\""
	good || return 1
	configure_far "path = \"$work/tree\""
	local text="tree www: another path: $work/tree on far; the last good \
backup has $work/tree"
	night A 3 run && says err "$text" &&
		night A 0 run --accept-shrink || return 1
	configure_far "path = \"$work/other\""
	night A 3 run && says err "another path: $work/other on far; the last \
good backup has $work/tree on far"
}
check "another host, and another directory there" host

min_ratio()
{
	fresh
	configure "path = \"$work/tree\" min_ratio = 0"
	good && configure "path = \"$work/other\" min_ratio = 0" && good
}
check "with min_ratio = 0 nothing is compared" min_ratio

rebuilt()
{
	fresh
	configure "path = \"$work/tree\""
	good && rm -rf "$work/state/catalog.db"* "$work/state/mark"* &&
		night A 0 catalog rebuild && night B 0 catalog rebuild || return 1
	configure "path = \"$work/other\""
	night A 3 run && says err "another path: $work/other"
}
check "a catalog that was rebuilt knows it, too" rebuilt

# ---- another file system ----

# put IMAGE PATH: mounts it, with the link of udev.
put()
{
	local uuid device
	mount -o loop "$work/$1" "$2" || return 1
	device=$(findmnt -n -o SOURCE "$2")
	uuid=$(blkid -p -s UUID -o value "$work/$1")
	[ -d /dev/disk/by-uuid ] || {
		directory=/dev/disk/by-uuid
		mkdir -p $directory
	}
	[ -L "/dev/disk/by-uuid/$uuid" ] &&
		[ "/dev/disk/by-uuid/$uuid" -ef "$device" ] || {
		ln -sfn "$device" "/dev/disk/by-uuid/$uuid" &&
			made+=("/dev/disk/by-uuid/$uuid")
	}
}

# image NAME UUID MARK: a file system with as many files.
image()
{
	fill "$work/content/data" "$3"
	truncate -s 2M "$work/$1"
	mkfs.ext4 -q -F -O ^has_journal -U "$2" -d "$work/content" "$work/$1"
}
one=11111111-2222-4333-8444-0000000000aa
two=11111111-2222-4333-8444-0000000000bb

# file_system PATH OF: of the tree at this path, mounted on OF.
file_system()
{
	fresh
	image fs1 $one one && image fs2 $two two || return 1
	configure "path = \"$work/$1\""
	put fs1 "$work/$2" && good || return 1
	unmount
	put fs2 "$work/$2" || return 1
	told "tree www: another file system on ${3:-$work/$2}: UUID $two; the \
last good backup has UUID $one" || return 1
	unmount
	put fs1 "$work/$2" && night A 0 run && unmount
}
# Below the tree it is not one of the tree's own files that is missing.
inner_file_system()
{
	fresh
	mkdir "$work/tree/data"
	image fs1 $one one && image fs2 $two two || return 1
	configure "path = \"$work/tree\""
	put fs1 "$work/tree/data" && good || return 1
	unmount
	put fs2 "$work/tree/data" || return 1
	told "tree www: another file system on data: UUID $two; the last good \
backup has UUID $one"
	local told=$?
	unmount
	return $told
}

# What is mounted on itself, as systemd does, is nothing; nor is a device that
# has another number.
same()
{
	fresh
	image fs1 $one one || return 1
	configure "path = \"$work/tree/data\""
	put fs1 "$work/tree" && good && unmount || return 1
	cp "$work/fs1" "$work/fs2" && put fs2 "$work/tree" || return 1
	mount --bind "$work/tree/data" "$work/tree/data" && good && unmount
}

bind()
{
	fresh
	${1:-configure} "path = \"$work/tree\""
	mount --bind "$work/other" "$work/tree" && fill "$work/tree" &&
		good && unmount || return 1
	told "tree www: no file system is mounted on $work/tree any more"
}

inner_bind()
{
	fresh
	mkdir "$work/tree/part"
	configure "path = \"$work/tree\""
	mount --bind "$work/other" "$work/tree/part" && good && unmount ||
		return 1
	fill "$work/tree/part"
	told "tree www: no file system is mounted on part any more" || return 1
	configure "path = \"$work/tree\" exclude = { \"/part\" }"
	good
}

# ---- what is right ----

moved()
{
	fresh
	fill "$work/tree/data"
	configure "path = \"$work/tree/data\""
	good || return 1
	mount -t tmpfs nb "$work/tree/data" && fill "$work/tree/data" && good
	local good=$?
	unmount
	[ $good = 0 ] && night A 3 run && says err "tree www: no file system \
is mounted on $work/tree/data any more"
}

# The same file system, mounted higher; its top has the directory.
higher()
{
	fresh
	image fs1 $one one || return 1
	mkdir -p "$work/tree/data" && mkdir "$work/content/data/data" &&
		mv "$work"/content/data/f* "$work/content/data/data" &&
		mkfs.ext4 -q -F -O ^has_journal -U $one \
			-d "$work/content/data" "$work/fs2" || return 1
	configure "path = \"$work/tree/data\""
	mkfs.ext4 -q -F -O ^has_journal -U $one \
		-d "$work/content/data/data" "$work/fs1" &&
		put fs1 "$work/tree/data" && good && unmount &&
		put fs2 "$work/tree" && good
	local good=$?
	unmount
	rm -rf "$work/content"
	return $good
}

mkdir "$work/probe"
if mount --bind "$work/probe" "$work/probe" 2>/dev/null; then
	umount "$work/probe"
	check "a bind mount that is away is told" bind
	check "also on another host" bind configure_far
	check "also below the tree, unless it was excluded" inner_bind
	check "a directory that got its own file system is right" moved
fi
truncate -s 2M "$work/probe/fs"
mkfs.ext4 -q -F "$work/probe/fs"
mkdir "$work/probe/at"
if mount -o loop "$work/probe/fs" "$work/probe/at" 2>/dev/null; then
	umount "$work/probe/at"
	check "another file system on the same mount point is told" \
		file_system tree/data tree
	check "also below the tree" inner_file_system
	check "the same one as another device is right" same
	check "and the same one on another mount point" higher
fi

# ---- another database, another cluster ----

start_cluster
psql -X -q -d postgres -c 'create role app login' -c 'grant all on schema
	public to app' && createdb -O app one && createdb -O app two || exit 1
for name in one two; do
	psql -X -q -d $name -U app -c "create table t as
		select '$name' as name, generate_series(1, 50) as n" || exit 1
done

# shop OPTIONS
shop()
{
	sources "postgres \"shop\" { min_ratio = 0.5  $1 }"
}

database()
{
	fresh
	shop 'database = "one"'
	good && shop 'database = "two"' || return 1
	night A 3 run && night B 3 run && says err "postgres shop: another \
database: two; the last good backup has one" &&
		night A 0 run --accept-shrink && night B 0 run
}
check "another database under the same name is told" database

# The same one, whatever its name, and from another host.
same_cluster()
{
	fresh
	shop 'database = "one"'
	good || return 1
	shop "database = \"one\"  conninfo = \"host=$cluster/socket\""
	good && write_ssh || return 1
	shop "database = \"one\"  $far" && good || return 1
	shop "database = \"two\"  $far"
	night A 3 run && says err "postgres shop: another database: two"
}
write_ssh()
{
	configure ''
	configure_far ''
	far="host = \"far\"  ssh = \"$work/ssh\"  known_hosts = \"$work/known\""
}
check "the same cluster is right, however it is reached" same_cluster

identifier()
{
	psql -XAt -d postgres -c 'select system_identifier
		from pg_control_system()'
}

another_cluster()
{
	fresh
	local was is both="postgres \"main\" { all = true }"
	sources "$both postgres \"roles\" { globals_only = true }"
	good && was=$(identifier) || return 1
	local first=$PGHOST
	bash "$src/tests/pg_cluster.sh" start "$work/second" || return 1
	export PGHOST=$work/second/socket
	pg_dumpall -h "$first" 2>/dev/null | psql -X -q -d postgres \
		>/dev/null 2>&1
	is=$(identifier)
	local text="another cluster: system identifier $is; the last good \
backup has system identifier $was"
	night A 3 run && says err "postgres one: $text" &&
		says err "postgres two: $text" &&
		says err "postgres roles: $text" && night B 3 run
	local told=$?
	bash "$src/tests/pg_cluster.sh" stop "$work/second" >/dev/null 2>&1
	export PGHOST=$first
	[ $told = 0 ] && night A 0 run
}
check "another cluster on the same socket is told" another_cluster

# Where the server does not tell its identifier, its name is compared.
unknown()
{
	fresh
	psql -X -q -d one -c 'revoke execute on function pg_control_system()
		from public' && ln -sfn socket "$cluster/alias" || return 1
	local user="database = \"one\"  conninfo = \"user=app"
	shop "$user\""
	good || return 1
	shop "$user host=$cluster/alias\""
	night A 3 run && says err "postgres shop: another server: \
$cluster/alias; the last good backup has this host"
}
check "a server that does not tell which it is has a name" unknown

finish
