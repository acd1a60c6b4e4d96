# SPDX-License-Identifier: GPL-2.0-or-later
"""Accidents of a world with its catalog and its discs, and a person who then
follows the hints of nightburn to the letter."""
import json
import os
import shutil
import subprocess
import sys

from ways import Failed

sys.path.append(os.path.join(os.environ["NB_TOP_SRCDIR"], "tests", "e2e"))
from hints import ways_out  # noqa: E402

STEPS = 3
COPY = ".copy"


class Person:
    """Whoever looks after one job of a world: an office of hints.py, in which
    a disc is called by what was written on it."""

    def __init__(self, world, job):
        self.world, self.job, self.told = world, job, []

    def files(self):
        """{what is written on a disc: its file}, names of the pool first."""
        job, out = self.job, dict(self.job["files"])
        fresh = [d for d in job["discs"] if d not in out.values()]
        free = [n for n in job["names"] if n not in out]
        out.update(zip(free, fresh))
        out.update((name + COPY, file) for file, name in
                   job["copies"].items())
        return out

    def names(self):
        return self.job["names"]

    @staticmethod
    def name_on(disc):
        return disc.removesuffix(COPY)

    def discs(self):
        return list(self.files())

    def unused(self):
        return [d for d in self.discs() if d in self.names()
                and d not in self.job["files"]]

    def loaded(self):
        inside = self.job["drives"].inside
        return [d for d, file in self.files().items() if file in inside][0]

    def insert(self, disc):
        """Into the first drive; the others are empty now."""
        drives = self.job["drives"]
        drives.take_out()
        drives.insert(self.files()[disc])
        self.told.append("in the drive: " + disc)

    def nb(self, *arguments):
        done = self.world.nightburn(*arguments, "-j", self.job["name"],
                                    want=range(6))
        return done.returncode, self.hear(arguments, done)

    def hear(self, arguments, done):
        """What was said."""
        said = (done.stdout + done.stderr).decode(errors="replace")
        self.told.append("%s: %d\n%s" % (" ".join(arguments),
                                         done.returncode, said))
        return said

    def run(self, options):
        """(its report or None, what was said)"""
        done = self.world.nightburn("run", "--json", *options, "-j",
                                    self.job["name"], want=range(6))
        said = self.hear(("run",), done)
        if done.returncode and b'"verified": true' not in done.stdout:
            return None, said
        return json.loads(done.stdout), said

    def volume_id(self):
        done = self.world.nightburn("disc", "--json", "-j", self.job["name"],
                                    want=range(6))
        return json.loads(done.stdout).get("volume_id") or ""


class Accidents:
    """Of a World."""

    def save_for_later(self):
        """In the morning somebody may copy the catalog, or a disc."""
        if not self.careless:
            return
        if self.mishap.random() < .4:
            shutil.rmtree(self.work + "/old", ignore_errors=True)
            shutil.copytree(self.work + "/state", self.work + "/old")
        for job in self.jobs:
            if self.mishap.random() < .4 and not job["copies"]:
                name = self.mishap.choice(sorted(job["files"]))
                file = job["files"][name]
                subprocess.run(["cp", "--sparse=always", file, file + COPY],
                               check=True, cwd=self.work)
                job["copies"][file + COPY] = name

    def accident(self, first):
        """What happens before the nights of all jobs."""
        for job in self.jobs:
            job["accident"] = None
        if not self.careless or first or self.mishap.random() >= .4:
            return
        ways = [self.catalog_lost, self.state_lost]
        if os.path.exists(self.work + "/old"):
            ways += [self.old_catalog] * 2
        copied = [job for job in self.jobs if job["copies"]]
        if copied:
            ways += [None] * 3
        way = self.mishap.choice(ways)
        if way:
            way()
            for job in self.jobs:
                job["accident"] = way.__name__
        for job in copied if not way or self.mishap.random() < .5 else []:
            job["accident"] = (job["accident"] or "") + " copy"
            Person(self, job).insert(self.mishap.choice(
                [d for d in Person(self, job).discs() if d.endswith(COPY)]))
        for job in self.jobs:
            self.diary.append("%s: accident: %s" % (job["name"],
                                                    job["accident"]))
            job["by hints"] = job["by hints"] or bool(job["accident"])

    def catalog_lost(self):
        for name in os.listdir(self.work + "/state"):
            if name.startswith("catalog.db"):
                os.unlink(self.work + "/state/" + name)

    def state_lost(self):
        """But the key was kept."""
        state = self.work + "/state"
        with open(state + "/key", "rb") as f:
            key = f.read()
        shutil.rmtree(state)
        os.mkdir(state, 0o700)
        with open(os.open(state + "/key", os.O_WRONLY | os.O_CREAT, 0o600),
                  "wb") as f:
            f.write(key)

    def old_catalog(self):
        self.catalog_lost()
        for name in os.listdir(self.work + "/old"):
            if name.startswith("catalog.db"):
                shutil.copy(self.work + "/old/" + name,
                            self.work + "/state/" + name)

    def burn_by_hints(self, job, options):
        """Runs, each after what the run before it said."""
        person, words = Person(self, job), []
        while True:
            result, said = person.run(options)
            self.still_there(job, person)
            if result:
                return result
            ways = ways_out(said, person, words)
            if not ways or len(words) == STEPS:
                raise Failed("no way out: %s\n%s" % (
                    " > ".join(words), "\n".join(person.told)))
            text, do = self.mishap.choice(ways)
            words.append(text)
            do(person)
            self.still_there(job, person)

    def still_there(self, job, person):
        """The newest backup of the last morning is on some disc."""
        backup, file = job["newest"]
        every = list(Person(self, job).files().values())
        for disc in [file] + [d for d in every if d != file]:
            try:
                self.on_this_disc(job, backup, disc)
                return
            except Failed:
                pass
        raise Failed("%s is gone\n%s" % (backup, "\n".join(person.told)))

    def write_on(self, job, name, file):
        """A disc got this name; one that had it may be found again."""
        files, copies = job["files"], job["copies"]
        old = files.get(name)
        for other in [n for n, f in files.items() if f == file and n != name]:
            del files[other]
        copies.pop(file, None)
        files[name] = file
        if old not in (None, file):
            job["discs"] = [file if d == old else d for d in job["discs"]
                            if d != file]
            if old not in files.values():
                copies[old] = name
