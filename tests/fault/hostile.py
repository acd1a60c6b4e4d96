#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Discs that want to do harm: escape from the directory that is restored to,
hang, crash, or use up memory and space.

Each image of hostile_cases.py is looked at, restored, verified, and met by the
nightly run; then a good image with random bytes in its directories.  Nothing
may change but the directory that is restored to, nothing may take long, need
much memory or say much; the run may only refuse.  With --write the table of
what is said is made anew; otherwise it is compared.
"""
import concurrent.futures
import os
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

from hostile_cases import CASES, listed
from hostile_iso import BACKUP, BLOCK, both32
from scene import ALL, NIGHTBURN

TABLE = os.path.join(os.environ["NB_TOP_SRCDIR"], "tests", "fault",
                     "hostile.txt")
DEADLINE = 60
MEMORY = 400 << 10     # KiB resident
OUTPUT = 64 << 10      # bytes of messages
ROOM = 32 << 20        # bytes restored
MUTANTS = 20000 if ALL else int(os.environ.get("NB_MUTANTS", "40"))
with open(NIGHTBURN, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()
COMMANDS = {
    "disc": ["disc", "--device", "DEVICE"],
    "restore": ["restore", "--device", "DEVICE", "--to", "to/here"],
    "force": ["restore", "--device", "DEVICE", "--to", "to/there", "--force"],
    "list": ["restore", "--list", "--device", "DEVICE", "--path", "*"],
    "verify": ["verify", "--device", "DEVICE"],
    "run": ["-c", "nb.conf", "run"],
}
PINNED = ("restore", "verify", "run")
LINKS = 78             # the row for which it matters what was there before


class Broken(Exception):
    """A disc did harm."""


def snapshot(top):
    """All that is around the directory which is restored to."""
    found = {}
    for folder, folders, names in os.walk(top):
        if folder == top:
            folders[:] = [f for f in folders
                          if f not in ("to", "state", "staging")]
        for name in folders + names:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            found[path] = (st.st_mode, st.st_size, st.st_mtime_ns, st.st_nlink)
    return found


def prepare(place, image):
    """A directory with the disc, a canary beside the targets, and a link where
    the restore may want a directory."""
    os.makedirs(os.path.join(place, "canary"))
    os.makedirs(os.path.join(place, "tree"))
    os.makedirs(os.path.join(place, "to", "there"))
    os.symlink("../../canary", os.path.join(place, "to", "there", "tree"))
    for name, content in (("canary/bird", "sings\n"), ("tree/v", "1\n")):
        with open(os.path.join(place, name), "w", encoding="ascii") as file:
            file.write(content)
    with open(os.path.join(place, "drive"), "wb") as file:
        file.write(image)
    conf = os.path.join(place, "nb.conf")
    with open(conf, "w", encoding="ascii") as file:
        file.write(f'state_dir = "{place}/state"\n'
                   f'staging_dir = "{place}/staging"\n'
                   f'drive "d" {{ device = "stdio:{place}/drive" }}\n'
                   'pool "p" { discs = { "A", "B" } drives = { "d" }'
                   ' max_nights_on_one_disc = 0 }\n'
                   'job "j" { pool = "p" tree "t" '
                   f'{{ path = "{place}/tree" }} }}\n')
    os.chmod(conf, 0o600)


def limits():
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


def run(place, name):
    """Exit status and messages of a command."""
    device = f"stdio:{place}/drive"
    command = [NIGHTBURN] + [device if word == "DEVICE" else word
                             for word in COMMANDS[name]]
    path = os.path.join(place, "to", "said")
    with open(path, "wb") as said:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                 stdout=said, stderr=said, cwd=place,
                                 preexec_fn=limits)
        killer = threading.Timer(
            DEADLINE * (4 if SANITIZED else 1), child.kill)
        killer.start()
        _, status, usage = os.wait4(child.pid, 0)
        killer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    with open(path, "rb") as file:
        text = file.read()
    if child.returncode not in (0, 1, 2, 3, 4):
        raise Broken(f"{name} ends with {child.returncode}: {text[-300:]}")
    if usage.ru_maxrss > MEMORY and not SANITIZED:
        raise Broken(f"{name} needs {usage.ru_maxrss} KiB of memory")
    if len(text) > OUTPUT * (4 if name == "list" else 1):  # names all files
        raise Broken(f"{name} says {len(text)} bytes")
    if set(text) & set(range(32)) - {10}:
        raise Broken(f"{name} says control characters: {text[-300:]}")
    return child.returncode, text.decode("utf-8", "replace")


def restored(place):
    return sum(os.lstat(os.path.join(folder, name)).st_blocks * 512
               for folder, _, names in os.walk(os.path.join(place, "to"))
               for name in names)


def bounded(text, have):
    """Under the sanitizers a reader may meet its bounds before it sees what is
    wrong: the same refusals, with BOUNDED for the reason."""
    if "NB_TEST_SLOWER" not in os.environ or "BOUNDED" not in text:
        return False
    known = re.search(re.escape(text.splitlines(True)[0]) + "(?:    .*\n)*",
                      have)
    statuses = r"^ +(\w+: \d+)"
    return known is not None and re.findall(statuses, text, re.M) \
        == re.findall(statuses, known[0], re.M)


def first_error(text, place):
    """The first error, without what differs from run to run."""
    lines = re.findall("^nightburn: (?!warning|note)(.*)", text, re.M)
    line = lines[0] if lines else (text.splitlines() or [""])[0]
    # Which of its bounds a reader meets first depends on the machine.
    line = re.sub("Out of virtual memory|(cannot read the directory tree: "
                  "directory parser (exceeded its CPU limit|ended prematurely|"
                  "exceeded its memory limit)"
                  ")", "BOUNDED", line)
    line = line.replace("stdio:" + place, "").replace(place, "")
    line = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{8}",
                  lambda m: "ID" if m[0] == BACKUP else "RUN", line)
    return line


def play(work, number, image, commands=COMMANDS):
    """What the commands say of this image: {command: (status, words)}."""
    place = os.path.join(work, f"disc-{number}")
    prepare(place, image)
    try:
        before = snapshot(place)
        said = {}
        for name in commands:
            if name == "verify" and not ALL and "restore" in said \
                    and "BOUNDED" in said["restore"][1]:
                said[name] = said["restore"]  # it takes its seconds again
                continue
            status, text = run(place, name)
            if name == "run" and status != 3:
                raise Broken(f"the run ends with {status}: {text[-300:]}")
            said[name] = (status, first_error(text, place))
        if restored(place) > ROOM:
            raise Broken("the disc grew while it was restored")
        after = snapshot(place)
        changed = [path for path in {*before, *after}
                   if before.get(path) != after.get(path)]
        if changed:
            raise Broken(f"changed: {sorted(changed)}")
        with open(os.path.join(place, "drive"), "rb") as file:
            if file.read() != image:
                raise Broken("the disc changed")
        return said
    finally:
        shutil.rmtree(place, ignore_errors=True)


def attempt(work, number, make, row):
    commands = [name for name in COMMANDS if row == LINKS or name != "force"]
    if not row and not ALL:
        commands = ["restore", "run"]
    try:
        return play(work, number, make(), commands)
    except Exception as broken:  # told with the image that it is about
        return repr(broken)


def mutant(number):
    """The good image with bytes of its directories changed."""
    dice = random.Random(number)
    image = bytearray(listed().make())
    first, end = 16, len(image) // BLOCK - 150
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        at = dice.randrange(first * BLOCK, end * BLOCK)
        if dice.randrange(2):  # where something stands
            while not image[at]:
                at = dice.randrange(first * BLOCK, end * BLOCK)
        image[at] = dice.choice((0, 1, 255, dice.randrange(256),
                                 image[at] ^ 1 << dice.randrange(8)))
    return bytes(image)


def record_at(image, where, name):
    """The directory record NAME of the directory WHERE (block, bytes): its
    offset, and what it refers to."""
    at, end = where[0] * BLOCK, where[0] * BLOCK + where[1]
    while at < end:
        length = image[at]
        if not length:
            at = (at // BLOCK + 1) * BLOCK
            continue
        word = bytes([5 + len(name), 1, 0]) + name
        if not name or b"NM" + word in image[at:at + length]:
            return at, struct.unpack_from("<I4xI", image, at + 2)
        at += length
    raise Broken(f"no {name} on the disc")


def own_tree(work):
    """A good night, then a tree that runs in a circle under the good label: the
    next night would append to it."""
    place = os.path.join(work, "own")
    prepare(place, b"")
    status, text = run(place, "run")
    if status:
        raise Broken(text)
    with open(os.path.join(place, "drive"), "rb") as file:
        image = bytearray(file.read())
    backup = re.findall(r"\d{8}T\d{6}Z-[0-9a-f]{8}", text)[0].encode()
    root = struct.unpack_from("<I4xI", image, 16 * BLOCK + 156 + 2)
    parent = record_at(image, root, backup)[1]
    at = record_at(image, parent, b"tree")[0]
    image[at + 2:at + 18] = both32(parent[0]) + both32(parent[1])
    with open(os.path.join(place, "drive"), "wb") as file:
        file.write(image)
    before = snapshot(place)
    status, text = run(place, "run")
    words = (status, first_error(text, place))
    if words != (1, "/drive: BOUNDED"):
        raise Broken(f"the run ends with {words}: {text[-300:]}")
    if snapshot(place) != before:
        raise Broken("the disc changed")


def attempt_own(work):
    try:
        own_tree(work)
        return ""
    except Broken as broken:
        return str(broken)


def line_of(case, said):
    row, name, _ = case
    if isinstance(said, str):
        return f"{row} {name}\n    BROKEN: {said}\n"
    return f"{row} {name}\n" + "".join(
        f"    {command}: {said[command][0]} {said[command][1]}\n"
        for command in PINNED)


def report(number, good, what, words=""):
    print(f"{'ok' if good else 'not ok'} {number} - {what}")
    for text in words.splitlines():
        print("# " + text)
    return not good


def write_seeds(folder):
    """The smaller images, for a fuzzer to begin with."""
    for number, (_, name, make) in enumerate(CASES):
        if "levels" in name:
            continue
        image = make()
        image.odd["pad"] = 1
        image = image.make()
        if len(image) <= 60 * BLOCK:
            with open(os.path.join(folder, f"{number}.iso"), "wb") as file:
                file.write(image)


def main():
    if "--seeds" in sys.argv:
        write_seeds(sys.argv[-1])
        return 0
    work = tempfile.mkdtemp(prefix="nbhostile.")
    os.chmod(work, 0o755)
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = list(pool.map(
                lambda job: attempt(work, job[0],
                                    lambda: job[1][2]().make(), job[1][0]),
                enumerate(CASES)))
            lines = [line_of(case, s) for case, s in zip(CASES, said)]
            if "--write" in sys.argv:
                with open(TABLE, "w", encoding="utf-8") as file:
                    file.write("".join(lines))
                return 0
            own = attempt_own(work)
            mutants = list(pool.map(
                lambda n: attempt(work, n, lambda: mutant(n), 0),
                range(1000, 1000 + MUTANTS)))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    with open(TABLE, encoding="utf-8") as file:
        have = file.read()
    print(f"1..{len(CASES) + 2}")
    failed = False
    for number, (case, text) in enumerate(zip(CASES, lines), 1):
        good = text in have or bounded(text, have)
        failed |= report(number, good, f"row {case[0]}: {case[1]}",
                         "" if good else "now: " + text)
    bad = [f"seed {n}: {s}" for n, s in enumerate(mutants, 1000)
           if isinstance(s, str)]
    failed |= report(len(CASES) + 1, not bad, f"{MUTANTS} images with random "
                     "bytes in their directories", "\n".join(bad))
    failed |= report(len(CASES) + 2, not own, "nothing is appended to a tree "
                     "that runs in a circle under our own label", own)
    return failed


if __name__ == "__main__":
    sys.exit(main())
