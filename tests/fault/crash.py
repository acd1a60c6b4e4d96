#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The third night of a rotation, ended at every instant; and what is left.

After two good nights on discs A and B, the third night rewrites A.  It is ended
at each command that the recorder gets (the program killed, or the power lost)
and at each call that changes a file.  The power takes what the recorder has not
synchronised; of files it takes nothing, or all that was not brought to stable
storage.  The night that follows, which recovers, is ended as well.  After each
night the promise is checked by reading the discs with another program: the
newest backup that nightburn called verified is on one of them, whole.

Without NB_TORTURE a sample of the points, by a fixed seed; with it all of them.
"""
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from lost import Stable
from scene import ALL, MEDIA, STATUSES, Broken, two_nights

SAMPLE = int(os.environ.get("NB_CRASH_POINTS", "3"))
WAYS = ("the program is killed at a command", "the power fails at a command",
        "the program is killed at a call",
        "the power fails at a command, files lose what was not synced",
        "the power fails at a call, files lose what was not synced")
AT_CALL = (2, 4)
LOSING = (3, 4)
CHOSEN = [int(way) for way in os.environ.get(
    "NB_CRASH_WAYS", "0 1 2 3 4").split()]


# What vdrive gives when the program is killed.
KILLED = (125, 137)


def rules(path, way, point):
    action = "power loss" if way in (1, 3) else "kill client"
    with open(path, "w", encoding="ascii") as file:
        file.write(f"when any nth {point} then {action}\n")
    return ["--faults", path]


def end_night(scene, way, point, disc, version):
    """A night that is ended at this point; what it said."""
    stable = Stable(scene) if way in LOSING else None
    crash = {"CRASH_KEEP": stable.kept} if stable else {}
    options = []
    if way in AT_CALL:
        crash["CRASH_AT"] = str(point)
    else:
        options = rules(os.path.join(scene.path, "rules"), way, point)
    if way == 4:
        options += ["--power-loss"]
    said = scene.night(disc, version, options, crash)
    if stable and said[0] in KILLED:
        stable.lose()
    elif stable:
        shutil.rmtree(stable.kept)
    return said


def try_point(base, work, way, point, again):
    """None, or what broke at this point."""
    scene = base.copy(os.path.join(work, f"{way}-{point}"))
    said = []
    try:
        verified = 2
        steps = [("A", point), ("A", again), ("B", None), ("A", None)]
        done = []
        for version, (disc, end) in enumerate(steps, 3):
            if end:
                status, text = end_night(scene, way, end, disc, version)
            else:
                status, text = scene.night(disc, version)
            said.append(f"night {version} on {disc}: {status}\n{text}")
            if status == 0 and "verified" in text:
                verified = version
                done.append(version)
            elif status not in STATUSES:
                raise Broken(f"exit status {status}")
            scene.check(verified)
        if not any(version > 4 for version in done):
            raise Broken("no night went well afterwards")
        return None
    except (Broken, subprocess.TimeoutExpired) as error:
        return f"point {point}: {error}\n" + "\n".join(said)
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def points_of(base, work, way):
    """How many points the third night has."""
    scene = base.copy(os.path.join(work, f"count-{way}"))
    trace = os.path.join(scene.path, "trace")
    number = os.path.join(scene.path, "count")
    if way in AT_CALL:
        status, text = scene.night("A", 3, crash={"CRASH_COUNT": number})
    else:
        status, text = scene.night("A", 3, ["--trace", trace])
    if status:
        raise Broken(f"the third night fails by itself:\n{text}")
    with open(number if way in AT_CALL else trace, encoding="ascii") as file:
        lines = file.readlines()
    shutil.rmtree(scene.path)
    return int(lines[0]) if way in AT_CALL else len(lines)


def main():
    seed = random.Random(3)
    work = tempfile.mkdtemp(prefix="nbcrash.")
    os.chmod(work, 0o755)
    number = tried = 0
    failed = False
    print(f"1..{len(MEDIA) * len(CHOSEN)}")
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for kind in MEDIA:
                base = two_nights(kind, work)
                for way in CHOSEN:
                    name = WAYS[way]
                    count = points_of(base, work, way)
                    chosen = list(range(1, count + 1))
                    if not ALL and count > SAMPLE:
                        chosen = sorted(seed.sample(chosen, SAMPLE))
                    broken = [text for text in pool.map(
                        lambda point, way=way, base=base, count=count:
                        try_point(base, work, way, point, point * 7 % count
                                  + 1 if ALL or point % 3 == 0 else None),
                        chosen) if text]
                    tried += len(chosen)
                    number += 1
                    failed |= bool(broken)
                    print(f"{'not ok' if broken else 'ok'} {number} - {kind}: "
                          f"{name}: {len(chosen)} of {count} points",
                          flush=True)
                    for text in broken:
                        print(re.sub("^", "# ", text, flags=re.M), flush=True)
                shutil.rmtree(base.path)
        print(f"# {tried} points")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
