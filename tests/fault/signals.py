#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A signal at every step, then a second and a third one; and what is left.

The third night of a rotation rewrites disc A and gets SIGTERM, SIGINT or SIGHUP
while the recorder has a command, or before a call that changes a file.  It ends
by itself, with the status that the manual gives; the catalog knows what became
of disc A; the newest verified backup is on a disc, as another program reads it;
and the next nights go well.  The commands that a person types get the same.

Without NB_TORTURE each step once and a sample of the points, by a fixed seed;
with it all points.
"""
import concurrent.futures
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from scene import ALL, MEDIA, Broken, two_nights

SAMPLE = int(os.environ.get("NB_SIGNAL_POINTS", "2"))
SIGNALS = ("term", "int", "hup")
ENDED = r"(ended by SIG(TERM|HUP)|stopped by you \(SIGINT\))"
# A shell may have had it ignored for what it runs in the background, and what
# is ignored stays so.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# What is going on, the commands of the recorder that bring the first and the
# other signals, the status, what becomes of disc A.
STEPS = (
    ("the first look", "discinfo", "any after discinfo", 1, "good"),
    ("the blank", "blank", "any after blank", 1, "blanked"),
    ("the burn", "write nth 8", "write nth 9", 4, "suspect"),
    ("the end of the burn", "sync", "any after sync", 4, "suspect"),
    ("the read-back", "read after sync", "read after sync", 4, "suspect"),
)
# Once all is in the recorder the burn is finished: the next night proves it.
PROVED = ("the end of the burn", "the read-back")
# What a person types: the arguments, the disc, and what it may end with.
BY_HAND = (
    (("blank",), "A", (0, 1)),
    (("append",), "B", (0, 1, 4)),
    (("verify",), "B", (0, 1)),
    (("restore", "--to", "TO"), "B", (0, 1)),
    (("rotate", "--wait=60"), "B", (1,)),
    (("adopt", "--as", "A", "--volume-id", "VOLUME"), "A", (0, 1)),
)


def rules(scene, lines):
    path = os.path.join(scene.path, "rules")
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    return ["--faults", path]


def at_commands(point, name):
    """A signal at this command, and others at the next two."""
    later = [s for s in SIGNALS if s != name]
    return [f"when any nth {point + i} then signal {s}"
            for i, s in enumerate([name, *later])]


def state_of(scene, disc):
    text = scene.ask("B", "list")[1]
    return dict(re.findall(r"^p +([AB]) +(\w+)", text, re.M)).get(disc)


def journal(scene):
    return os.path.exists(os.path.join(scene.path, "state", "journal"))


def check_end(scene, status, text):
    """What holds after each signal, whatever went on."""
    staging = os.path.join(scene.path, "staging")
    state = state_of(scene, "A")
    if os.path.isdir(staging) and any(entry.endswith(".partial")
                                      for entry in os.listdir(staging)):
        raise Broken("a part of a dump is left")
    if status not in (0, 1, 4):
        raise Broken(f"exit status {status}")
    if status == 0 and "verified" not in text:
        raise Broken("neither verified nor ended")
    if status == 1 and (not re.search(ENDED + "$", text, re.M)
                        or journal(scene) or state == "suspect"):
        raise Broken(f"not ended in order: disc A is {state}")
    if status == 4 and state != "suspect":
        raise Broken(f"disc A is {state}")


def go_on(scene, verified):
    """The nights after it: one of them at least goes well."""
    said = []
    for version, disc in ((4, "A"), (5, "B")):
        status, text = scene.night(disc, version)
        said.append(f"night {version} on {disc}: {status}\n{text}")
        if status == 0:
            verified = version
    if verified < 4:
        raise Broken("no night went well afterwards:\n" + "\n".join(said))
    scene.check(verified)
    return said[0]


def end_night(scene, lines=None, crash=None):
    options = rules(scene, lines) if lines else ()
    began = time.monotonic()
    status, text = scene.night("A", 3, options, crash)
    if time.monotonic() - began > 30:
        raise Broken("it took too long")
    return status, text


def night(base, place, lines, crash):
    """A night that gets a signal, and those after it."""
    scene = base.copy(place)
    try:
        status, text = end_night(scene, lines, crash)
        check_end(scene, status, text)
        scene.check(3 if status == 0 else 2)
        return status, text, state_of(scene, "A"), go_on(
            scene, 3 if status == 0 else 2)
    except Broken as error:
        raise Broken(f"{error}\n{lines or crash}\n{text}") from error
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def step(base, work, number, name):
    """One of STEPS with this signal."""
    what, first, others, wanted, becomes = STEPS[number]
    lines = [f"when {first} then signal {name}",
             *(f"when {others} then signal {s}" for s in SIGNALS
               if s != name)]
    status, text, state, after = night(
        base, os.path.join(work, f"{number}-{name}"), lines, None)
    if (status, state) != (wanted, becomes):
        raise Broken(f"{what}: status {status}, disc A {state}\n{text}")
    if what in PROVED and ("burned but not read back" not in text
                           or "of the run that died is good" not in after):
        raise Broken(f"{what}: not proved afterwards\n{text}\n{after}")


def point_of_command(base, work, point, name):
    night(base, os.path.join(work, f"command-{point}"),
          at_commands(point, name), None)


def point_of_call(base, work, point, name):
    number = getattr(signal, f"SIG{name.upper()}")
    night(base, os.path.join(work, f"call-{point}"), None,
          {"CRASH_AT": str(point), "CRASH_SIGNAL": str(int(number))})


def volume_of(scene, disc):
    return re.search(r'"volume_id": *"([^"]*)"',
                     scene.ask(disc, "disc", "--json")[1]).group(1)


def spell(scene, arguments, disc):
    """The arguments with what depends on the scene."""
    return [volume_of(scene, disc) if word == "VOLUME" else
            os.path.join(scene.path, "restored") if word == "TO" else word
            for word in arguments]


def by_hand(base, work, which, point, name):
    """A command of a person, with signals from this command of the recorder on;
    how it ended."""
    arguments, disc, allowed = BY_HAND[which]
    text = ""
    scene = base.copy(os.path.join(work, f"hand-{which}-{point}"))
    try:
        arguments = spell(scene, arguments, disc)
        options = rules(scene, at_commands(point, name))
        status, text = scene.ask(disc, *arguments, options=options)
        if status not in allowed or (status == 1 and
                                     not re.search(ENDED, text)):
            raise Broken(f"status {status}")
        scene.check(2)
        if journal(scene) and status != 4:
            raise Broken("a journal is left")
        go_on(scene, 2)
    except Broken as error:
        raise Broken(f"{arguments[0]} at {point}, {name}: {error}\n"
                     f"{text}") from error
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def behind_others(base, work, name):
    """A burn on the disc with the newest backup is not cut short: the rest
    would hide that backup."""
    scene = base.copy(os.path.join(work, "behind"))
    try:
        status, text = scene.ask(
            "B", "append", options=rules(scene, [
                f"when write nth 2 then signal {name}"]))
        if status != 4 or "burned but not read back" not in text:
            raise Broken(f"status {status}\n{text}")
        scene.check(2)
        status, text = scene.ask("B", "restore", "--to",
                                 os.path.join(scene.path, "restored"))
        if status:
            raise Broken(f"not restored: {text}")
        status, text = scene.night("B", 3)
        if status or "of the run that died is good" not in text:
            raise Broken(f"not proved: {text}")
        scene.check(3)
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def blank_without_end(base, work, name):
    """A blank that does not end is waited for as long as a single command."""
    scene = base.copy(os.path.join(work, "endless"))
    try:
        scene.timeout = 1  # without a signal blanking has eighteen
        status, text = end_night(
            scene, [f"when blank then signal {name}",
                    "when ready after blank then sense 2/04/07 times forever"])
        if status != 4 or "no response for 1 s;" not in text:
            raise Broken(f"status {status}\n{text}")
        scene.check(2)
        if not journal(scene):
            raise Broken("no journal is left")
        scene.timeout = 20
        after = go_on(scene, 2)
        if "a run died in step blank" not in after \
                or "the disc is blank, although the run died" not in after:
            raise Broken(after)
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def commands_of(scene, run):
    trace = os.path.join(scene.path, "trace")
    run(["--trace", trace])
    with open(trace, encoding="ascii") as file:
        return len(file.readlines())


def calls_of(scene):
    count = os.path.join(scene.path, "count")
    scene.night("A", 3, crash={"CRASH_COUNT": count})
    with open(count, encoding="ascii") as file:
        return int(file.read())


def points_of(base, work, count):
    """How many points a copy of the scene has."""
    scene = base.copy(os.path.join(work, "count"))
    try:
        return count(scene)
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


class Tests:
    """Jobs that run beside each other; one line of TAP for a group of them."""

    def __init__(self, pool):
        self.pool = pool
        self.number = self.tried = 0
        self.failed = False

    def group(self, name, jobs):
        futures = [self.pool.submit(*job) for job in jobs]
        broken = []
        for future in futures:
            try:
                future.result()
            except (Broken, subprocess.TimeoutExpired) as error:
                broken.append(str(error))
        self.tried += len(jobs)
        self.number += 1
        self.failed |= bool(broken)
        print(f"{'not ok' if broken else 'ok'} {self.number} - {name}",
              flush=True)
        for text in broken[:5]:
            print(re.sub("^", "# ", text, flags=re.M), flush=True)


def sample(seed, count):
    points = list(range(1, count + 1))
    return points if ALL or count <= SAMPLE else sorted(
        seed.sample(points, SAMPLE))


def named(seed, points):
    """Each with its signal; all three of them where all points are tried."""
    if ALL:
        return [(point, name) for point in points for name in SIGNALS[:1]] \
            + [(point, SIGNALS[1 + point % 2]) for point in points]
    return [(point, seed.choice(SIGNALS)) for point in points]


def of_kind(tests, base, work, kind, seed):
    for number, (what, *_) in enumerate(STEPS):
        if kind != "cd-rw":
            break
        tests.group(f"{kind}: a signal in {what}",
                    [(step, base, work, number, name) for name in
                     (SIGNALS if ALL else SIGNALS[number % 3:][:1])])
    for what, one, count in (
            ("command", point_of_command, lambda scene: commands_of(
                scene, lambda options: scene.night("A", 3, options))),
            ("call", point_of_call, calls_of)):
        total = points_of(base, work, count)
        chosen = sample(seed, total)
        tests.group(f"{kind}: a signal at a {what}: {len(chosen)} of {total} "
                    "points", [(one, base, f"{work}/{name}", point, name)
                               for point, name in named(seed, chosen)])


def hands(tests, base, work, seed):
    for which, (arguments, disc, _) in enumerate(BY_HAND):
        if arguments[0] == "rotate":
            total = 40 # it waits for ever
        else:
            total = points_of(
                base, work, lambda scene, words=arguments, disc=disc:
                commands_of(scene, lambda options: scene.ask(
                    disc, *spell(scene, words, disc), options=options)))
        chosen = sample(seed, total)
        tests.group(f"a signal in {arguments[0]}: {len(chosen)} of {total} "
                    "points", [(by_hand, base, f"{work}/{name}", which, point,
                                name) for point, name in named(seed, chosen)])


def main():
    seed = random.Random(5)
    work = tempfile.mkdtemp(prefix="nbsignals.")
    os.chmod(work, 0o755)
    for name in SIGNALS:
        os.mkdir(os.path.join(work, name))
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            tests = Tests(pool)
            for kind in MEDIA if ALL else ("cd-rw", "dvd+rw"):
                base = two_nights(kind, work)
                of_kind(tests, base, work, kind, seed)
                if kind == "cd-rw":
                    tests.group("a signal while a session is appended",
                                [(behind_others, base, work, "hup")])
                    tests.group("blanking without end is not waited for after "
                                "a signal",
                                [(blank_without_end, base, work, "int")])
                    hands(tests, base, work, seed)
                shutil.rmtree(base.path)
        print(f"# {tests.tried} points")
        print(f"1..{tests.number}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return tests.failed


if __name__ == "__main__":
    sys.exit(main())
