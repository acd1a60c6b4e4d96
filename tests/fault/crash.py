#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The third night of a rotation, ended at every instant; and what is left.

After two good nights on discs A and B, the third night rewrites A.  It is ended
at each command that the recorder gets (the program killed, or the power lost)
and at each call that changes a file.  After each, and after each of the nights
that follow, the promise is checked by reading the discs with another program:
the newest backup that nightburn called verified is on one of them, whole.

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

from scene import ALL, MEDIA, STATUSES, Broken, two_nights

SAMPLE = int(os.environ.get("NB_CRASH_POINTS", "8"))
WAYS = ("the program is killed at a command", "the power fails at a command",
        "the program is killed at a call")


def rules(path, way, point):
    action = "kill client" if way == 0 else "power loss"
    with open(path, "w", encoding="ascii") as file:
        file.write(f"when any nth {point} then {action}\n")
    return ["--faults", path]


def end_night(scene, way, point, disc, version):
    """A night that is ended at this point; what it said."""
    if way == 2:
        return scene.night(disc, version, crash={"CRASH_AT": str(point)})
    options = rules(os.path.join(scene.path, "rules"), way, point)
    return scene.night(disc, version, options)


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
    if way == 2:
        status, text = scene.night("A", 3, crash={"CRASH_COUNT": number})
    else:
        status, text = scene.night("A", 3, ["--trace", trace])
    if status:
        raise Broken(f"the third night fails by itself:\n{text}")
    with open(number if way == 2 else trace, encoding="ascii") as file:
        lines = file.readlines()
    shutil.rmtree(scene.path)
    return int(lines[0]) if way == 2 else len(lines)


def main():
    seed = random.Random(3)
    work = tempfile.mkdtemp(prefix="nbcrash.")
    os.chmod(work, 0o755)
    number = tried = 0
    failed = False
    print(f"1..{len(MEDIA) * len(WAYS)}")
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for kind in MEDIA:
                base = two_nights(kind, work)
                for way, name in enumerate(WAYS):
                    count = points_of(base, work, way)
                    chosen = list(range(1, count + 1))
                    if not ALL and count > SAMPLE:
                        chosen = sorted(seed.sample(chosen, SAMPLE))
                    broken = [text for text in pool.map(
                        lambda point, way=way, base=base, count=count:
                        try_point(base, work, way, point, point * 7 % count
                                  + 1 if point % 3 == 0 else None),
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
