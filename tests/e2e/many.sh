#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Many files: what is called verified comes back at every size, beside a packed
# tree and a second backup on the disc, by each command that reads the disc.
# It prints what each command took, and bounds the memory.
# NB_TORTURE=1: 100,000 and a million of them, too.
. "${NB_TOP_SRCDIR:?}/tests/e2e/lib.sh"

# Of a process, and for each file beside it, in KiB.
memory_base=65536
memory_file=6

# nightburn, with a line of $work/figures for each call: KiB at its peak, then
# words.
cat >"$work/measured" <<END
#!/usr/bin/env python3
import os, subprocess, sys
child = subprocess.Popen(["$nightburn"] + sys.argv[1:])
_, status, used = os.wait4(child.pid, 0)
with open("$work/figures", "a") as figures:
    print("%d %s: %.1f s of processor time, %d MB" % (
        used.ru_maxrss, sys.argv[3], used.ru_utime + used.ru_stime,
        used.ru_maxrss * 1024 / 1000000), file=figures)
sys.exit(os.waitstatus_to_exitcode(status))
END
chmod 755 "$work/measured"
nightburn=$work/measured

bounded()
{
	local peak most=$((memory_base + memory_file * $1))
	grep -q __asan_init "$build/.libs/nightburn" && return 0
	peak=$(sort -n "$work/figures" | tail -n 1)
	[ "${peak%% *}" -le "$most" ] && return 0
	echo "more than $most KiB: $peak"
	return 1
}

# make_tree DIR N: N files, half of them in one directory.
make_tree()
{
	python3 - "$1" "$2" <<'END'
import os, sys
top, n = sys.argv[1], int(sys.argv[2])
os.makedirs(top + "/one")
for i in range(n):
    if i < n // 2:
        path = "%s/one/file%d.php" % (top, i)
    else:
        if i % 1000 == 0 or i == n // 2:
            os.makedirs("%s/d%d" % (top, i // 1000), exist_ok=True)
        path = "%s/d%d/file%d.php" % (top, i // 1000, i)
    with open(path, "w") as f:
        f.write("x%d\n" % (i % 7))
END
}

# prepare N
prepare()
{
	rm -rf "$work"/{tree,packed,state,staging,back,discs,figures}
	make_discs
	make_tree "$work/tree" "$1" && make_tree "$work/packed" "$(($1 / 8 + 1))"
	cat >"$work/nb.conf" <<END
state_dir = "$work/state"
staging_dir = "$work/staging"
drive "upper" { device = "stdio:$work/drive"  capacity = 8G }
pool "p" { discs = { "A" }  drives = { "upper" } rotation = append }
job "j" {
  pool = "p"
  tree "www" { path = "$work/tree" }
  tree "mail" { path = "$work/packed"  pack = "tar.zst" }
}
END
	chmod 600 "$work/nb.conf"
}

came_back()
{
	rm -rf "$work/back"
	nb_is 0 restore --to "$work/back" "$@" &&
		python3 "$src/tests/e2e/same_tree.py" "$work/tree" \
			"$work/back/tree/www" &&
		python3 "$src/tests/e2e/same_tree.py" "$work/packed" \
			"$work/back/tree/mail"
}

append()
{
	echo changed >"$work/tree/one/new.php"
	nb_is 0 run && says out verified
}

found()
{
	local id
	nb_is 0 find new.php && says out one/new.php || return 1
	id=$(grep -o '[0-9]\{8\}T[0-9]\{6\}Z-[0-9a-f]*' "$work/out" | tail -n 1)
	nb_is 0 show "$id" && says out one/new.php
}

rebuilt()
{
	rm "$work"/state/catalog.db*
	nb_is 0 catalog rebuild && found
}

# size N: all that reads a disc with N files.
size()
{
	prepare "$1"
	check "$1 files: a night is verified" nb_is 0 run
	check "$1 files: they come back" came_back
	check "$1 files: a session is appended" append
	check "$1 files: verify says good" nb_is 0 verify
	check "$1 files: show and find" found
	check "$1 files: they come back from the second session" came_back
	check "$1 files: the catalog is rebuilt from the disc" rebuilt
	check "$1 files: the memory for each is bounded" bounded "$1"
	sed 's/^[0-9]*/#/' "$work/figures"
}

for n in ${NB_MANY:-2 16000 ${NB_TORTURE:+100000 1000000}}; do
	size "$n"
done
finish
