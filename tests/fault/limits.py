#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The third night without room, or under a limit; then one without.

A small file system holds the state directory or the staging directory, with
less and less room in it; or the size of files, the number of open files or the
memory is limited.  A night ends with a status that the man page has, says which
directory or limit it was and what to do, and the promise is checked by reading
the discs with another program.  Where there is no room for the record of the
backup, the disc is not touched.  The night that follows, without the limit, is
a good one.
"""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from scene import ALL, SANITIZED, Broken, two_nights

KIND = "cd-rw"
# What the loader of programs says before nightburn begins.
LOADER = "error while loading shared libraries"


# Of MMC: FORMAT UNIT, WRITE (10), RESERVE TRACK, CLOSE, BLANK, WRITE (12).
DESTRUCTIVE = {"04", "2a", "53", "5b", "a1", "aa"}


def touched(trace):
    """The destructive commands that the recorder was given."""
    with open(trace, encoding="ascii") as file:
        return DESTRUCTIVE & {json.loads(line)["op"] for line in file}


class Small:
    """A file system of its own at a directory, with so many KiB left in it."""

    def __init__(self, path, room):
        self.path = path
        self.old = path + ".old"
        self.room = room

    def __enter__(self):
        os.rename(self.path, self.old)
        os.mkdir(self.path)
        size = sum(entry.stat().st_size + 4096
                   for entry in os.scandir(self.old)) // 1024
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=700,size="
                        f"{size + self.room + 64}k", "none", self.path],
                       check=True)
        subprocess.run(["cp", "-a", self.old + "/.", self.path], check=True)
        os.chmod(self.path, 0o711 if "staging" in self.path else 0o700)
        left = os.statvfs(self.path)
        fill = left.f_bavail * left.f_frsize - self.room * 1024
        with open(os.path.join(self.path, ".fill"), "wb") as file:
            os.posix_fallocate(file.fileno(), 0, fill)
        return self

    def __exit__(self, *exception):
        os.unlink(os.path.join(self.path, ".fill"))
        subprocess.run(["cp", "-a", self.path + "/.", self.old], check=True)
        subprocess.run(["umount", self.path], check=True)
        os.rmdir(self.path)
        os.rename(self.old, self.path)


def judge(scene, status, text, words):
    """The night under the limit; the version that counts as verified."""
    if status not in (0, 1, 3, 4, 5) and LOADER not in text:
        raise Broken(f"exit status {status}")
    if status and not re.search(words, text):
        raise Broken(f"status {status}, and it does not say {words}")
    verified = 3 if status == 0 and "verified" in text else 2
    scene.check(verified)
    return verified


def afterwards(scene, verified):
    said = []
    for version, disc in ((4, "A"), (5, "B")):
        status, text = scene.night(disc, version)
        said.append(f"night {version} on {disc}: {status}\n{text}")
        scene.check(version if status == 0 else verified)
        if status == 0:
            break
    else:
        raise Broken("no night went well afterwards\n" + "".join(said))
    left = [name for folder in ("state", "staging") for name in
            os.listdir(os.path.join(scene.path, folder))
            if folder == "staging" or name.endswith(".new")]
    if left:
        raise Broken(f"left behind: {left}")


def no_room(scene, folder, room):
    """Whether the night went well with ROOM KiB left in the directory."""
    trace = os.path.join(scene.path, "trace")
    with Small(os.path.join(scene.path, folder), room):
        status, text = scene.night("A", 3, ["--trace", trace])
    try:
        verified = judge(scene, status, text, re.escape(
            os.path.join(scene.path, folder)) + r"(.|\n)*\nhint: free some space")
        if status and touched(trace):
            raise Broken("the disc was touched")
        afterwards(scene, verified)
    except Broken as error:
        raise Broken(f"{room} KiB: {error}\n{text}") from error
    return status == 0


def limited(scene, option, value, words):
    """Whether the night went well with this limit of the shell."""
    if option == "v":
        scene.timeout = 5  # libburn without a thread waits for the watchdog
    status, text = scene.night("A", 3, shell=f"ulimit -{option} {value}")
    try:
        afterwards(scene, judge(scene, status, text, words))
    except Broken as error:
        raise Broken(f"ulimit -{option} {value}: {error}\n{text}") from error
    return status == 0


def log_full(scene, _):
    """Nothing of what is said can be written."""
    status, text = scene.night("A", 3, shell="exec 2>/dev/full")
    if status:
        raise Broken(f"status {status}\n{text}")
    scene.check(3)
    return True


ROOM = [*range(0, 64, 4), 80, 96, 128, 192, 256, 272, 320]
CASES = (
    ("no room in the state directory", no_room, ["state"], ROOM),
    ("no room in the staging directory", no_room, ["staging"],
     [0, 4, 8, 16]),
    ("no room for the messages", log_full, [], [0]),
    ("the size of files is limited", limited, ["f"],
     [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096]),
    ("the number of open files is limited", limited, ["n"], range(3, 40)),
    ("memory is limited", limited, ["v"],
     range(10000, 400000, 5000)),
)
if SANITIZED:  # it takes terabytes
    CASES = CASES[:-1]
WORDS = {"f": r"\nhint: .*file size limit \(ulimit -f\)",
         "n": r"Too many open files|cannot be had|cannot open shared|"
              r"unable to open|no reason given by the library|no drive|"
              r"Failed to transfer command to drive",
         "v": r"out of memory|annot allocate|cannot map|failed to map|"
              r"cannot create|cannot start|hread"}


def try_case(base, work, number, value):
    """Whether the night went well; what broke, or None."""
    _, call, arguments, _ = CASES[number]
    path = os.path.join(work, f"{number}-{value}")
    scene = base.copy(path)
    try:
        words = [WORDS[arguments[0]]] if call is limited else []
        return call(scene, *arguments, value, *words), None
    except (Broken, subprocess.TimeoutExpired) as error:
        return False, str(error)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def main():
    work = tempfile.mkdtemp(prefix="nblimits.")
    os.chmod(work, 0o755)
    failed = False
    print(f"1..{len(CASES)}")
    try:
        base = two_nights(KIND, work)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for number, (name, _, _, values) in enumerate(CASES):
                values = list(values)
                if not ALL:
                    values = sorted({*values[::len(values) // 5 + 1],
                                     values[-1]})
                done = list(pool.map(lambda value, number=number: try_case(
                    base, work, number, value), values))
                broken = [text for _, text in done if text]
                if not done[-1][0]:
                    broken.append("the last night, with room, failed too")
                failed |= bool(broken)
                print(f"{'not ok' if broken else 'ok'} {number + 1} - "
                      f"{name}: {len(values)} nights, "
                      f"{sum(good for good, _ in done)} of them good",
                      flush=True)
                for text in broken:
                    print(re.sub("^", "# ", text, flags=re.M), flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
