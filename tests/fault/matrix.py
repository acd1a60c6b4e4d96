#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every deciding or destructive command, with everything that can come of it.

The third night of a rotation meets one fault: a command of the recorder, at its
first, a middle and its last time, has one of the outcomes below.  Then two
nights follow without faults.  The promise is checked after each.

Without NB_TORTURE a sample of the pairs, by a fixed seed; with it all of them.
"""
import concurrent.futures
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

from scene import ALL, MEDIA, STATUSES, Broken, two_nights

SAMPLE = int(os.environ.get("NB_MATRIX_PAIRS", "16"))
SENSE = """0/00/00 1/18/00 2/04/00 2/04/01 2/04/07 2/04/08 2/30/10 2/3a/00
2/3a/01 2/3a/02 3/02/00 3/0c/00 3/0c/02 3/0c/09 3/11/00 3/11/05 3/31/00 3/73/02
3/73/03 3/73/05 4/08/03 4/09/00 4/15/00 4/44/00 5/20/00 5/21/00 5/21/02 5/24/00
5/26/00 5/2c/00 5/30/02 5/30/05 5/63/00 5/64/00 5/72/00 5/72/03 6/28/00 6/29/00
7/27/00 b/4b/00""".split()[1:]
OUTCOMES = ([f"sense {code}" for code in SENSE]
            + [f"sense {code} times forever" for code in
               ("2/3a/00", "3/0c/00", "3/11/05", "4/09/00", "5/20/00",
                "5/24/00", "2/04/01")]
            + ["hang", "drop silently", "drop silently times forever",
               "flip a bit", "wrong address", "short",
               "timeout without sense", "detach", "eject disc",
               "damage track", "cache only times forever"])


def commands_of(base, work):
    """How often the third night sends each command."""
    scene = base.copy(os.path.join(work, "count"))
    trace = os.path.join(scene.path, "trace")
    status, text = scene.night("A", 3, ["--trace", trace])
    if status:
        raise Broken(f"the third night fails by itself:\n{text}")
    times = {}
    with open(trace, encoding="ascii") as file:
        for line in file:
            op = json.loads(line)["op"]
            times[op] = times.get(op, 0) + 1
    shutil.rmtree(scene.path)
    return times


def try_pair(base, work, number, rule):
    """None, or what broke with this rule."""
    scene = base.copy(os.path.join(work, f"pair-{number}"))
    path = os.path.join(scene.path, "rules")
    said = []
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(rule + "\n")
        verified = 2
        last = 0
        for version, (disc, options) in enumerate(
                [("A", ["--faults", path]), ("A", []), ("B", [])], 3):
            status, text = scene.night(disc, version, options)
            said.append(f"night {version} on {disc}: {status}\n{text}")
            if status == 0 and "verified" in text:
                verified = last = version
            elif status not in STATUSES:
                raise Broken(f"exit status {status}")
            scene.check(verified)
        if last < 4:
            raise Broken("no night went well afterwards")
        return None
    except (Broken, subprocess.TimeoutExpired) as error:
        return f"{rule}: {error}\n" + "\n".join(said)
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def main():
    seed = random.Random(4)
    work = tempfile.mkdtemp(prefix="nbmatrix.")
    os.chmod(work, 0o755)
    tried = 0
    failed = False
    print(f"1..{len(MEDIA)}")
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for number, kind in enumerate(MEDIA, 1):
                base = two_nights(kind, work)
                rules = [f"when {op} nth {nth} then {outcome}"
                         for op, times in commands_of(base, work).items()
                         for nth in sorted({1, (times + 1) // 2, times})
                         for outcome in OUTCOMES]
                chosen = rules if ALL else seed.sample(rules, SAMPLE)
                broken = [text for text in pool.map(
                    lambda pair, base=base: try_pair(base, work, *pair),
                    enumerate(chosen)) if text]
                tried += len(chosen)
                failed |= bool(broken)
                print(f"{'not ok' if broken else 'ok'} {number} - {kind}: "
                      f"{len(chosen)} of {len(rules)} pairs of a command and "
                      "an outcome", flush=True)
                for text in broken:
                    print(re.sub("^", "# ", text, flags=re.M), flush=True)
                shutil.rmtree(base.path)
        print(f"# {tried} pairs, {len(OUTCOMES)} outcomes")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
