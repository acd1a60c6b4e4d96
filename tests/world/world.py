#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Worlds: what was backed up comes back, for everybody, everywhere.

A seed makes a world: databases, trees, pools, drives and discs, a locale, a
umask, a user; some nights pass, with sessions appended by hand, disc changes
that were forgotten, a catalog that is lost, sources that are not there
(losses.py), burns that fail on write-once media (failures.py), accidents with
the catalog and the discs, after which a person follows hints (accidents.py);
each morning the newest backup is on a disc; then the backups are brought back
three ways, by nightburn, by the disc's own script after xorriso, and by what
the manifest says of the files that xorriso extracted, and all there is is
compared with what was there that night.  verify and drill must agree: that each
of these backups is good, and, at the end of some worlds, that a disc which was
damaged is not.

    world.py [--jobs N] [SEED[-LAST]...]

Without seeds, those below (NB_TORTURE=1: a thousand); --jobs has N worlds at a
time.  NB_WORLD_KEEP=1 keeps the worlds; NB_WORLD_TIMEOUT is for a command, in
seconds.  TMPDIR=/dev/shm takes less processor time than a disk.
"""
import argparse
import contextlib
import os
import pwd
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

import accidents
import databases
import drills
import failures
import losses
import nights
import programs
import recorders
import trees
import ways
import workers
from ways import Failed

BUILD = os.environ["NB_TOP_BUILDDIR"]
NIGHTBURN = os.path.join(BUILD, "nightburn")
# Each of these found a fault once, or stands for a kind.
SEEDS = [5, 8, 11, 21]
# These found one before there were accidents, and stay what they were.
CAREFUL = [5, 8, 11, 99]
TIMEOUT = int(os.environ.get("NB_WORLD_TIMEOUT", "300"))
MANY = [2000, 16000, 30000] if os.environ.get("NB_TORTURE") else [500, 2000]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class World(ways.Ways, drills.Drills, losses.Losses, accidents.Accidents,
            failures.Failures, nights.Nights):
    """Everything that one seed makes."""

    def __init__(self, seed, source, target, work):
        self.rnd = rnd = random.Random(seed)
        # Of their own, so that the worlds of the list stay what they were.
        self.room = random.Random("room %d" % seed)
        self.more = random.Random("more %d" % seed)
        self.harm = random.Random("harm %d" % seed)
        self.gone = random.Random("gone %d" % seed)
        self.fail = random.Random("fail %d" % seed)
        self.mishap = random.Random("mishap %d" % seed)
        self.careless = self.mishap.random() < .3 and seed not in CAREFUL
        self.faults, self.diary = [], []
        self.source, self.target, self.work = source, target, work
        self.env = dict(os.environ, PGUSER="postgres", LC_ALL=rnd.choice(
            ["C", "C.UTF-8", "C.UTF-8"]), TZ=rnd.choice(
                ["UTC", "Asia/Tokyo", "America/St_Johns"]))
        self.umask = rnd.choice([0o022, 0o077, 0o002])
        self.bin = target.programs.bin if self.more.random() < .75 else None
        if self.bin:
            self.env["PATH"] = self.bin + ":" + self.env["PATH"]
        self.truth, self.taken = {}, set()
        self.medium = self.room.choice(["stdio", "stdio"] + recorders.MEDIA)
        self.once = self.more.random() < .15
        if self.once:
            self.medium = self.more.choice(recorders.WRITE_ONCE)
        source.clean(databases.ROLES)
        self.count = rnd.choice([1, 1, 2])
        self.jobs = [self.make_job(i) for i in range(self.count)]
        self.configure()

    def make_job(self, number):
        rnd = self.rnd
        names = rnd.sample(databases.NAMES, len(databases.NAMES))
        job = {"name": "job%d" % number, "pool": "pool%d" % number,
               "discs": ["P%d-%s" % (number, d) for d in "ABC"[:rnd.choice(
                   [2, 2, 3])]],
               "accident": None, "by hints": False, "copies": {},
               "databases": [], "trees": [], "lines": [], "files": {},
               "rotation": rnd.choice(["alternate", "append"])}
        self.write_once(job)
        for i in range(rnd.choice([0, 1, 1, 2])):
            free = [n for n in names[2 * i + number:] if n not in self.taken]
            self.add_database(job, free[0])
            self.taken.add(free[0])
        self.add_globals(job)
        for i in range(rnd.choice([1, 1, 2])):
            self.add_tree(job, "tree%d" % i)
        job["drives"] = recorders.Recorders(
            self.work, job, self.medium, self.room.choice([1, 1, 2]),
            4 * number)
        job["names"] = list(job["discs"])
        self.add_losses(job)
        self.add_failures(job)
        return job

    def write_once(self, job):
        """Discs that are never blanked."""
        if not self.once:
            return
        job["rotation"] = self.more.choice(["append", "append", "fresh"])
        if job["rotation"] == "fresh":
            job["discs"] = [job["pool"] + "-" + d for d in "ABCDEFG"]

    def add_globals(self, job):
        job["globals"] = bool(job["databases"]) and self.more.random() < .8
        if job["globals"]:
            job["lines"].append(
                "postgres \"globals\" { globals_only = true %s }"
                % self.server())

    def server(self):
        return "conninfo = \"host=%s user=postgres\"%s%s" % (
            self.source.host,
            ' run_as = "postgres"' if trees.is_root() else "",
            ' pg_restore = "%s/pg_restore"' % self.bin if self.bin else "")

    def add_database(self, job, name):
        rnd = self.rnd
        database = databases.Database(rnd, self.more, self.source, name)
        database.source = "db%d" % len(job["databases"])
        how = rnd.choice(["", "format = plain", "format = directory",
                          "format = custom compress = none",
                          "format = plain compress = gzip",
                          "format = directory jobs = 2"])
        job["databases"].append(database)
        how += self.more.choice(["", " checksum = content"])
        database.how = how
        database.line = "postgres %s { database = %s %s %s }" % (
            quoted(database.source), quoted(name), self.server(), how)
        job["lines"].append(database.line)

    def add_tree(self, job, name):
        rnd = self.rnd
        tree = trees.Tree(rnd, os.path.join(self.work,
                                            job["name"] + "-" + name))
        tree.name = name
        tree.grow(rnd.choice([0, 3, 40, 120]))
        if rnd.random() < 0.1:
            tree.many(rnd.choice(MANY))
        tree.packed = rnd.random() < 0.25
        tree.extra(self.more)
        how = ' pack = "tar.zst"' if tree.packed else ""
        how += self.more.choice(["", "", " checksum = always",
                                 " copy_first = { \"f*\" }"])
        job["trees"].append(tree)
        job["lines"].append("tree %s { path = %s%s }" % (
            quoted(name), quoted(os.fsdecode(tree.top)), how))

    def configure(self):
        text = "state_dir = %s\nstaging_dir = %s\n" % (
            quoted(self.work + "/state"), quoted(self.work + "/staging"))
        for job in self.jobs:
            text += job["drives"].lines()
            text += "pool %s { discs = { %s } drives = { %s } " \
                "rotation = %s }\n" % (
                    quoted(job["pool"]), ", ".join(map(quoted, job["discs"])),
                    ", ".join(map(quoted, job["drives"].names())),
                    job["rotation"])
            text += "job %s { pool = %s\n%s\n}\n" % (
                quoted(job["name"]), quoted(job["pool"]),
                "\n".join(job["lines"]))
        path = os.path.join(self.work, "nb.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o600)

    def command(self, *args, want=(0,), env=None):
        done = subprocess.run(args, env=env or self.env, timeout=TIMEOUT,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              preexec_fn=lambda: os.umask(self.umask) and None,
                              cwd=self.work, check=False)
        if done.returncode not in want:
            raise Failed("%s: status %d\n%s%s" % (
                " ".join(args), done.returncode,
                done.stdout.decode(errors="replace")[-1500:],
                done.stderr.decode(errors="replace")[-1500:]))
        return done

    def nightburn(self, *args, want=(0,)):
        return self.command(*self.vdrive(sum(
            (job["drives"].options() for job in self.jobs), [])), NIGHTBURN,
            "-c", self.work + "/nb.conf", *args, want=want)


def may_run(user):
    return subprocess.run(["runuser", "-u", user, "--", "test", "-x",
                           NIGHTBURN], check=False).returncode == 0


def run_seed(seed, source, target):
    """As root, or as a user who is not."""
    top = tempfile.mkdtemp(prefix="nbworld.")
    os.chmod(top, 0o755)
    work = os.path.join(top, "w")
    os.mkdir(work)
    try:
        # A build that others cannot reach is for root alone.
        if not trees.is_root() or not may_run("postgres") or \
                random.Random("user %d" % seed).random() < 0.7:
            return live_through(seed, source, target, work)
        user = pwd.getpwnam("postgres")
        os.chown(work, user.pw_uid, user.pw_gid)
        with open(top + "/told", "w+", encoding="utf-8",
                  errors="backslashreplace") as told:
            child = os.fork()
            if not child:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                os.setgroups([])
                os.setgid(user.pw_gid)
                os.setuid(user.pw_uid)
                told.write(live_through(seed, source, target, work) or "")
                told.flush()
                os._exit(0)
            if os.waitpid(child, 0)[1]:
                return "the world of a user ended early"
            told.seek(0)
            return told.read() or None
    finally:
        if os.environ.get("NB_WORLD_KEEP"):
            print("# " + work)
        else:
            subprocess.run(["chmod", "-R", "u+rwX", work], check=False)
            shutil.rmtree(top, ignore_errors=True)


def live_through(seed, source, target, work):
    """None, or how what came back differs."""
    world = None
    try:
        world = World(seed, source, target, work)
        world.live()
        return None
    except Failed as error:
        what = str(error)
    except Exception:
        what = traceback.format_exc()
    return "\n".join((world.diary if world else []) + [what])


def worlds(seeds):
    """(seed, what is wrong), with clusters of its own."""
    top = tempfile.mkdtemp(prefix="nbworlds.")
    os.chmod(top, 0o755)
    with contextlib.ExitStack() as ends:
        ends.callback(shutil.rmtree, top, ignore_errors=True)
        quick = programs.Programs(top + "/programs")
        source = databases.Cluster(top + "/source", quick, quick.real)
        ends.callback(source.stop)
        target = databases.Cluster(top + "/target", quick, quick.bin)
        ends.callback(target.stop)
        for seed in seeds:
            yield seed, run_seed(seed, source, target)


def chosen(words):
    seeds = []
    for word in words:
        first, _, last = word.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    if seeds:
        return seeds
    return list(range(1, 1001)) if os.environ.get("NB_TORTURE") else SEEDS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("seeds", nargs="*")
    options = parser.parse_args()
    seeds = chosen(options.seeds)
    run = worlds(seeds) if options.jobs < 2 else \
        workers.shared(worlds, seeds, options.jobs)
    number = bad = 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with contextlib.closing(run):
            for number, (seed, what) in enumerate(run, 1):
                bad += what is not None
                print("%sok %d - world %d" % ("not " if what else "", number,
                                              seed), flush=True)
                if what:
                    print(re.sub("^", "# ", what, flags=re.M), flush=True)
    finally:
        print("# %d worlds, %d failed" % (number, bad), flush=True)
    print("1..%d" % len(seeds))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
