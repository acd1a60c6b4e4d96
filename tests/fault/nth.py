#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The third night of a rotation, with its n-th call failing; and what is left.

For n = 1, 2, 3 ... the n-th allocation fails, alone or with all after it, until
a night in which nothing failed any more; then the same with each class of system
calls.  The program ends by itself with a status that its man page has and, when
it is not 0, with a message.  The promise is checked by reading the discs with
another program, the next night is a good one, and leaves nothing of this one.

A library may die for want of memory: then it is the program that died, and all
the rest holds.  Its calls are counted and told; the program's own fail the test.

Without NB_TORTURE a sample of the points, by a fixed seed; with it all of them,
of allocations on media other than CD-RW one in ten.
"""
import collections
import concurrent.futures
import errno
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from scene import ALL, FAIL, MEDIA, SANITIZED, Broken, two_nights

# An interrupted call is made again, so that one interrupted for ever never ends.
BOTH = ("once", "ever")
SAID = {"once": "once", "ever": "from then on"}
CLASSES = (("alloc", errno.ENOMEM, BOTH), ("open", errno.EMFILE, BOTH),
           ("read", errno.EIO, BOTH), ("read", errno.EINTR, ("once",)),
           ("write", errno.ENOSPC, BOTH), ("write", errno.EINTR, ("once",)),
           ("write", errno.EIO, ("once",)), ("write", errno.EDQUOT, ("once",)),
           ("sync", errno.EIO, BOTH), ("name", errno.ENOSPC, BOTH),
           ("size", errno.ENOSPC, BOTH), ("process", errno.EAGAIN, BOTH),
           ("map", errno.ENOMEM, BOTH), ("ioctl", errno.EIO, BOTH),
           ("lock", errno.ENOLCK, BOTH), ("look", errno.EIO, BOTH))
ONLY = os.environ.get("NB_NTH_CLASSES", "").split()
RUNS = [(name, code, mode) for name, code, modes in CLASSES for mode in modes
        if not ONLY or name in ONLY]
SAMPLE = int(os.environ.get("NB_NTH_POINTS", "2"))
DOCUMENTED = (0, 1, 2, 3, 4, 5)
LIBRARIES = ("libburn", "libisofs", "libisoburn", "libsqlite3", "libcrypto",
             "libconfuse")
CHUNK = 64  # points after the last that are tried at once
VERBOSE = bool(os.environ.get("NB_NTH_VERBOSE"))


def who_died(path):
    """The library in which it crashed, or the program; and the calls."""
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    for line in text.splitlines():
        name = os.path.basename(line.split("(", 1)[0])
        if name not in ("libfail.so", "libc.so.6"):
            return name, text
    return "?", text


def faulty_night(scene, rule, deaths):
    """Status, text, and whether the call was reached."""
    # libburn that gets no thread waits until the watchdog ends it.
    if rule.startswith("process"):
        scene.timeout = 5
    struck = os.path.join(scene.path, "struck")
    crash = os.path.join(scene.path, "crash")
    status, text = scene.night("A", 3, preload=FAIL, crash={
        "FAIL": rule, "FAIL_STRUCK": struck, "FAIL_CRASH": crash})
    if os.path.exists(crash):
        library, calls = who_died(crash)
        if VERBOSE:
            print(f"# {rule}: died in\n{calls}")
        if not library.startswith(LIBRARIES):
            raise Broken(f"crashed in {library}\n{calls}\n{text}")
        deaths[library] += 1
    elif status not in DOCUMENTED:
        raise Broken(f"exit status {status}\n{text}")
    elif "\\x" in text:
        raise Broken(f"it said what is no text\n{text}")
    elif status and not text:
        raise Broken(f"exit status {status} without a message")
    return status, text, os.path.exists(struck)


def leftovers(scene):
    """What a good night must not leave behind."""
    return [name for folder in ("state", "staging")
            for name in os.listdir(os.path.join(scene.path, folder))
            if folder == "staging" or name.endswith(".new")]


def try_point(base, path, rule, deaths):
    """What broke, or None; and whether the call was reached."""
    scene = base.copy(path)
    said = []
    struck = True
    try:
        status, text, struck = faulty_night(scene, rule, deaths)
        said.append(f"{status}\n{text}")
        if not struck and status:
            raise Broken("a clean pass fails")
        verified = 3 if status == 0 else 2
        scene.check(verified)
        for version, disc in ((4, "A"), (5, "B")):
            status, text = scene.night(disc, version)
            said.append(f"night {version} on {disc}: {status}\n{text}")
            if status == 0:
                scene.check(version)
                break
            scene.check(verified)
        else:
            raise Broken("no night went well afterwards")
        left = leftovers(scene)
        if left:
            raise Broken(f"left behind: {left}")
        return None, struck
    except (Broken, subprocess.TimeoutExpired, OSError) as error:
        return f"{rule}: {error}\n" + "\n".join(said), struck
    finally:
        shutil.rmtree(path, ignore_errors=True)


def counts_of(base, work):
    """How often the third night calls each class."""
    scene = base.copy(os.path.join(work, "count"))
    counts = os.path.join(scene.path, "counts")
    status, text = scene.night("A", 3, preload=FAIL,
                               crash={"FAIL_COUNTS": counts})
    if status:
        raise Broken(f"the third night fails by itself:\n{text}")
    with open(counts, encoding="ascii") as file:
        found = {name: int(n) for name, n in map(str.split, file)}
    shutil.rmtree(scene.path)
    return found


def choose(kind, name, count, seed):
    """The points of a class on a medium."""
    everything = range(1, count + 1)
    if not ALL:
        sample = 3 * SAMPLE if name == "alloc" else SAMPLE
        return sorted(seed.sample(everything, min(sample, count)))
    if name == "alloc" and kind != MEDIA[0]:
        return sorted(seed.sample(everything, count // 10))
    return list(everything)


class Torture:
    """One medium, its base, and what was found."""

    def __init__(self, kind, work, pool):
        self.base = two_nights(kind, work)
        self.work = work
        self.pool = pool
        self.deaths = collections.Counter()

    def run(self, name, code, mode, points):
        """What broke at these points and in the clean pass after them."""
        def one(point):
            rule = f"{name} {point} {mode} {code}"
            return try_point(self.base, os.path.join(
                self.work, rule.replace(" ", "-")), rule, self.deaths)

        broken = [text for text, _ in self.pool.map(one, points) if text]
        # Threads may call once more or less, and children that read a disc go
        # on counting: on until nothing fails.
        last = points[-1]
        while ALL and len(broken) < 100:
            more = list(self.pool.map(one, range(last + 1, last + CHUNK + 1)))
            last += CHUNK
            broken += [text for text, _ in more if text]
            if not any(struck for _, struck in more):
                break
        return broken


def main():
    if SANITIZED:
        print("1..0 # SKIP a sanitizer stands where calls are made to fail")
        return False
    seed = random.Random(5)
    work = tempfile.mkdtemp(prefix="nbnth.")
    os.chmod(work, 0o755)
    kinds = os.environ.get("NB_NTH_MEDIA", "").split() or (
        MEDIA if ALL else MEDIA[:1])
    number = tried = 0
    failed = False
    deaths = collections.Counter()
    print(f"1..{len(kinds) * len(RUNS)}")
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for kind in kinds:
                torture = Torture(kind, work, pool)
                counts = counts_of(torture.base, work)
                for name, code, mode in RUNS:
                    points = choose(kind, name, counts[name], seed)
                    broken = torture.run(name, code, mode, points)
                    tried += len(points)
                    number += 1
                    failed |= bool(broken)
                    print(f"{'not ok' if broken else 'ok'} {number} - "
                          f"{kind}: {name} fails {SAID[mode]} with "
                          f"{errno.errorcode[code]}: {len(points)} of "
                          f"{counts[name]} points", flush=True)
                    for text in broken:
                        print(re.sub("^", "# ", text, flags=re.M),
                              flush=True)
                deaths += torture.deaths
                shutil.rmtree(torture.base.path)
        print(f"# {tried} points; died in a library: {deaths.total()}")
        for what, times in deaths.most_common():
            print(f"# {times} times in {what}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
