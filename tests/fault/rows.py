#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of faults, row by row: injected how, what nightburn did, what discs
and catalog held afterwards.

Rows of the recorder are played here, each in a night of its own; for the others
the test is named that injects them, or why there is none.  With --write the
table is put into doc/faults.md; otherwise it is compared with what stands there.
"""
import concurrent.futures
import glob
import os
import re
import shutil
import sys
import tempfile

from foreign import SGIO, audio, new_disc, shell
from scene import VDRIVE, Scene, two_nights

TOP = os.environ["NB_TOP_SRCDIR"]
DOCUMENT = os.path.join(TOP, "doc", "faults.md")
RULES = os.path.join(TOP, "tests", "fault")
HEAD = """# Faults, and what nightburn does about them

This table is printed by `make faults` and checked by `make check`. The fault
occurs in the third night of a rotation, on disc A, while disc B holds the newest
verified backup (2); in rows 13 and 34 it occurs in the first night, on another
disc. The contents of the discs are read by xorriso. A "suspect" disc is not
written to before `nightburn verify` or `nightburn adopt`.

| row | injected | status | nightburn says | A holds | B holds | catalog |
|---|---|---|---|---|---|---|
"""
OTHERS = """
## Without a recorder

| row | fault | test |
|---|---|---|
"""

# Kinds of medium other than CD-RW, and what lies on the stack for "swap disc".
KINDS = {"13": "dvd-rw", "21": "dvd+rw", "22": "dvd+rw", "23": "bd-re",
         "27": "dvd-rw", "29": "dvd-rw"}
SECOND_RUN = ("31",)
FIRST_NIGHT = ("13", "34")

HOSTILE = "tests/fault/hostile_cases.py"
# (what, test file, the words of the test), or (what, "", why there is none).
ELSEWHERE = {
    39: ("cloned label", "tests/e2e/labels.sh",
         "a copy made before a session was added is refused"),
    40: ("label of another installation", "tests/e2e/labels.sh",
         "two installations refuse each other's discs, and read them"),
    42: ("half blanked by a crash", "tests/e2e/died.sh",
         "killed while blanking: the user is asked"),
    44: ("the other disc is old", "tests/unit/model/decide/test_plan.c",
         "OTHER_UNVERIFIED"),
    45: ("the device is a file", "tests/unit/disc/image/test_image.c",
         "a_file_is_a_disc_only_when_stdio_is_spelled_out"),
    47: ("pg_dump exits 1", "tests/e2e/failing_dumps.sh",
         "pg_dump that exits 1 half-way"),
    48: ("pg_dump killed", "tests/e2e/failing_dumps.sh",
         "pg_dump that is killed"),
    49: ("truncated dump", "tests/e2e/failing_dumps.sh",
         "pg_dump that exits 0 with half an archive"),
    50: ("password prompt", "tests/e2e/failing_dumps.sh",
         "pg_dump that hangs on a prompt"),
    51: (".pgpass too open",
         "tests/unit/source/postgres/test_postgres_preflight.c",
         "a_password_file_that_libpq_ignores_is_told"),
    52: ("table lock", "tests/unit/source/postgres/test_postgres_faults.c",
         "a_locked_table_ends_the_dump_and_not_the_night"),
    53: ("database dropped", "tests/unit/source/postgres/test_postgres_faults.c",
         "a_database_dropped_meanwhile_fails_all"),
    54: ("endless output; grandchild",
         "tests/unit/source/postgres/test_postgres_faults.c",
         "a_grandchild_that_holds_the_pipe_is_ended"),
    55: ("pg_dump too old", "tests/unit/source/postgres/test_postgres_preflight.c",
         "a_pg_dump_older_than_the_server_is_refused"),
    56: ("roles", "tests/unit/source/postgres/test_postgres.c",
         "globals_hold_the_roles"),
    57: ("no space, quota, EIO", "tests/fault/limits.py",
         "no room in the state directory"),
    58: ("resource limits", "tests/fault/limits.py",
         "the size of files is limited"),
    59: ("file shrinks", "tests/unit/disc/image/test_image.c",
         "a_file_that_changed_fails_the_image_by_its_name"),
    60: ("file grows", "tests/unit/disc/image/test_image.c",
         "a_file_that_changed_fails_the_image_by_its_name"),
    61: ("file cannot be opened", "tests/unit/source/tree/test_tree.c",
         "what_cannot_be_read_fails_with_its_name"),
    62: ("link or fifo slipped in", "tests/unit/disc/image/test_image.c",
         "a_fifo_slipped_in_does_not_hang"),
    63: ("over 4 GiB", "tests/interop/readers.sh", "a file over 4 GiB"),
    64: ("deep paths", "tests/interop/readers.sh",
         "a tree of difficult names is burned and verified"),
    65: ("Joliet collisions", "tests/interop/readers.sh",
         "isoinfo -J, with names that collide in Joliet"),
    66: ("names that are bytes", "tests/unit/source/tree/test_tree.c",
         "names_are_bytes"),
    67: ("hard links", "tests/unit/source/tree/test_tree.c",
         "hard_links_share_a_number"),
    68: ("a million files", "tests/bench/bench.py", "bench_many"),
    69: ("kill -9 anywhere", "tests/fault/crash.py",
         "the program is killed at a call"),
    70: ("signal in a burn", "tests/fault/signals.py", "the end of the burn"),
    71: ("shutdown", "tests/e2e/inhibit.sh",
         "held during a burn, released when it fails"),
    72: ("two runs", "tests/e2e/nights.sh",
         "a second run at the same time exits 5"),
    73: ("udisks opens the drive", "tests/e2e/exclusive.sh",
         "looking from time to time does no harm"),
    74: ("clock goes back", "tests/fault/catalog.py",
         "Generations order the nights, whatever the clock says"),
    75: ("catalog lost, corrupt, rolled back", "tests/fault/catalog.py",
         "The catalog lost, damaged, rolled back, without room"),
    77: ("names that escape", HOSTILE,
         "name ../../canary/owned"),
    78: ("link and directory of one name", HOSTILE,
         "link and directory of one name"),
    79: ("cycle", HOSTILE,
         "directory cycle through the root"),
    80: ("CE loop", HOSTILE,
         "CE to itself"),
    81: ("directory size wraps", HOSTILE,
         "directory of 4 GiB less a block"),
    82: ("endless Rock Ridge", HOSTILE,
         "a name that never ends"),
    83: ("zisofs bomb", HOSTILE,
         "zisofs2: a petabyte"),
    84: ("overlapping extents", HOSTILE,
         "3000 files on the same megabyte"),
    85: ("source emptied, unmounted, much smaller", "tests/e2e/shrink.sh",
         "an emptied directory does not destroy the copies of it"),
    86: ("database gone from all, or closed", "tests/e2e/shrink.sh",
         "a database that was dropped stays on the discs"),
    87: ("path vanishes while a tree is walked", "tests/e2e/vanishing.sh",
         "a busy spool fails no night"),
    88: ("mount that denies, is dead or hangs", "tests/e2e/vanishing.sh",
         "one that hangs later ends the run, and blocks none after it"),
    89: ("tree contains state, staging, discs", "tests/e2e/ours.sh",
         "the key is on no disc"),
    90: ("more than 2^32 blocks", "tests/e2e/sizes.sh",
         "8 TiB in one file are refused by all that burn"),
    91: ("manifests of any size", "tests/e2e/many.sh",
         "files: the catalog is rebuilt from the disc"),
    92: ("a block of nightburn's own files is bad", "tests/e2e/damaged.sh",
         "the first of each copy is enough"),
    93: ("an older disc is in at restore",
         "tests/e2e/restore_choice.sh",
         "the older disc is in: nothing is restored, and the newer "
         "one is named"),
    94: ("confirmed is one disc, taken another", "tests/e2e/drives.sh",
         "adopt shows and asks about the disc that it takes"),
    95: ("append failed, session left open", "tests/e2e/open_session.sh",
         "killed while it appends"),
    96: ("several loaded drives, the first full or wrong",
         "tests/e2e/drives.sh",
         "a full disc in the first drive hides none in the second"),
    97: ("waiting backups", "tests/e2e/waiting.sh",
         "nights without their disc keep one backup, and list shows it"),
    102: ("properties of a database", "tests/e2e/properties.sh",
         "databases come back as they were"),
    103: ("what ISO 9660 cannot hold", "tests/e2e/limits.sh",
         "RESTORE.txt and manifest tell"),
    104: ("dates before 1970", "tests/e2e/placed.sh",
         "dates before 1970"),
    105: ("a code of a known class that no list has",
          "tests/e2e/not_ready.sh",
          "a drive that is not ready yet is waited for"),
    106: ("another release of a library", "",
         "not tried in each check yet"),
    107: ("pool renamed, second configuration", "tests/e2e/owners.sh",
         "nor that of another configuration with this state directory"),
    108: ("files vanish between listing and burning",
          "tests/e2e/lost_files.sh",
          "many lost files are no copy of them"),
    109: ("a source is another one under its name", "tests/e2e/identity.sh",
          "another file system on the same mount point is told"),
    110: ("the newest disc is broken or lost", "tests/e2e/owners.sh",
          "a disc that is lost counts no longer, and the other one is kept"),
    111: ("the label of the newest disc cannot be read", "tests/e2e/owners.sh",
          "run: a disc without a readable label does not count"),
    112: ("state and key lost, discs adopted", "tests/e2e/owners.sh",
          "with state and key lost, no disc is adopted before one was burned"),
    113: ("the state directory on another machine, too", "tests/e2e/owners.sh",
          "a copy of the state directory on another machine writes nothing"),
    114: ("a server that leaves out damaged pages",
          "tests/e2e/server_health.sh",
          "a server that leaves out damaged pages is not dumped"),
    115: ("a standby that gets nothing new", "tests/e2e/server_health.sh",
          "so is one whose primary is gone"),
    116: ("a tree that never had a file", "tests/e2e/never.sh",
          "a tree that never had a file is told until that is accepted"),
    117: ("a disc that nobody can identify", "tests/e2e/lost.sh",
          "run: a disc that nobody can identify may be the newest one"),
    118: ("a systemd unit hides a part of a tree", "tests/e2e/file_systems.sh",
          "what is hidden from nightburn alone is told"),
    119: ("one inode number for several files", "tests/e2e/file_systems.sh",
          "files with one inode number have their own bytes"),
    120: ("READ CAPACITY fails on a disc with data", "tests/e2e/not_ready.sh",
          "a DVD+RW whose capacity is not told is not blank"),
}


def stack_for(row, place):
    """The disc that comes in by `swap disc`, or None."""
    path = os.path.join(place, "other.disc")
    if row == "34":
        shell([VDRIVE, "new", "--type", "cd-rw", "--capacity", "900", path])
    elif row == "37":
        new_disc(path, "cd-rw")
        audio(path)
    elif row == "43":
        return os.path.join(place, "A.disc")
    elif row == "76":
        new_disc(path, "cd-rw")
    elif row == "13":
        new_disc(path, "dvd-rw")
        shell([VDRIVE, "--disc", path, "--", "python3", SGIO, "blank = good"])
    elif row in ("03", "38"):
        return os.path.join(place, "B.disc")
    else:
        return None
    return path


def say(text):
    """The first thing that is wrong, without ids and paths."""
    for line in re.findall("nightburn: (?!warning)(.*)", text):
        if not re.search(r"blanking A|\[|^the largest files: ", line):
            break
    else:
        # A long line is broken after a comma.
        line = text.replace(",\n    ", ", ").splitlines()[0] if text else ""
    line = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{8}", "ID", line)
    line = re.sub(r"/tmp/\S+/(staging|state)", r"\1", line)
    line = re.sub(r"block \d+", "block N", line)
    # What stands at a wrong address is of each night's own bytes.
    line = re.sub(r"nightburn/label.json: Unsupported ECMA-119 feature|"
                  r"/dev/sr0: cannot read the directory tree: .*",
                  "cannot read the directory tree", line)
    line = re.sub(r"\d+ files, [\d.]+ kB", "all files", line)
    return line.replace("|", "\\|")


def state_of(scene):
    """Of each disc: its state in the catalog."""
    text = scene.ask("B", "list")[1]
    return ", ".join(f"{name} {state}" for name, state in
                     sorted(re.findall(r"^p +([AB]) +(\w+)", text, re.M)))


def held(scene, disc):
    return ", ".join(str(v) for v in sorted(scene.versions(disc))) or "-"


def write_once_first(scene):
    """Disc A is a CD-R, of the time when the pool was filled one by one."""
    scene.make("cd-rw")
    new_disc(scene.disc("C"), "cd-rw")
    os.unlink(scene.disc("A"))
    new_disc(scene.disc("A"), "cd-r")
    scene.rotation = "append"
    scene.night("A", 1)
    scene.rotation = "alternate"
    scene.night("B", 2)


def play(bases, work, path):
    """A line of the table."""
    name = os.path.basename(path)
    row = name[:2]
    kind = KINDS.get(row, "cd-rw")
    scene = Scene(os.path.join(work, name))
    if row in FIRST_NIGHT:
        scene.make(kind)
    elif row == "43":
        write_once_first(scene)
    else:
        scene = bases[kind].copy(scene.path)
    try:
        options = ["--faults", path]
        with open(os.path.join(scene.tree, "large"), "wb") as file:
            file.write(bytes(range(256)) * 8192)
        if row == "46":
            scene.more = 'serial = "VDRIVE-sr0"'
        if row == "08":
            scene.timeout = 1  # of it blanking has eighteen
        other = stack_for(row, scene.path)
        if other:
            options += ["--add", other]
        if row in SECOND_RUN:
            scene.night("A", 3)
        disc = "C" if row == "43" else "A"
        status, text = scene.night(disc, 4 if row in SECOND_RUN else 3,
                                   options)
        return (f"| {int(row)} | `{name}` | {status} | {say(text)} | "
                f"{held(scene, 'A')} | {held(scene, 'B')} | "
                f"{state_of(scene)} |\n")
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def elsewhere():
    lines = []
    for row, (what, test, words) in sorted(ELSEWHERE.items()):
        if test:
            with open(os.path.join(TOP, test), encoding="utf-8") as file:
                if words not in file.read():
                    raise SystemExit(f"{test}: no test \"{words}\"")
            told = f"`{test}`" + (f": {words}" if words else "")
        else:
            told = f"none: {words}"
        lines.append(f"| {row} | {what} | {told} |\n")
    return "".join(lines)


def table():
    work = tempfile.mkdtemp(prefix="nbrows.")
    os.chmod(work, 0o755)
    try:
        bases = {kind: two_nights(kind, work) for kind in
                 ("cd-rw", *sorted(set(KINDS.values())))}
        paths = sorted(glob.glob(os.path.join(RULES, "*.rules")))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            lines = list(pool.map(lambda path: play(bases, work, path),
                                  paths))
        return HEAD + "".join(lines) + OTHERS + elsewhere()
    finally:
        shutil.rmtree(work, ignore_errors=True)


def main():
    text = table()
    if "--write" in sys.argv:
        with open(DOCUMENT, "w", encoding="utf-8") as file:
            file.write(text)
        return 0
    with open(DOCUMENT, encoding="utf-8") as file:
        stands = file.read()
    print("1..1")
    print(f"{'ok' if text == stands else 'not ok'} 1 - the table of faults is "
          "what the tests show")
    have = stands.splitlines()
    for line in text.splitlines():
        if line not in have:
            print("# now: " + line)
    return text != stands


if __name__ == "__main__":
    sys.exit(main())
