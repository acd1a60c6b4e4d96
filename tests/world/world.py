#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Worlds: what was backed up comes back, for everybody, everywhere.

A seed makes a world: databases, trees, pools, drives and discs, a locale, a
umask, a user; some nights pass, with sessions appended by hand, disc changes
that were forgotten, a catalog that is lost; then the backups are brought back
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
import json
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

import databases
import drills
import programs
import recorders
import trees
import ways
import workers
from ways import Failed

BUILD = os.environ["NB_TOP_BUILDDIR"]
NIGHTBURN = os.path.join(BUILD, "nightburn")
# Each of these found a fault once, or stands for a kind.
SEEDS = [5, 8, 11]
TIMEOUT = int(os.environ.get("NB_WORLD_TIMEOUT", "300"))
MANY = [2000, 16000, 30000] if os.environ.get("NB_TORTURE") else [500, 2000]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class World(ways.Ways, drills.Drills):
    """Everything that one seed makes."""

    def __init__(self, seed, source, target, work):
        self.rnd = rnd = random.Random(seed)
        # Of their own, so that the worlds of the list stay what they were.
        self.room = random.Random("room %d" % seed)
        self.more = random.Random("more %d" % seed)
        self.harm = random.Random("harm %d" % seed)
        self.faults = []
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
        self.jobs = [self.make_job(i) for i in range(rnd.choice([1, 1, 2]))]
        self.configure()

    def make_job(self, number):
        rnd = self.rnd
        names = rnd.sample(databases.NAMES, len(databases.NAMES))
        job = {"name": "job%d" % number, "pool": "pool%d" % number,
               "discs": ["P%d-%s" % (number, d) for d in "ABC"[:rnd.choice(
                   [2, 2, 3])]],
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
        job["lines"].append("postgres %s { database = %s %s %s }" % (
            quoted(database.source), quoted(name), self.server(), how))

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

    def vdrive(self, options):
        """What stands before a command that sees these recorders."""
        return [recorders.VDRIVE, "--hurry", *options, *self.faults, "--"] \
            if options else []

    def insert(self, job, disc):
        job["drives"].insert(disc, self.room.randrange(
            len(job["drives"].inside)))

    def burn(self, job):
        """A run; a person tries the discs in turn until one was right."""
        done = self.nightburn("run", "-j", job["name"], "--json", want=(0, 3))
        for disc in job["discs"] * 2:
            if not done.returncode or b'"verified": true' in done.stdout:
                return json.loads(done.stdout)
            self.insert(job, disc)
            done = self.nightburn("run", "-j", job["name"], "--resume",
                                  "--json", want=(0, 3))
        raise Failed("no disc was right: " + done.stderr.decode())

    def night(self, job):
        rnd = self.rnd
        for tree in job["trees"]:
            tree.night()
        for database in job["databases"]:
            database.night()
        # Forgotten, or changed for any of them.
        if rnd.random() < 0.7:
            self.insert(job, rnd.choice(job["discs"]))
        result = self.burn(job)
        if not result["verified"]:
            raise Failed("not verified: %s" % result)
        # Its name, by nightburn, and the file that bears it.
        job["files"][result["plan"]["disc"]] = job["drives"].disc_in(
            result["plan"]["drive"])
        self.truth[result["backup"]] = {
            "job": job,
            "trees": {t.name: trees.describe(t.top) for t in job["trees"]},
            "databases": {d.source: (d.name, d.describe())
                          for d in job["databases"]}}

    def append(self, job):
        """A session by hand; a disc that takes none is not the test's."""
        path = os.path.join(self.work, "by hand %d" % self.room.randrange(99))
        with open(path, "w", encoding="utf-8") as f:
            f.write("by hand\n")
        self.nightburn("append", "-j", job["name"], path, want=(0, 3))

    def lose_catalog(self):
        """It comes back from the discs, the newest first."""
        before = {job["name"]: self.on_disc(job) for job in self.jobs}
        for name in os.listdir(self.work + "/state"):
            if name.startswith("catalog.db"):
                os.unlink(self.work + "/state/" + name)
        for job in self.jobs:
            newest = {}
            for backup, name in before[job["name"]]:
                newest[name] = max(backup, newest.get(name, ""))
            for name in sorted(newest, key=newest.get, reverse=True):
                job["drives"].inside = [None] * len(job["drives"].inside)
                job["drives"].insert(job["files"][name])
                self.nightburn("catalog", "rebuild", "-j", job["name"])
            if len(newest) < len(job["discs"]):
                self.nightburn("catalog", "rebuild", "--finish", "-j",
                               job["name"])
        for job in self.jobs:
            after = self.on_disc(job)
            if sorted(after) != sorted(before[job["name"]]):
                raise Failed("rebuilt: %s is %s" % (before[job["name"]],
                                                    after))

    def on_disc(self, job):
        """What the catalog says is on each disc, newest first."""
        listed = json.loads(self.nightburn("list", "--json").stdout)
        rows = listed["backups"]
        return [(row["backup"], row["disc"]) for row in rows
                if row.get("disc") and row["backup"] in self.truth
                and self.truth[row["backup"]]["job"] is job]

    def bring_back(self, job):
        listed = self.on_disc(job)
        if not listed:
            raise Failed("nothing of %s is listed" % job["name"])
        newest = max(listed, key=lambda row: row[0])
        for backup, name in {newest, self.rnd.choice(listed)}:
            truth, disc = self.truth[backup], job["files"][name]
            self.insert(job, disc)
            self.nightburn("verify", "-j", job["name"])
            self.drill(job, backup)
            self.back_by_nightburn(backup, truth)
            whole = self.extract(job, disc)
            self.back_by_manifest(backup, truth, whole)
            self.back_by_script(backup, truth, whole)
            self.remove(whole)

    def live(self):
        for night in range(self.rnd.randrange(3, 7)):
            for job in self.jobs:
                self.night(job)
                if self.room.random() < 0.15:
                    self.append(job)
            if night and self.rnd.random() < 0.2:
                self.bring_back(self.rnd.choice(self.jobs))
        if self.room.random() < 0.2:
            self.lose_catalog()
        for job in self.jobs:
            self.bring_back(job)
        if self.harm.random() < .4:
            self.damaged(self.harm.choice(self.jobs))


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
    try:
        world = World(seed, source, target, work)
        world.live()
        return None
    except Failed as error:
        return str(error)
    except Exception:
        return traceback.format_exc()


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
