#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Other people's readers agree with ours, file by file, on names that are
# hard; two sessions on one disc; and the script on the disc restores alone.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
tree=$work/tree
mkdir "$tree"

put()
{
	mkdir -p "$(dirname "$tree/$1")"
	printf '%s' "$2" >"$tree/$1"
}

long=$(printf 'x%.0s' $(seq 251)).txt
put plain.txt plain
put 日本語/ファイル.txt japanese
put "$long" long
put "$(printf 'd/%.0s' $(seq 12))deep" deep
put "with  spaces/ a name " spaces
put $'new\nline\n.txt' newline
put "collide-$(printf 'y%.0s' $(seq 70))-1" one
put "collide-$(printf 'y%.0s' $(seq 70))-2" two
put 'back\slash' backslash
put "quote'\"s" quotes
put -dash dash
: >"$tree/empty"
mkdir "$tree/empty dir"
ln "$tree/plain.txt" "$tree/hard link"
ln -s plain.txt "$tree/symlink"
ln -s /nowhere/at/all "$tree/dangling"
chmod 4755 "$tree/plain.txt"
chmod 0600 "$tree/empty"
chown 1111:2222 "$tree/empty"
touch -d 2001-02-03T04:05:06Z "$tree/plain.txt"

createdb 'odd "name'
psql -X -q -d 'odd "name' -c 'create table t as select 42 as n'
psql -X -q -d postgres -c 'create role archivist'
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "d" { device = "stdio:$work/drive" }
pool "db" { discs = { "A", "B" }  drives = { "d" }
  max_nights_on_one_disc = 0 }
job "nightly" {
  pool = "db"
  postgres "shop" {
    run_as = "postgres"  conninfo = "host=$PGHOST"
    database = 'odd "name'  format = plain  compress = "zstd"
  }
  postgres "archive" {
    run_as = "postgres"  conninfo = "host=$PGHOST"
    database = 'odd "name'  format = directory  jobs = 2
  }
  postgres "globals" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  globals_only = true
  }
  tree "files" { path = "$tree" }
}
END
chmod 600 "$work/nb.conf"
disc=$work/discs/A

burn()
{
	nb_is 0 run && says out verified
}
check "a tree of difficult names is burned and verified" burn

# Everything but the tree's own name: type, content, mode, owner, time, target.
facts()
{
	(cd "$1" && find . -mindepth 1 \( -type l -printf '%p\0l %l\0' -o \
		-type d -printf "%p\0d $2\0" -o \
		-printf "%p\0f %s $2\0" \) | sort -z) &&
		(cd "$1" && find . -type f -print0 | sort -z |
			xargs -0 sha256sum -z)
}

same_tree()
{
	facts "$tree" "$2" >"$work/want" && facts "$1" "$2" >"$work/have" &&
		cmp "$work/want" "$work/have"
}

files_of()
{
	printf '%s\n' "$1"/*Z-*/tree/files
}

by_nightburn()
{
	nb_is 0 restore --to "$work/r1" &&
		same_tree "$work/r1/tree/files" '%m %U %G %Ts'
}
check "nightburn restore" by_nightburn

by_xorriso()
{
	mkdir "$work/r2"
	xorriso -osirrox on -indev "stdio:$disc" -extract / "$work/r2" &&
		chmod -R u+rwX "$work/r2" &&
		(cd "$work/r2" && sha256sum -c SHA256SUMS) &&
		same_tree "$(files_of "$work/r2")" '%y'
}
check "xorriso, and sha256sum -c on what it extracted" by_xorriso

by_bsdtar()
{
	mkdir "$work/r3"
	bsdtar -C "$work/r3" -xpf "$disc" &&
		(cd "$work/r3" && sha256sum -c SHA256SUMS) &&
		same_tree "$(files_of "$work/r3")" '%m'
}
check "bsdtar, with modes" by_bsdtar

by_isoinfo()
{
	local id name
	isoinfo -i "$disc" -R -l >"$work/listing" || return 1
	id=$(cd "$work/r3" && ls -d ./*Z-*)
	id=${id#./}
	grep -q 'symlink -> plain.txt' "$work/listing" &&
		grep -qE -- '-rwxr-xr-x.* plain.txt' "$work/listing" &&
		grep -qF "$long" "$work/listing" || return 1
	for name in plain.txt "$long" 日本語/ファイル.txt \
		"$(printf 'd/%.0s' $(seq 12))deep"; do
		isoinfo -i "$disc" -R -x "/$id/tree/files/$name" |
			cmp - "$tree/$name" || return 1
	done
}
check "isoinfo -R" by_isoinfo

by_joliet()
{
	local id
	isoinfo -i "$disc" -J -f >"$work/listing" || return 1
	id=$(cd "$work/r3" && ls -d ./*Z-*)
	id=${id#./}
	# isoinfo shows what its one-byte charset lacks as underscores.
	isoinfo -i "$disc" -J -x "/$id/tree/files/___/____.txt;1" |
		cmp - "$tree/日本語/ファイル.txt" || return 1
	# Both of the names that collide are there, under names of their own.
	grep collide "$work/listing" | sort -u >"$work/collided"
	[ "$(wc -l <"$work/collided")" = 2 ] || return 1
	while IFS= read -r path; do
		isoinfo -i "$disc" -J -x "$path"
	done <"$work/collided" | fold -w 3 | sort | tr -d '\n' >"$work/both"
	grep -q onetwo "$work/both"
}
check "isoinfo -J, with names that collide in Joliet" by_joliet

by_7z()
{
	mkdir "$work/r5"
	7z x -bd -y -o"$work/r5" "$disc" >"$work/7z.log" || return 1
	cmp "$(files_of "$work/r5")/plain.txt" "$tree/plain.txt" &&
		cmp "$(files_of "$work/r5")/日本語/ファイル.txt" \
			"$tree/日本語/ファイル.txt" &&
		(cd "$work/r5" && grep nightburn/ SHA256SUMS |
			sha256sum -c -)
}
check "7z" by_7z

script_alone()
{
	local before=$PATH
	bash "$src/tests/pg_cluster.sh" start "$work/pg2" || return 1
	(
		export PGHOST=$work/pg2/socket
		dash "$work/r3/restore.sh" --list | grep -qF 'odd "name' &&
			dash "$work/r3/restore.sh" 'odd "name' >"$work/log" \
			2>&1
		# Both sources are dumps of one database: only a source is
		# restored, and another one finds it filled.
		grep -qF 'of more than one source' "$work/log" &&
			dash "$work/r3/restore.sh" shop &&
			! dash "$work/r3/restore.sh" archive >"$work/log" \
			2>&1 &&
			grep -qF 'exists and is not empty: left alone' \
			"$work/log" && [ "$(psql -X -At -d 'odd "name' \
			-c 'select n from t')" = 42 ]
	)
	local result=$?
	bash "$src/tests/pg_cluster.sh" stop "$work/pg2"
	PATH=$before
	return $result
}
check "restore.sh brings a database back with PostgreSQL's tools" script_alone

script_globals()
{
	bash "$src/tests/pg_cluster.sh" start "$work/pg2" || return 1
	(
		export PGHOST=$work/pg2/socket
		psql -X -q -d postgres -c 'create database "odd ""name"'
		psql -X -q -d 'odd "name' -c 'create table other (n int)'
		dash "$work/r3/restore.sh" >"$work/log" 2>&1
		[ $? = 1 ] && [ "$(psql -X -At -d postgres -c "select count(*)
			from pg_roles where rolname = 'archivist'")" = 1 ]
	)
	local result=$?
	bash "$src/tests/pg_cluster.sh" stop "$work/pg2"
	[ $result = 0 ] || cat "$work/log"
	return $result
}
check "restore.sh brings roles back, and leaves what is ambiguous alone" \
	script_globals

script_tree()
{
	dash "$work/r3/restore.sh" --to "$work/r6" files &&
		same_tree "$work/r6/files" '%m'
}
check "restore.sh --to copies a tree" script_tree

script_damaged()
{
	cp -a "$work/r3" "$work/r7"
	chmod -R u+w "$work/r7"
	echo >>"$(files_of "$work/r7")/empty"
	dash "$work/r7/restore.sh" --to "$work/r8" >"$work/log" 2>&1
	[ $? = 4 ] && grep -q 'files/empty: damaged, not restored' \
		"$work/log" && [ ! -e "$work/r8/files/empty" ] &&
		cmp "$work/r8/files/plain.txt" "$tree/plain.txt"
}
check "restore.sh restores a damaged disc without what is damaged" \
	script_damaged

script_lint()
{
	shellcheck -s sh "$work/r3/restore.sh"
}
check "restore.sh passes shellcheck" script_lint

second_session()
{
	put later.txt later
	nb_is 0 run && says out "session 2" || return 1
	xorriso -indev "stdio:$disc" -toc 2>&1 | tee "$work/toc" |
		grep -q 'ISO session  :   2' || { cat "$work/toc"; return 1; }
	mkdir "$work/s1" "$work/s2"
	xorriso -osirrox on -indev "stdio:$disc" -extract / "$work/s2" \
		>/dev/null 2>&1 && chmod -R u+rwX "$work/s2" &&
		(cd "$work/s2" && sha256sum -c SHA256SUMS >/dev/null) &&
		[ "$(cd "$work/s2" && echo ./*Z-*/tree | wc -w)" = 2 ] ||
		return 1
	xorriso -load session 1 -osirrox on -indev "stdio:$disc" \
		-extract / "$work/s1" >/dev/null 2>&1 &&
		chmod -R u+rwX "$work/s1" &&
		(cd "$work/s1" && sha256sum -c SHA256SUMS >/dev/null) &&
		[ ! -e "$(files_of "$work/s1")/later.txt" ]
}
check "both sessions are listed and loaded by xorriso" second_session

image_twice()
{
	cat >"$work/image.conf" <<-END
	state_dir = "$work/state"
	staging_dir = "$work/staging"
	drive "d" { device = "stdio:$work/drive" }
	pool "i" { discs = { "I" }  drives = { "d" } }
	job "files" { pool = "i"  tree "files" { path = "$tree" } }
	END
	chmod 600 "$work/image.conf"
	SOURCE_DATE_EPOCH=1700000000 TZ=UTC "$nightburn" \
		-c "$work/image.conf" image "$work/1.iso" || return 1
	cp -a "$tree" "$work/copy" && rm -rf "$tree" &&
		mv "$work/copy" "$tree"
	SOURCE_DATE_EPOCH=1700000000 TZ=Asia/Tokyo "$nightburn" \
		-c "$work/image.conf" image - >"$work/2.iso" &&
		cmp "$work/1.iso" "$work/2.iso"
}
check "the same input and date give the same bytes" image_twice

large_file()
{
	rm -rf "$tree" && mkdir "$tree"
	truncate -s 5G "$tree/sparse"
	printf end | dd of="$tree/sparse" bs=1 seek=5368709117 conv=notrunc \
		status=none
	SOURCE_DATE_EPOCH=1700000000 "$nightburn" -c "$work/image.conf" \
		image - | bsdtar -xOf - '*/tree/files/sparse' | sha256sum \
		>"$work/have"
	sha256sum <"$tree/sparse" | cmp - "$work/have"
}
check "a file over 4 GiB" large_file

finish
