#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The restore.sh of a disc, in four shells, from a real server to another one.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

start_cluster
make_discs
odd=$'prod\n'
psql -X -q -d postgres -c 'create role app' -c "comment on role app is
'CREATE ROLE app;
of two lines'" -c "create role \"two
lines\"" -c 'create database shop owner app' -c "create database \"$odd\""
for one in shop "$odd"; do
	psql -X -q -d "dbname='$one'" \
		-c 'create table t as select generate_series(1, 9) n' \
		-c 'alter table t owner to app'
done
mkdir -p "$work/tree/sub" "$work/packed"
echo one >"$work/tree/one"
echo two >"$work/tree/sub/two"
echo three >"$work/tree/sub/a"$'\n'"\\b"
echo four >"$work/tree/four: OK"
echo packed >"$work/packed/file"
echo two >"$work/letter.txt"
cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "d" { device = "stdio:$work/drive"  capacity = 100M }
pool "db" { discs = { "A", "B" }  drives = { "d" } }
pool "two" { discs = { "C", "D" }  drives = { "d" } }
pool "three" { discs = { "E", "F" }  drives = { "d" } }
job "nightly" {
  pool = "db"
  postgres "everything" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  all = true
  }
  postgres "roles" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  globals_only = true
  }
  tree "日本" { path = "$work/tree" }
  tree "箱" { path = "$work/packed"  pack = tar.zst }
}
job "twins" {
  pool = "two"
  postgres "east" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  database = "shop"
    format = directory
  }
  postgres "west" {
    run_as = "postgres"  conninfo = "host=$PGHOST"  database = "shop"
    format = plain
  }
}
job "lossy" {
  pool = "three"
  tree "損" { path = "$work/lossy" }
  tree "packed" { path = "$work/lossy"  pack = tar.zst }
  tree "plain" { path = "$work/packed" }
}
END
chmod 600 "$work/nb.conf"

# copy NAME: what is on the disc, writable.
copy()
{
	xorriso -indev "stdio:$work/drive" -osirrox on \
		-extract / "$work/$1" >"$work/log" 2>&1 &&
		chmod -R u+w "$work/$1"
}

bash "$src/tests/pg_cluster.sh" start "$work/pg2" || exit 1
target_host=$work/pg2/socket
end_both()
{
	bash "$src/tests/pg_cluster.sh" stop "$work/pg2" >/dev/null 2>&1
	at_exit
}
trap end_both EXIT

# The tools of busybox go with its shell: it has su, but no runuser.
mkdir "$work/applets"
for one in $(busybox --list); do
	ln -s "$(command -v busybox)" "$work/applets/$one"
done

ln -sf "$(command -v zstd)" "$work/applets/zstd"

# script SHELL DIR ARGUMENTS...: $status, $work/out, $work/err.
script()
{
	local shell=$1 dir=$2 path=$PATH
	shift 2
	[ "$shell" != busybox ] || path=$work/applets:$bin
	[ "$shell" != busybox ] || shell="busybox sh"
	# shellcheck disable=SC2086
	PATH=$path PGHOST=$target_host timeout 60 $shell \
		"$work/$dir/restore.sh" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# script_is STATUS SHELL DIR ARGUMENTS...
script_is()
{
	local want=$1
	shift
	script "$@"
	[ "$status" = "$want" ] && return 0
	echo "$*: exit status $status, not $want"
	cat "$work/out" "$work/err"
	return 1
}

silent()
{
	[ ! -s "$work/err" ] || { cat "$work/err"; return 1; }
}

ask()
{
	PGHOST=$target_host psql -X -At "$@"
}

rows()
{
	[ "$(ask -d "dbname='$1'" -c 'select count(*) from t')" = 9 ]
}

absent()
{
	[ "$(printf '%s' "select count(*) from pg_database where datname = :'d'" |
		ask -v "d=$1" -d postgres)" = 0 ]
}

empty_target()
{
	for one in shop "$odd" prod; do
		printf 'drop database if exists :"d"' |
			PGHOST=$target_host psql -X -q -v "d=$one" -d postgres
	done
	ask -q -d postgres -c 'drop role if exists app' \
		-c 'drop role if exists "two
lines"'
} >/dev/null 2>&1

# file DIR PATTERN: the one file beneath the newest backup of a job.
file()
{
	find "$work/$1" -path "$work/$1/*Z-*/$2"
}

spoil()
{
	printf 'SPOILED' | dd of="$1" bs=1 seek=2 conv=notrunc status=none
}

night()
{
	nb_is 0 run -j nightly && nb_is 0 append -j nightly "$work/letter.txt" &&
		copy disc
}
check "a night, and a file appended by hand" night

newest()
{
	local id by_hand
	id=$(sed -n "s/.*item backup '\([^']*\)'.*'nightly'.*/\1/p" \
		"$work/disc/restore.sh")
	by_hand=$(sed -n "s/.*item backup '\([^']*\)'.*'append'.*/\1/p" \
		"$work/disc/restore.sh")
	grep -qx "The newest backup of a job is $id\." "$work/disc/RESTORE.txt" &&
		grep -q '"by_hand": true' "$work/disc/nightburn/label.json" &&
		! grep by_hand "$work/disc/nightburn/$id/label.json" &&
		script_is 0 dash disc --list &&
		says out "without --backup: $id" || return 1
	script_is 1 dash disc --to "$work/letter" letter.txt &&
		says err "letter.txt: nothing of that name in backup $id, but in \
$by_hand: --backup $by_hand" &&
		script_is 0 dash disc --backup "$by_hand" --to "$work/letter" &&
		cmp "$work/letter/letter.txt" "$work/letter.txt"
}
check "newest means the newest of a job" newest
newest=$(sed -n "s/.*item backup '\([^']*\)'.*'nightly'.*/\1/p" \
	"$work/disc/restore.sh")
by_hand=$(sed -n "s/.*item backup '\([^']*\)'.*'append'.*/\1/p" \
	"$work/disc/restore.sh")

# What was appended has the generation of the backup before it.
salvaged()
{
	nb_is 0 restore --salvage --to "$work/saved" 1 &&
		[ -e "$work/saved/postgres/shop.dump" ] &&
		[ ! -e "$work/saved/tree/letter.txt" ]
}
check "a generation means that of a job when it is salvaged, too" salvaged

restored()
{
	empty_target
	script_is 0 "$1" disc && silent && says out "done: backup 2" &&
		says out "appended by hand, not restored: sh restore.sh --backup" &&
		says out "trees are not restored by this: sh restore.sh --backup" &&
		rows shop && rows "$odd" && absent prod || return 1
	# All is there: what exists is left alone, and its roles are no fault.
	script_is 1 "$1" disc && ! grep 'CREATE ROLE' "$work/err" &&
		says err "shop: exists and is not empty: left alone" || return 1
	empty_target
	script_is 1 "$1" disc "$odd" none &&
		says err "none: nothing of that name in backup" && absent shop &&
		! rows "$odd"
	# Its owner is missing: globals are not restored with a name.
	says err 'role "app" does not exist'
}

trees()
{
	script_is 0 "$1" disc --to "$work/to.$1" && silent &&
		diff -r "$work/tree" "$work/to.$1/日本" &&
		diff -r "$work/packed" "$work/to.$1/箱" &&
		! grep "^not restored, with" "$work/out" &&
		[ "$(ls "$work/to.$1")" = "$(printf '日本\n箱\n' | LC_ALL=C sort)" ]
}

damaged_database()
{
	empty_target
	script_is 4 "$1" bad &&
		says err "postgres/shop.dump: damaged, not restored" &&
		absent shop && rows "$odd" && ! grep "done:" "$work/out"
}

damaged_tree()
{
	local to=$work/bad.$1
	rm -rf "$to"
	script_is 4 "$1" bad --to "$to" &&
		says err "sub/a\\n\\\\b: damaged, not restored" &&
		says err "four: OK: damaged, not restored" &&
		says err "one: missing on the disc" &&
		[ "$(grep -c 'restored' "$work/err")" = 3 ] &&
		[ "$(cd "$to" && find . -type f | sort)" = "$(
			printf './日本/sub/two\n./箱/file\n' | sort)" ]
}

# A packed tree is not restored in part, but the script tells how.
damaged_archive()
{
	local to=$work/archive.$1 line
	rm -rf "$to" "$work/spoilt"
	cp -a "$work/disc" "$work/spoilt" && chmod -R u+w "$work/spoilt" &&
		printf 'x' >>"$(ls "$work"/spoilt/2*/tree/*.tar.zst)" ||
		return 1
	script_is 4 "$1" spoilt --to "$to" 箱 &&
		says err "tar.zst: damaged, not restored" && [ ! -e "$to/箱" ] &&
		line=$(grep -o 'zstd -dc .*tar -xpf - -C ' "$work/out") &&
		mkdir -p "$to" && (cd "$work/spoilt" && eval "$line'$to'"
		true) && [ "$(cat "$to"/*/file)" = packed ]
}

unchecked()
{
	local to=$work/unchecked.$1
	script_is 0 "$1" bad --no-check --to "$to" &&
		says out "without a check of the sums" &&
		[ -e "$to/日本/four: OK" ]
}

globals_fail()
{
	empty_target
	ask -q -d postgres -c 'create role app' || return 1
	script_is 1 "$1" noglobals --no-check &&
		says err "/nowhere" && says err "STATEMENT:  CREATE TABLESPACE t" &&
		says err "globals.sql: not all roles and tablespaces were made" &&
		! grep 'role "app" already exists' "$work/err" && rows shop &&
		! grep "done:" "$work/out" || return 1
	empty_target
	ask -q -d postgres -c 'create role maker login createdb'
	PGUSER=maker script "$1" disc
	ask -q -d postgres -c 'drop database if exists shop' \
		-c 'drop role maker'
	[ "$status" = 1 ] && says err "STATEMENT:  CREATE ROLE app"
}

# A file that may not be read is not damaged.
denied()
{
	local as='' to=$work/denied.$1
	[ "$(id -u)" != 0 ] || as="runuser -u nobody --"
	mkdir -m 777 "$to"
	[ "$1" != busybox ] || as="$as busybox"
	# shellcheck disable=SC2086
	$as "${1/busybox/sh}" "$work/denied/restore.sh" --to "$to" \
		>"$work/out" 2>"$work/err"
	[ $? = 1 ] && says err "sub/two: permission denied, not restored" &&
		grep -qx "hint: in a copy of the disc, as root: chown -R \
$(${as:+runuser -u nobody --} id -un) ." "$work/err" &&
		! grep damaged "$work/err" && cmp "$to/日本/one" "$work/tree/one"
}

cp -a "$work/disc" "$work/bad"
spoil "$(file bad postgres/shop.dump)"
spoil "$(file bad "*/sub/a*b")"
spoil "$(file bad "*/four: OK")"
rm "$(file bad "*/one")"
cp -a "$work/disc" "$work/noglobals"
echo "CREATE TABLESPACE t LOCATION '/nowhere';" \
	>>"$(file noglobals postgres/globals.sql)"
cp -a "$work/disc" "$work/denied"
chmod -R go=u "$work/denied"
chmod 000 "$(file denied "*/sub/two")"

# Links where the target has files and a directory; a second try goes well.
links()
{
	local to=$work/links.$1 victim=$work/victim.$1
	mkdir -p "$to/日本" "$victim/dir"
	echo mine >"$victim/file"
	ln -s "$victim/file" "$to/日本/one"
	ln -s "$victim/none" "$to/日本/four: OK"
	ln -s "$victim/dir" "$to/日本/sub"
	script_is 1 "$1" disc --to "$to" 日本 && [ -L "$to/日本/one" ] &&
		script_is 0 "$1" disc --force --to "$to" 日本 && silent &&
		diff -r "$work/tree" "$to/日本" &&
		[ ! -L "$to/日本/one" ] && [ ! -L "$to/日本/sub" ] &&
		[ "$(cat "$victim/file")" = mine ] &&
		[ "$(ls "$victim")" = "$(printf 'dir\nfile')" ] &&
		[ -z "$(ls "$victim/dir")" ] &&
		script_is 0 "$1" disc --force --to "$to" 日本 &&
		diff -r "$work/tree" "$to/日本"
}

# What exists is left alone, whatever it is; --force replaces it.
exists()
{
	local to=$work/exists.$1
	mkdir -p "$to/日本/sub"
	echo mine >"$to/日本/one"
	script_is 1 "$1" disc --to "$to" && says err "one: exists, " &&
		says err "is left alone" && says err "hint: --force replaces" &&
		[ "$(cd "$to/日本" && find . -type f)" = ./one ] &&
		[ "$(cat "$to/日本/one")" = mine ] &&
		diff -r "$work/packed" "$to/箱" || return 1
	echo mine >"$to/箱/file"
	script_is 1 "$1" disc --to "$to" 箱 && says err "箱: exists, " &&
		[ "$(cat "$to/箱/file")" = mine ] &&
		script_is 1 "$1" disc --force --to "$to" &&
		says err "hint: move it away" && rm -r "$to/箱" &&
		diff -r "$work/tree" "$to/日本" && echo mine >"$to/日本/one" &&
		script_is 0 "$1" disc --force --to "$to" && silent &&
		diff -r "$work/tree" "$to/日本" &&
		diff -r "$work/packed" "$to/箱" &&
		script_is 0 "$1" disc --backup "$by_hand" --to "$to" &&
		script_is 1 "$1" disc --backup "$by_hand" --to "$to" &&
		says err "letter.txt: exists, "
}

by_generation()
{
	script_is 0 "$1" disc --backup 1 --to "$work/number.$1" &&
		says out "done: backup $newest" &&
		diff -r "$work/tree" "$work/number.$1/日本" &&
		script_is 1 "$1" disc --backup 7 --to "$work/number.$1" &&
		says err "generation 7 is not on this disc: sh restore.sh --list"
}

# The appended letter has the content of a file of the tree.
good_copy()
{
	local to=$work/copies.$1
	rm -rf "$to" "$work/copies"
	cp -a "$work/disc" "$work/copies" &&
		spoil "$(file copies "*/sub/two")" || return 1
	script_is 4 "$1" copies --to "$to" &&
		says err "sub/two: damaged, not restored" &&
		says err "hint: the same content is good in $work/copies/\
$by_hand/tree/letter.txt" && rm "$work/copies/$by_hand/tree/letter.txt" &&
		script_is 4 "$1" copies --force --to "$to" &&
		! grep "same content" "$work/err"
}

for shell in dash bash mksh busybox; do
	check "$shell: databases and roles come back" restored $shell
	check "$shell: trees come back under their names" trees $shell
	check "$shell: nothing is written where a link leads" links $shell
	check "$shell: what exists is left alone" exists $shell
	check "$shell: a backup is named by its generation" by_generation $shell
	check "$shell: another good copy is named" good_copy $shell
	check "$shell: a damaged dump is named, the rest restored" \
		damaged_database $shell
	check "$shell: damaged files are named, the rest restored" \
		damaged_tree $shell
	check "$shell: what is before the damage of an archive can be had" \
		damaged_archive $shell
	check "$shell: what was not checked is said" unchecked $shell
	check "$shell: what globals could not make is a failure" \
		globals_fail $shell
	check "$shell: no permission is not damage" denied $shell
done

sums_damaged()
{
	empty_target
	cp -a "$work/disc" "$work/sums"
	sed -i '/shop.dump$/s/^./x/; /sub.two$/s/^./x/' "$work/sums/SHA256SUMS"
	script_is 4 dash sums && absent shop && rows "$odd" &&
		says err "shop.dump: SHA256SUMS is damaged, it has no sums of 1 of" &&
		script_is 4 dash sums --to "$work/sums.to" &&
		says err "SHA256SUMS is damaged, it has no sums of 1 of" || return 1
	rm "$work/sums/SHA256SUMS"
	script_is 0 dash sums --to "$work/sums.to1" &&
		says out "SHA256SUMS: cannot be read, its copy is used" &&
		cmp "$work/sums.to1/日本/one" "$work/tree/one" || return 1
	rm "$work/sums/nightburn/copy/SHA256SUMS"
	script_is 4 dash sums --to "$work/sums.to2" &&
		says err "its copy: the files are NOT checked" &&
		cmp "$work/sums.to2/日本/one" "$work/tree/one"
}
check "without its sums nothing is called good" sums_damaged

# The end of a dump that breaks off is not taken for its end.
breaks_off()
{
	empty_target
	ask -q -d postgres -c 'create role app'
	mkdir "$work/broken"
	printf '#!/bin/sh\nhead -c 900\nexit 1\n' >"$work/broken/cat"
	chmod 755 "$work/broken/cat"
	rm -rf "$work/twin" && mkdir "$work/twin" && cp "$work/disc2/restore.sh" \
		"$work/twin" && cp -a "$work/disc2"/*Z-* "$work/twin"
	PATH=$work/broken:$PATH script dash twin --no-check west
	[ "$status" = 1 ] && says err "could not be read to its end" &&
		says err "shop: was not restored, what is there is incomplete"
}

twins()
{
	: >"$work/discs/C"
	insert C
	nb_is 0 run -j twins && copy disc2 || return 1
	empty_target
	ask -q -d postgres -c 'create role app'
	script_is 1 dash disc2 && absent shop &&
		says err "shop: of more than one source, name one of them: east west" &&
		script_is 1 dash disc2 shop && absent shop &&
		says err "shop: of more than one source, name one of them: east west" &&
		script_is 0 dash disc2 west && rows shop
}
check "a database of two sources is not guessed" twins
check "a dump that breaks off is no success" breaks_off

# What a disc or another tar cannot hold is counted: three names of one file,
# with attributes if this file system has them, a date, a link.
make_lossy()
{
	mkdir "$work/lossy" && cd "$work/lossy" && echo a >a && ln a b &&
		ln a $'\xff' && touch -d '2200-01-01 UTC' late &&
		ln -s "$(printf 'a%.0s' {1..300})/x" link && mkdir -m 700 dir &&
		python3 -c 'import os; os.setxattr("dir", "user.\",\"ino\":", b"1")'
	xattrs=$((1 - $?))
	chattr +d late 2>/dev/null
	flags=$((2 * (1 - $?)))
	cd "$work" && : >"$work/discs/E" && insert E && nb_is 0 run -j lossy &&
		copy disc3
}
check "a tree that a disc cannot hold" make_lossy

# lossy SHELL ATTRIBUTES: of the first tree and the second one.
lossy()
{
	local attributes="ACLs and other attributes ($2, unless the copy has them), "
	[ "$2" != 0 ] || attributes=
	local chattr="flags of chattr ($flags), "
	[ "$flags" != 0 ] || chattr=
	script_is 0 "$1" disc3 --to "$work/lossy.$1" &&
		grep -qxF "not restored, with the number of files: \
${attributes}hard links (3), ${chattr}dates (1), symbolic links (1); nightburn restore brings them back" \
			"$work/out" && script_is 0 "$1" disc3 --to "$work/plain.$1" plain &&
		! grep "^not restored" "$work/out"
}
for shell in dash bash mksh; do
	check "$shell: what does not come back is counted" lossy $shell $xattrs
done
check "busybox: also of a packed tree" lossy busybox $((2 * xattrs))

# Names of sources are encoded on a disc, and by "restore --to"; what is below a
# tree is not, whatever it looks like.  Decoded by the rule of RESTORE.txt, they
# are the same as those of restore.sh.
make_bytes()
{
	mkdir "$work/bytes" && python3 - "$work" <<-'END' || return 1
		import os, sys
		work = os.fsencode(sys.argv[1])
		every = bytes(c for c in range(1, 256) if c != 0x2f)
		for name in (every[:200], every[200:], b"%41", b"%E7%AE", b"A%2f"):
		    with open(work + b"/bytes/" + name, "wb") as f:
		        f.write(name)
		# Names of sources are text without control characters.
		plain = bytes(c for c in range(32, 127) if c not in b'./"\\')
		names = (plain[:60], plain[60:], b"%41", b"a.b", "%é日".encode(), b"a'b;$(x)")
		with open(work + b"/nb.conf", "ab") as f:
		    f.write(b'pool "four" { discs = { "G", "H" } '
		            b'drives = { "d" } }\njob "bytes" { pool = "four"\n')
		    for name in names:
		        f.write(b'tree "' + name + b'" { path = "' + work +
		                b'/bytes" }\n')
		    f.write(b'}\n')
	END
	: >"$work/discs/G" && insert G && nb_is 0 run -j bytes && copy disc4 &&
		grep -q '^   %XX          in the name of a source or database' \
			"$work/disc4/RESTORE.txt"
}
check "names of all bytes" make_bytes

same_names()
{
	rm -rf "$work/named" "$work/scripted"
	nb_is 0 restore --to "$work/named" -j bytes &&
		script_is 0 "$1" disc4 --to "$work/scripted" && silent &&
		python3 - "$work" <<-'END'
		import os, sys, urllib.parse
		work = os.fsencode(sys.argv[1])
		names = {urllib.parse.unquote_to_bytes(n): n
		         for n in os.listdir(work + b"/named/tree")}
		files = sorted(os.listdir(work + b"/bytes"))
		assert len(names) == 6
		assert sorted(names) == sorted(os.listdir(work + b"/scripted"))
		for name, encoded in names.items():
		    for top in (b"/named/tree/" + encoded, b"/scripted/" + name):
		        assert sorted(os.listdir(work + top)) == files, top
		        for f in files:
		            with open(work + top + b"/" + f, "rb") as content:
		                assert content.read() == f
	END
}
for shell in dash bash mksh busybox; do
	check "$shell: names are those of nightburn, decoded" same_names $shell
done

# As root in front of a server that knows users of the system only.  Root reads
# the disc, which the server's user cannot.
peer()
{
	local hba=$work/pg2/data/pg_hba.conf status=0
	echo 'local all all peer' >"$hba" &&
		ask -d postgres -c 'select pg_reload_conf()' &&
		until_true refused || return 1
	(
		unset PGUSER
		as_root "$@"
	) || status=1
	echo 'local all all trust' >"$hba"
	PGHOST=$target_host runuser -u postgres -- psql -X -At -d postgres \
		-c 'select pg_reload_conf()'
	until_true ask -d postgres -c 'select 1' && return $status
}

refused()
{
	! ask -d postgres -c 'select 1'
}

as_root()
{
	script_is 1 "$1" disc &&
		says err "restore.sh: no connection to the server, nothing was restored" &&
		says err "hint: on the server's machine: sh restore.sh --run-as postgres" &&
		script_is 0 "$1" disc --run-as postgres && silent &&
		says out "done: backup 2"
}

peers()
{
	[ "$(id -u)" = 0 ] || return 0
	empty_target
	peer "$1" && rows shop && rows "$odd" &&
		script_is 1 "$1" disc --run-as nosuch &&
		says err "restore.sh: --run-as nosuch: no such user"
}
for shell in dash bash mksh busybox; do
	check "$shell: root brings it back as the server's user" peers $shell
done

# A dump in directory format is opened by pg_restore itself.
opened()
{
	[ "$(id -u)" = 0 ] || return 0
	empty_target
	ask -q -d postgres -c 'create role app'
	chown -R root "$work/disc2"
	script_is 1 "$1" disc2 --run-as postgres east && absent shop &&
		says err "postgres/east: permission denied, not restored" &&
		says err "chown -R postgres ." &&
		chown -R postgres "$work/disc2" &&
		script_is 0 "$1" disc2 --run-as postgres east && silent &&
		rows shop
}
for shell in dash busybox; do
	check "$shell: a directory must be readable for that user" opened $shell
done

lint()
{
	shellcheck -s sh "$work/disc/restore.sh" "$work/disc2/restore.sh" \
		"$work/disc3/restore.sh"
}
check "shellcheck" lint

finish
