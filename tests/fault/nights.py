#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Nights of a year or three, some of them faulty, on discs that take turns.

A person changes the disc on most days, forgets it on some, and follows what
nightburn asks for.  One night in twenty meets a fault or an end at some
instant.  Each morning the promise is checked by reading the discs.

Without NB_TORTURE 8 nights on each medium, else 200: a thousand in all.
"""
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from scene import ALL, MEDIA, STATUSES, Broken, Scene

NIGHTS = int(os.environ.get("NB_NIGHTS", "200" if ALL else "8"))
FAULTS = ("kill client", "power loss", "sense 3/0c/00", "sense 4/09/00",
          "drop silently", "flip a bit", "timeout without sense", "detach",
          "sense 2/3a/00", "sense 6/28/00", "sense 3/11/05")


def insert(seed, text, disc, newest):
    """The disc of tonight: what was asked for, or the other one, mostly."""
    wanted = re.search(r"insert (?:disc )?([AB])\b", text)
    if wanted:
        return wanted.group(1)
    if seed.random() < 0.1:
        return disc
    return "B" if newest == "A" else "A"


def live(kind, work):
    """(faulty nights, good nights), or a text of what broke."""
    seed = random.Random(kind)
    scene = Scene(os.path.join(work, kind))
    scene.make(kind)
    disc, newest, verified = "A", "B", 0
    said = []
    faulty = good = adopted = 0
    text = ""
    try:
        for version in range(1, NIGHTS + 1):
            disc = insert(seed, text, disc, newest)
            options = []
            if seed.random() < 0.05 or not ALL and version % 4 == 0:
                faulty += 1
                rule = (f"when any nth {seed.randrange(1, 300)} then "
                        f"{seed.choice(FAULTS)}")
                path = os.path.join(scene.path, "rules")
                with open(path, "w", encoding="ascii") as file:
                    file.write(rule + "\n")
                options = ["--faults", path]
            status, text = scene.night(disc, version, options)
            said.append(f"night {version} on {disc} {options and rule}: "
                        f"{status}\n{text}")
            if status == 0 and "verified" in text:
                verified, newest = version, disc
                good += 1
            elif status not in STATUSES:
                raise Broken(f"exit status {status}")
            elif not options and re.search(
                    "suspect|is blank|no nightburn label|unreadable or "
                    "unsupported|newest session of the disc is bad|the backup "
                    "on the disc is not", text):
                # A person looks at it, and has it made usable again.
                adopted += scene.adopt(disc)
            if verified:
                scene.check(verified)
        if good < NIGHTS // 2:
            raise Broken(f"{good} good nights only")
        return faulty, good, adopted
    except (Broken, subprocess.TimeoutExpired) as error:
        return f"{kind}: {error}\n" + "\n".join(said[-8:])
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def main():
    work = tempfile.mkdtemp(prefix="nbnights.")
    os.chmod(work, 0o755)
    failed = False
    print(f"1..{len(MEDIA)}")
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda kind: live(kind, work), MEDIA)
            for number, (kind, result) in enumerate(zip(MEDIA, results), 1):
                if isinstance(result, str):
                    failed = True
                    print(f"not ok {number} - {kind}: the promise holds")
                    print(re.sub("^", "# ", result, flags=re.M), flush=True)
                else:
                    print(f"ok {number} - {kind}: the promise holds through "
                          f"{NIGHTS} nights: {result[0]} faulty, {result[1]} "
                          f"good, {result[2]} discs adopted", flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
