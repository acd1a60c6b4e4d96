# SPDX-License-Identifier: GPL-2.0-or-later
"""Sources that are not there on some nights, and files that are busy."""
import contextlib
import os
import stat
import threading

import databases
import trees
from ways import Failed

SPOOL = b"spool"  # of a tree: where files are busy


class Busy(threading.Thread):
    """A program that works in a directory while it is backed up."""

    def __init__(self, directory):
        super().__init__(daemon=True)
        self.directory, self.ended = directory, threading.Event()
        os.makedirs(directory, exist_ok=True)
        self.log = os.path.join(directory, b"log")
        # It only grows: what a backup has of it is its beginning.
        self.step()
        self.start()

    def step(self, number=0):
        with open(self.log, "ab") as f:
            f.write(b"line %d\n" % number)
        message = os.path.join(self.directory, b"m%d" % (number % 7))
        if os.path.lexists(message):
            os.unlink(message)
        else:
            with open(message, "wb") as f:
                f.write(b"message" * (number % 900))
        with open(os.path.join(self.directory, b"state"), "wb") as f:
            f.write(b"%d" % number * 50)

    def run(self):
        number = 0
        while not self.ended.wait(.005):
            number += 1
            self.step(number)

    def end(self):
        self.ended.set()
        self.join()


def files_of(nodes):
    """(names, different files) of all but directories."""
    files = [n for n in nodes.values() if not stat.S_ISDIR(n["type"])
             and not stat.S_ISSOCK(n["type"])]
    return len(files), len(files) - sum("link" in n for n in files)


class Losses:
    """Of a World.  job["loss"]: what is not there tonight, or None."""

    def add_losses(self, job):
        """What may be lost in this job, after all else of it was drawn."""
        job["loss"], job["losing"], job["all"] = None, False, False
        job["measure"] = {}  # of the last backup that has everything
        if self.gone.random() < .5:
            return
        job["losing"] = True
        if job["databases"] and self.count == 1 and self.gone.random() < .5:
            job["all"] = True
            for database in job["databases"]:
                database.source = database.name
                job["lines"].remove(database.line)
            job["lines"].append("postgres \"all\" { all = true %s %s }" % (
                self.server(), database.how))

    def evening(self, job, first):
        """What is lost tonight, or comes back."""
        if not job["losing"] or first:
            return
        if job["accident"]:
            job["loss"] = None
            return
        loss = job["loss"]
        if loss:
            if loss["accepted"] or self.gone.random() < .5:
                job["loss"] = None
            elif loss["soft"] and self.gone.random() < .4:
                loss["accepted"] = True
        elif self.gone.random() < .5:
            job["loss"] = self.choose_loss(job)
        if job["loss"]:
            self.diary.append("%s: %s, %s" % (
                job["name"], job["loss"]["way"], "accepted"
                if job["loss"]["accepted"] else job["loss"]["tree"].name))

    def choose_loss(self, job):
        tree = self.gone.choice(job["trees"])
        ways = ["busy", "missing"]
        if job["measure"].get(tree.name, (0, 0))[0]:
            ways += ["emptied", "emptied"]
        if job["databases"]:
            ways += ["database", "database"]
        loss = {"way": self.gone.choice(ways), "tree": tree, "accepted": False}
        if loss["way"] == "database":
            loss["database"] = self.gone.choice(job["databases"])
            loss["soft"] = job["all"]
        else:
            loss["soft"] = loss["way"] == "emptied"
        # Some of it may be left, but less than half.
        loss["left"] = self.gone.random() < .3
        return loss

    @contextlib.contextmanager
    def absent(self, job):
        """In this state the job runs; afterwards all is there again."""
        loss = job["loss"]
        if not loss:
            yield
            return
        with contextlib.ExitStack() as ends:
            if loss["way"] == "database":
                self.drop(loss["database"], ends)
            elif loss["way"] == "busy":
                busy = Busy(os.path.join(loss["tree"].top, SPOOL))
                ends.callback(busy.end)
            else:
                self.take_away(job, loss, ends)
            yield

    def drop(self, database, ends):
        """By all that nightburn can see."""
        names = databases.ident(database.name), '"not there"'
        turn = "alter database %s rename to %s"
        allow = "alter database %s allow_connections " % names[1]
        self.source.run("postgres", turn % names, allow + "false")
        ends.callback(self.source.run, "postgres", allow + "true",
                      turn % names[::-1])

    def take_away(self, job, loss, ends):
        """The directory, or what is in it."""
        tree = loss["tree"]
        away = os.path.join(os.fsencode(self.work), b"away")
        date = os.stat(tree.top).st_mtime_ns
        ends.callback(os.rmdir, away)
        if loss["way"] == "missing":
            os.mkdir(away)
            self.move(tree.top, os.path.join(away, b"top"), ends)
            return
        os.mkdir(away)
        ends.callback(os.utime, tree.top, ns=(date, date))
        names, different = job["measure"][tree.name]
        for name in sorted(os.listdir(tree.top)):
            if loss["left"] and different >= 20 and files_of(
                    trees.describe(tree.top))[0] < different / 4:
                return
            self.move(os.path.join(tree.top, name), os.path.join(away, name),
                      ends)

    @staticmethod
    def move(path, to, ends):
        os.rename(path, to)
        ends.callback(os.rename, to, path)

    def hard(self, job):
        """Can there be no backup at all?"""
        return job["loss"] and job["loss"]["way"] != "busy" \
            and not job["loss"]["soft"]

    def no_backup(self, job, before):
        """A source that cannot be read ends the night, and that is all."""
        loss = job["loss"]
        said = self.nightburn("run", "-j", job["name"], want=(1,)).stderr
        source = loss["database"].source if "database" in loss \
            else loss["tree"].name
        if source.encode() not in said:
            raise Failed("does not name %s: %r" % (source, said))
        if sorted(self.on_disc(job)) != sorted(before):
            raise Failed("a night without a backup: %s is %s" % (
                before, self.on_disc(job)))

    def told_of_loss(self, job, result, before):
        """What shrank is told, and no backup of another night gone."""
        loss = job["loss"]
        if loss and loss["soft"] and not loss["accepted"]:
            if not result["shrunk"]:
                raise Failed("%s: not told: %s" % (loss["way"], result))
            lost = set(before) - set(self.on_disc(job))
            if lost:
                raise Failed("%s: %s are gone: %s" % (loss["way"], lost,
                                                      result))
        elif loss and loss["accepted"] and result["shrunk"]:
            raise Failed("accepted, and told: %s" % result)

    def there(self, job):
        """The databases that a backup of this night has."""
        loss = job["loss"]
        return [d for d in job["databases"]
                if not loss or d is not loss.get("database")]

    def busy_in(self, job, tree):
        """What of this tree cannot be compared."""
        loss = job["loss"]
        return SPOOL if loss and loss["way"] == "busy" \
            and loss["tree"] is tree else None

    def grew(self, job, name, restored):
        """What came back of a log is its beginning."""
        tree = [t for t in job["trees"] if t.name == name][0]
        log = os.path.join(SPOOL, b"log")
        with open(os.path.join(tree.top, log), "rb") as is_now, \
                open(os.path.join(restored, log), "rb") as was:
            # Of what was cut while it was read there are zeros.
            if not is_now.read().startswith(was.read().rstrip(b"\0")):
                raise Failed("%s: the log of %s" % (name, job["name"]))
