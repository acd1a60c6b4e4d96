# SPDX-License-Identifier: GPL-2.0-or-later
"""The nights of a world, and what is looked at in the morning."""
import json
import os

import recorders
import trees
from losses import files_of
from ways import Failed


class Nights:
    """Of a World."""

    def vdrive(self, options):
        """What stands before a command that sees these recorders."""
        return [recorders.VDRIVE, "--hurry", *options, *self.faults, "--"] \
            if options else []

    def insert(self, job, disc):
        job["drives"].insert(disc, self.room.randrange(
            len(job["drives"].inside)))

    def burn(self, job, *options):
        """A run; a person tries the discs in turn until one was right."""
        if job["by hints"]:
            return self.burn_by_hints(job, options)
        done = self.nightburn("run", "-j", job["name"], "--json", *options,
                              want=(0, 3))
        for disc in job["discs"] * 2:
            if not done.returncode or b'"verified": true' in done.stdout:
                return json.loads(done.stdout)
            self.insert(job, disc)
            done = self.nightburn("run", "-j", job["name"], "--resume",
                                  "--json", *options, want=(0, 3))
        raise Failed("no disc was right: " + done.stderr.decode())

    def night(self, job, first):
        rnd = self.rnd
        for tree in job["trees"]:
            tree.night()
        for database in job["databases"]:
            database.night()
        # Forgotten, or changed for any of them.
        if rnd.random() < 0.7:
            disc = rnd.choice(job["discs"])
            if not job["accident"]:
                self.insert(job, disc)
        self.evening(job, first)
        with self.absent(job):
            self.night_as_it_is(job, first)

    def night_as_it_is(self, job, first):
        before = self.on_disc(job) if job["loss"] else []
        if self.hard(job):
            self.no_backup(job, before)
            self.diary.append(job["name"] + ": no backup")
            return
        if self.fails(job, first) and not self.failing_night(job):
            return
        accepted = job["loss"] and job["loss"]["accepted"]
        result = self.burn(job, *["--accept-shrink"] * bool(accepted))
        if not result["verified"]:
            raise Failed("not verified: %s" % result)
        self.note(job, result)
        self.told_of_loss(job, result, before)

    def note(self, job, result):
        # Its name, by nightburn, and the file that bears it.
        self.write_on(job, result["plan"]["disc"], job["drives"].disc_in(
            result["plan"]["drive"]))
        self.remember(job, result)
        self.diary.append("%s: %s on %s" % (
            job["name"], result["backup"], result["plan"]["disc"]))

    def remember(self, job, result):
        """What was there this night."""
        # Who works in it has not stopped yet.
        truth = {
            "job": job,
            "busy": {t.name: self.busy_in(job, t) for t in job["trees"]},
            "databases": {d.source: (d.name, d.describe())
                          for d in self.there(job)}}
        truth["trees"] = {t.name: trees.describe(t.top, truth["busy"][t.name])
                          for t in job["trees"]}
        self.truth[result["backup"]] = truth
        if not result["shrunk"]:
            job["measure"] = {name: files_of(nodes) for name, nodes in
                              truth["trees"].items()}

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

    def listed(self):
        return json.loads(self.nightburn("list", "--json").stdout)["backups"]

    def on_disc(self, job):
        """What the catalog says is on each disc, newest first."""
        return [(row["backup"], row["disc"]) for row in self.listed()
                if row.get("disc") and row["backup"] in self.truth
                and self.truth[row["backup"]]["job"] is job
                and not row["apart"]]

    def morning(self, job):
        """The newest backup that the catalog calls verified is on a disc."""
        rows = [row for row in self.listed() if row["job"] == job["name"]
                and row["verified"] and row["check"] == "good"
                and not row["apart"]]
        if not rows:
            raise Failed("nothing of %s is verified" % job["name"])
        row = max(rows, key=lambda row: (row["generation"], row["backup"]))
        disc = job["files"][row["disc"]]
        self.on_this_disc(job, row["backup"], disc)
        job["newest"] = row["backup"], disc

    def on_this_disc(self, job, backup, disc):
        whole = self.extract(job, disc, ("/nightburn", "/" + backup))
        self.intact(backup, whole)
        self.remove(whole)

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
            self.accident(not night)
            for job in self.jobs:
                self.night(job, not night)
                self.morning(job)
                if self.room.random() < 0.15:
                    self.append(job)
            self.save_for_later()
            if night and self.rnd.random() < 0.2:
                self.bring_back(self.rnd.choice(self.jobs))
        # It comes back as it was, if it was not put together before.
        if self.room.random() < 0.2 and not any(
                job["by hints"] for job in self.jobs):
            self.lose_catalog()
        for job in self.jobs:
            self.bring_back(job)
        if self.harm.random() < .4:
            self.damaged(self.harm.choice(self.jobs))
