#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Labels that cannot be forged or confused: keys, forgeries, copies, and two
# installations.  The discs are files.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

make_discs
mkdir "$work/tree"
echo content >"$work/tree/file"

# make_host NAME: a configuration with a state directory of its own.
make_host()
{
	cat >"$work/$1.conf" <<-END
	state_dir = "$work/$1"
	staging_dir = "$work/$1-staging"
	drive "upper" { device = "stdio:$work/drive"  capacity = 40M }
	pool "db" { discs = { "DB-A", "DB-B" }  drives = { "upper" }
	max_nights_on_one_disc = 0 }
	job "nightly" {
	  pool = "db"
	  tree "files" { path = "$work/tree" }
	}
	END
	chmod 600 "$work/$1.conf"
}

# on HOST: nightburn runs there from now on.
on()
{
	ln -sfn "$1.conf" "$work/nb.conf"
	state=$work/$1
}

discs()
{
	(cd "$work/discs" && sha256sum -- *)
}

# refused REASON TEXT: plan, run, append, blank and rotate leave the disc in
# the drive alone, and say why.
refused()
{
	local before command
	before=$(discs)
	nb_is 3 plan --json && says out "\"reason\": \"$1\"" || return 1
	for command in run append blank "append $work/tree"; do
		# shellcheck disable=SC2086
		nb_is 3 $command && says err "$2" || return 1
		[ "$(discs)" = "$before" ] && continue
		echo "nightburn $command wrote to a disc"
		return 1
	done
	rm -rf "$state-staging"
}

# Its disc readable, whatever key is here.
readable()
{
	rm -rf "$work/back"
	nb_is 0 verify && nb_is 0 restore --to "$work/back" &&
		cmp "$work/back/tree/files/file" "$work/tree/file" &&
		nb_is 0 verify --device "stdio:$work/drive" &&
		nb_is 0 disc && says out "label       good" && nb_is 0 list
}

label_of()
{
	xorriso -osirrox on -indev "stdio:$work/discs/$1" \
		-extract /nightburn/label.json "$2" >/dev/null 2>&1
	chmod u+w "$2"
}

# rewrite DISC LABEL: the same disc with another label, as one session.
rewrite()
{
	xorriso -indev "stdio:$work/discs/$1" -outdev "stdio:$work/forged" \
		-overwrite on -rm /nightburn/label.json -- \
		-map "$2" /nightburn/label.json -padding 300k \
		>"$work/xorriso.log" 2>&1 || { cat "$work/xorriso.log"; return 1; }
	cat "$work/forged" >"$work/discs/$1"
	rm "$work/forged"
}

# change LABEL PYTHON: a program's work on the label L.
change()
{
	python3 - "$1" "$2" <<-'END'
	import hashlib, hmac, json, sys
	L = json.load(open(sys.argv[1]))
	def sign(key):
	    L.pop("mac", None)
	    text = "{\n" + ",\n".join("  %s: %s" % (json.dumps(k),
	        json.dumps(v, ensure_ascii=False)) for k, v in L.items()) \
	        + "\n}\n"
	    L["mac"] = hmac.new(key, text.encode(),
	                        hashlib.sha512).hexdigest()[:64]
	exec(sys.argv[2])
	json.dump(L, open(sys.argv[1], "w"))
	END
}

# value LABEL MEMBER
value()
{
	python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"
}

# The volume id of the disc in the drive.
volume()
{
	"$nightburn" -c "$work/nb.conf" disc --json |
		python3 -c 'import json,sys; print(json.load(sys.stdin)["volume_id"])'
}

make_host one
make_host two
on one
no_key="the label was not made with the key of this installation"

no_key_yet()
{
	nb_is 1 key export && says err "no key yet" && [ ! -s "$work/out" ] &&
		nb_is 0 plan && [ ! -e "$state" ]
}
check "before the first run there is no key" no_key_yet

first_run()
{
	nb_is 0 run && [ "$(stat -c %a:%s "$state/key")" = 600:32 ] &&
		label_of A "$work/label" && [ "$(value "$work/label" previous)" = "" ]
}
check "the first run makes the key, for its owner alone" first_run

nights()
{
	insert B
	nb_is 0 run && label_of A "$work/label" && label_of B "$work/label2" &&
		[ "$(value "$work/label2" previous)" = \
			"$(sha256sum <"$work/label" | cut -d' ' -f1)" ] &&
		nb_is 0 run && says out "session 2" && label_of B "$work/label3" &&
		[ "$(value "$work/label3" previous)" = \
			"$(sha256sum <"$work/label2" | cut -d' ' -f1)" ]
}
check "each label holds the hash of the one before, across discs" nights

mac_by_hand()
{
	change "$work/label3" "
M = L['mac']; sign(open('$state/key', 'rb').read())
assert L['mac'] == M"
}
check "the MAC is that of another program with the same key" mac_by_hand

# From here on A holds generation 1, B generations 2 and 3.
keep()
{
	mkdir -p "$work/kept"
	cp "$work/discs/A" "$work/discs/B" "$work/kept"
}
keep
put_back()
{
	cp "$work/kept/$1" "$work/discs/$1"
	insert "$1"
}

export_key()
{
	nb_is 0 key export && [ "$(wc -l <"$work/out")" = 1 ] &&
		grep -qxE 'nightburn-key-1:[0-9a-f]{64}:[0-9a-f]{8}' "$work/out" &&
		[ ! -s "$work/err" ] && cp "$work/out" "$work/key.txt" &&
		nb_is 0 key import "$work/key.txt" &&
		says out "is already in use" &&
		nb_is 2 key export "$work/file" && nb_is 2 key &&
		nb_is 2 key show && [ ! -e "$work/file" ]
}
check "the key is printed as one line, and importing it again does nothing" \
	export_key

bad_import()
{
	sed 's/[1-9a-f]$/0/; t; s/0$/1/' "$work/key.txt" >"$work/bad.txt"
	cmp -s "$work/key.txt" "$work/bad.txt" && return 1
	nb_is 1 key import "$work/bad.txt" && says err "the key has a typing error" &&
		echo nonsense | nb_is 1 key import &&
		says err "not a nightburn key" &&
		nb_is 1 key import "$work/none" && says err "No such file" &&
		cmp <("$nightburn" -c "$work/nb.conf" key export) \
			"$work/key.txt"
}
check "a line with a mistake is no key, and the key stays" bad_import

# What a forger writes who knows everything but the key.
forged()
{
	put_back A
	label_of A "$work/l" && change "$work/l" "$1" && rewrite A "$work/l" &&
		refused "${2-label-forged}" "${3-$no_key}" && readable_again
}

# A, which was suspect as long as a disc with its volume id had no good label.
readable_again()
{
	put_back A
	nb_is 0 verify
}
check "a label whose generation was changed is refused" \
	forged 'L["generation"] = 0'
check "a label with another MAC is refused" forged 'sign(b"k" * 32)'
check "a label with the MAC of an empty key is refused" forged 'sign(bytes(32))'
check "a label without a MAC is refused" forged 'del L["mac"]'
check "a label whose MAC is cut is unreadable, and refused" \
	forged 'L["mac"] = L["mac"][:32]' label-unreadable "cannot be trusted"
check "a label of another disc of the pool is refused" forged '
L["disc"] = "DB-B"'
check "a label with another disc id is refused" forged '
L["disc_id"] = "0" * 32'
check "a label of another installation is refused" forged '
L["installation"] = "0" * 32' other-installation "another installation"

rewritten_as_it_was()
{
	put_back A
	label_of A "$work/l" && rewrite A "$work/l" &&
		nb_is 0 plan && says out "plan    blank-then-fresh" && put_back A
}
check "the same label, written by another program, is ours" \
	rewritten_as_it_was

forged_reading()
{
	local before
	put_back A
	label_of A "$work/l" && change "$work/l" 'L["created"] += 1' &&
		rewrite A "$work/l" || return 1
	before=$(nb list --json && cat "$work/out")
	rm -rf "$work/back"
	nb_is 0 restore --this-disc --to "$work/back" &&
		cmp "$work/back/tree/files/file" "$work/tree/file" &&
		nb_is 0 disc && says out "not made with the key of this installation" ||
		return 1
	# The sums are of the label as it was: that is told, and not recorded.
	nb_is 1 verify && says err "not recorded" || return 1
	nb list --json
	[ "$(cat "$work/out")" = "$before" ] && put_back A
}
check "a forged disc can be read, and is not recorded" forged_reading

volume_only()
{
	local volume
	volume=$("$nightburn" -c "$work/nb.conf" disc --json |
		python3 -c 'import json,sys; print(json.load(sys.stdin)["volume_id"])')
	rm -f "$work/discs/A"
	xorriso -outdev "stdio:$work/discs/A" -volid "$volume" \
		-map "$work/tree" / >/dev/null 2>&1 || return 1
	refused unknown-data "contains data, but no nightburn label" &&
		nb_is 0 disc && says out "$volume" && readable_again
}
check "a volume id alone makes no disc ours" volume_only

# Files that are no discs: shorter than a block, zeros before what somebody
# wrote, zeros alone, and one byte more than whole blocks.
no_disc()
{
	local bytes blanked="b'nightburn: blank\\n' + bytes(2031)"
	cp -a "$work/drive" "$work/was"
	for bytes in "1 'x'" "10 'x'" "2047 'notes '" "2048 'x'" "2049 'x'" \
		"4096 bytes(4086)" \
		"1048576 bytes(1048566)" "40000001 bytes(40000000)" \
		"1 b'\\0'" "2048 b'\\0'" "1048576 b'\\0'" \
		"27 'nightburn: blank\\n'" "2058 $blanked" "530000 $blanked"; do
		python3 - "$work/discs/C" "${bytes%% *}" "${bytes#* }" <<'END'
import sys
size, head = int(sys.argv[2]), eval(sys.argv[3])
head = head.encode() if isinstance(head, str) else head
with open(sys.argv[1], "wb") as f:
    if head == b"\0":
        f.write(bytes(size))
    else:
        f.write((head + b"my own notes" * size)[:size])
END
		insert C
		refused unknown-data "contains data, but no nightburn label" || {
			echo "with $bytes"
			return 1
		}
	done
	rm "$work/drive" "$work/discs/C"
	mv "$work/was" "$work/drive"
}
check "a file that somebody wrote is no blank disc" no_disc

# A link to what somebody wrote, and to what is no file at all.
no_file()
{
	local command
	mv "$work/drive" "$work/was"
	echo "my own notes" >"$work/discs/notes"
	ln -s notes "$work/discs/C"
	insert C
	refused unknown-data "contains data, but no nightburn label" &&
		[ "$(cat "$work/discs/notes")" = "my own notes" ] || return 1
	rm "$work/discs/notes" "$work/discs/C"
	for kind in "mkdir $work/discs/C" "mkfifo $work/discs/C" \
		"ln -s /dev/null $work/discs/C"; do
		$kind && insert C || return 1
		for command in plan run append blank disc verify rotate \
			"adopt --as DB-A --volume-id="; do
			# shellcheck disable=SC2086
			nb_is 2 $command && says err 'not a regular file' ||
				return 1
		done
		rm -d "$work/discs/C"
	done
	rm "$work/drive"
	mv "$work/was" "$work/drive"
}
check "what is no file is no disc, and a link to notes is none" no_file

clone_old()
{
	# B as it was after generation 2, without the session after it: a copy
	# made before the session was appended.
	label_of B "$work/l" && put_back B
	nb_is 0 run || return 1
	cp "$work/discs/B" "$work/newer"
	cp "$work/kept/B" "$work/discs/B"
	refused replaced "the disc is a copy, or was replaced" || return 1
	nb_is 0 verify && says err "not recorded" || return 1
	cp "$work/newer" "$work/discs/B"
	cp "$work/newer" "$work/kept/B"
	nb_is 0 plan && says out "plan    append"
}
check "a copy made before a session was added is refused" clone_old

clone_blanked()
{
	put_back A
	nb_is 0 run && cp "$work/discs/A" "$work/newer" || return 1
	cp "$work/kept/A" "$work/discs/A"
	refused replaced "the disc is a copy, or was replaced" || return 1
	cp "$work/newer" "$work/discs/A"
	cp "$work/newer" "$work/kept/A"
	nb_is 0 plan
}
check "a copy of what was on a disc before it was blanked is refused" \
	clone_blanked

# B is the oldest now, with generation 4; A holds generation 5.
clone_newest()
{
	cp "$work/kept/A" "$work/discs/C"
	insert C
	nb_is 3 blank && says err "holds the last good backup" &&
		nb_is 0 run --dry-run && says out "plan    append" &&
		nb_is 0 run && says out "generation 6 on disc DB-A" || return 1
	# From now on the other one is the stale copy.
	put_back A
	refused replaced "the disc is a copy, or was replaced" || return 1
	mv "$work/discs/C" "$work/discs/A"
	cp "$work/discs/A" "$work/kept/A"
}
check "of two equal copies the one not written to becomes unknown" clone_newest

second_host()
{
	on two
	insert A
	refused other-installation "belongs to another installation" || return 1
	readable || return 1
	: >"$work/discs/D"
	insert D
	nb_is 0 run && ! cmp "$work/one/key" "$work/two/key" &&
		on one && refused other-installation "another installation" &&
		nb_is 0 restore --this-disc --to "$work/back2"
}
check "two installations refuse each other's discs, and read them" second_host

import_other()
{
	local before
	on two
	before=$(sha256sum <"$state/key")
	nb_is 1 key import "$work/key.txt" &&
		says err "hint: --force replaces it" &&
		[ "$(sha256sum <"$state/key")" = "$before" ] &&
		nb_is 0 key import --force --json "$work/key.txt" &&
		python3 -c 'import json, sys; r = json.load(open(sys.argv[1]))
assert r["changed"] and r["before"] and r["before"] != r["key"]' "$work/out" &&
		cmp "$work/one/key" "$work/two/key" &&
		[ "$(stat -c %a "$state/key")" = 600 ]
}
check "another key is replaced only by force, and reported" import_other

# Each command that reads that disc says so; verify remembers it.
told_once()
{
	local told="another machine took pool db over"
	nb_is 0 disc && says err "$told" && nb_is 3 rotate &&
		says err "another machine took the pool over" &&
		! grep "insert disc" "$work/err" || return 1
	insert B && nb_is 0 plan && cp -a "$state" "$work/then" &&
		insert A && nb_is 0 verify &&
		says err "$told" && insert B && nb_is 3 plan &&
		says out "another machine took the pool over" && nb_is 0 disc &&
		says err "$told" && rm -r "$state" &&
		mv "$work/then" "$state" && insert A
}

# The first host learns it from the disc that the second one wrote, and then
# leaves its own discs alone, too.
fenced()
{
	on one
	insert B
	nb_is 0 plan || return 1
	insert A
	told_once || return 1
	refused taken-over "another machine took the pool over" &&
		nb_is 0 restore --this-disc --to "$work/back3" || return 1
	insert B
	refused taken-over "another machine took the pool over" &&
		nb_is 3 blank &&
		says err "another machine took the pool over" &&
		nb_is 3 adopt --as DB-B --volume-id "$(volume)" &&
		says err "another machine took the pool over" &&
		nb_is 3 pool take-over && says err "no disc of pool db that" ||
		return 1
	: >"$work/discs/E"
	insert E
	refused taken-over "another machine took the pool over" || return 1
	insert A
}

copied_key()
{
	on two
	insert A
	# The label is believed now, but the other machine may go on.
	refused other-machine "another machine with the same key" || return 1
	nb_is 0 disc --json && says out '"ours": true' || return 1
	nb_is 3 pool take-over && says err "does not have all discs" || return 1
	for f in "$work"/one/catalog.db*; do cp "$f" "$work/two"; done
	refused other-machine "another machine with the same key" &&
		nb_is 3 adopt --as DB-B --volume-id "$(volume)" &&
		says err "another machine with the same key" &&
		nb_is 2 pool take-over && says err "--from '$(hostname)'" &&
		nb_is 2 pool take-over --from elsewhere &&
		nb_is 0 pool take-over --from "$(hostname)" &&
		says out "pool db is taken over from $(hostname)" &&
		nb_is 0 pool take-over --json --from "$(hostname)" &&
		says out '{"pool": "db", "host": null, "changed": false}' &&
		nb_is 0 pool take-over &&
		says out "pool db belongs to this machine" || return 1
	nb_is 0 run && says out "generation 7 on disc DB-A" || return 1
	label_of A "$work/l"
	[ "$(value "$work/l" installation)" = "$(cat "$work/two/installation")" ] &&
		[ "$(cat "$work/one/installation")" != \
			"$(cat "$work/two/installation")" ] &&
		fenced || return 1
	for f in "$work"/two/catalog.db*; do cp "$f" "$work/one"; done
	refused taken-over "another machine took the pool over" &&
		nb_is 0 pool take-over --from "$(hostname)" &&
		nb_is 0 plan && says out "plan    append" &&
		insert B && nb_is 0 run && says out "generation 8 on disc DB-B"
}
check "with the copied key a second host writes after it took the pool over" \
	copied_key

open_key()
{
	chmod 640 "$state/key"
	nb_is 2 plan && says err "the key is accessible by others" &&
		says err "chmod 600" && nb_is 2 run && nb_is 2 key export &&
		[ ! -s "$work/out" ] && readable || return 1
	chmod 600 "$state/key"
	printf x >>"$state/key"
	nb_is 1 run && says err "33 bytes long, a key has 32" &&
		nb_is 1 key import "$work/key.txt" && says err "33 bytes" &&
		readable && nb_is 0 key import --force "$work/key.txt" &&
		nb_is 0 plan
}
check "a key that others may read, or of a wrong size, is refused" open_key

lost_key()
{
	mv "$state/key" "$work/lost"
	insert B
	refused label-forged "$no_key" &&
		says err "nightburn key import" && says err "nightburn adopt --as NAME" &&
		[ ! -e "$state/key" ] && readable || return 1
	# This one was written by the other host.
	insert A
	refused other-installation "another installation" &&
		says err "nightburn key import" && [ ! -e "$state/key" ] &&
		nb_is 0 key import - <"$work/key.txt" && says out "is in use now" &&
		cmp "$state/key" "$work/lost" && nb_is 0 plan
}
check "a lost key: the discs are refused until it is imported again" lost_key

adopted()
{
	local volume
	rm "$state/key"
	insert B
	volume=$("$nightburn" -c "$work/nb.conf" disc --json |
		python3 -c 'import json,sys; print(json.load(sys.stdin)["volume_id"])')
	# The newest backup is not given away, not even by a person's word.
	nb_is 3 adopt --as DB-B --volume-id "$volume" &&
		says err "holds the newest good backup" || return 1
	insert A
	volume=$("$nightburn" -c "$work/nb.conf" disc --json |
		python3 -c 'import json,sys; print(json.load(sys.stdin)["volume_id"])')
	nb_is 3 adopt --as DB-A --volume-id WRONG &&
		nb_is 0 adopt --as DB-A --volume-id "$volume" &&
		nb_is 0 run && says out "on disc DB-A, session 1" &&
		says err "the key was lost; a new one is created" &&
		label_of A "$work/l" && change "$work/l" "
M = L['mac']; sign(open('$state/key', 'rb').read())
assert L['mac'] == M" && nb_is 0 plan && says out "plan    append" &&
		insert B && refused label-forged "$no_key"
}
# Whose the disc is says the key, which needs no catalog.
damaged()
{
	local none='not made with the key of this installation'
	insert A
	cp "$state/catalog.db" "$work/catalog" &&
		printf 'damaged' | dd of="$state/catalog.db" bs=1 seek=4096 \
			conv=notrunc 2>/dev/null &&
		nb_is 0 disc && ! grep "$none" "$work/out" &&
		says out "DB-A of pool" && nb_is 0 disc --json &&
		says out '"ours": true' || return 1
	mv "$work/catalog" "$state/catalog.db"
	chmod 644 "$state/key"
	nb_is 0 disc && says err "chmod 600" && ! grep "$none" "$work/out" &&
		says out "key not checked" && nb_is 0 verify &&
		says err 'not recorded: the key of this installation cannot' &&
		! grep "not made with the key" "$work/err" || return 1
	chmod 600 "$state/key"
	"$nightburn" -c "$work/none.conf" disc \
		--device "stdio:$work/drive" >"$work/out" 2>&1
	says out "key not checked" && nb_is 0 verify
}
check "a person adopts a disc without its key; its next label has a MAC" \
	adopted
check "a damaged catalog, or a key that cannot be read, makes no disc a stranger" \
	damaged

# says_joined TEXT: in a result that may be broken between words.
says_joined()
{
	tr -s '\n ' ' ' <"$work/out" | plain_hints | grep -qF -- "$1" &&
		return 0
	cat "$work/out"
	return 1
}

# In the configuration, by somebody who does not know what hangs on the names.
renamed()
{
	local old="it is DB-B of pool db; pool db has DB-C, DB-D"
	rm -rf "$work/discs" "$work/names"
	make_discs
	make_host names
	on names
	nb_is 0 run && insert B && nb_is 0 run || return 1
	sed -i 's/"DB-A", "DB-B"/"DB-C", "DB-D"/' "$work/names.conf"
	refused name-conflict "$old" && nb_is 3 plan &&
		says_joined "hint write DB-B into discs of pool db again; or \
insert a blank disc, which becomes DB-C" || return 1
	: >"$work/discs/C"
	insert C
	nb_is 0 run && says out "on disc DB-C" && insert A &&
		nb_is 3 plan && says_joined "nightburn adopt --as NAME"
}
check "names of discs that were changed are told, with a way out" renamed

pool_renamed()
{
	sed -i 's/"db"/"new"/; s/"DB-C", "DB-D"/"DB-A", "DB-B"/' \
		"$work/names.conf"
	insert B
	refused other-pool "it is DB-B of pool db; pool new has DB-A, DB-B" &&
		nb_is 3 plan && says_joined "give the pool its old name, db" &&
		says_joined "insert a blank disc, which becomes DB-A" &&
		: >"$work/discs/D" && insert D && nb_is 0 plan &&
		! grep "there is no backup yet" "$work/out" && nb_is 0 run
}
check "so is the name of the pool" pool_renamed

finish
