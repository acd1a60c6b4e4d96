# SPDX-License-Identifier: GPL-2.0-or-later
"""Drills of a world: verify and drill agree, of a good disc and of one that was
damaged."""
import json
import os
import re
import shutil

from ways import Failed


class Drills:
    """Of a World."""

    def drill(self, job, backup):
        """Of what verify has called good."""
        # With all, the database postgres, too.
        dumps = len(self.truth[backup]["databases"]) + job["all"]
        # A backup may wait there for a disc.
        waiting = sorted(os.listdir(self.work + "/staging"))
        # Without the roles, a database may not come back: scripts, policies.
        roles = job["globals"] or not job["databases"]
        done = self.nightburn("drill", "-j", job["name"], "--json", backup,
                              want=(0,) if roles else (0, 3))
        said = json.loads(done.stdout)
        if said["differences"] or said["bad"] or said["failed"] \
                or bool(said["lacking"] or said["altered"]) \
                != (done.returncode == 3) \
                or said["databases"] + said["lacking"] \
                != dumps:
            raise Failed("drill of %s: %s" % (backup, said))
        if sorted(os.listdir(self.work + "/staging")) != waiting:
            raise Failed("drill of %s: leaves %s" % (
                backup, os.listdir(self.work + "/staging")))

    def extents(self, job, disc, path):
        """(first block, bytes) of the files beneath PATH that have any."""
        options, address = job["drives"].reader(disc)
        told = self.command(*self.vdrive(options), "xorriso", "-indev",
                            address, "-find", path, "-type", "f", "-exec",
                            "report_lba", "--").stdout
        found = re.findall(rb"^File data lba: *\d+ *, *(\d+) *, *\d+ *, *(\d+) "
                           rb"*,", told, flags=re.M)
        return [(int(at), int(size)) for at, size in found if int(size)]

    def break_disc(self, job, disc, at, size):
        """A copy of the disc in which one byte is another, or one block cannot
        be read, is in the drive: what takes it there."""
        path = os.path.join(self.work, disc)
        if self.medium != "stdio":
            rules = os.path.join(self.work, "rules")
            with open(rules, "w", encoding="utf-8") as f:
                f.write("when read lba %d then sense 3/11/05 times forever\n"
                        % (at + self.harm.randrange((size + 2047) // 2048)))
            return ["--faults", rules]
        shutil.copyfile(path, path + ".good")
        with open(path, "r+b") as f:
            where = at * 2048 + self.harm.randrange(size)
            f.seek(where)
            byte = f.read(1)[0]
            f.seek(where)
            f.write(bytes([byte ^ (1 << self.harm.randrange(8))]))
        return []

    def damaged(self, job):
        """The last of a world: it does not get well again."""
        backup, name = self.harm.choice(self.on_disc(job))
        disc = job["files"][name]
        files = self.extents(job, disc, "/%s/postgres" % backup) \
            if job["databases"] else []
        files = files or self.extents(job, disc, "/%s/tree" % backup)
        if not files:
            return
        self.insert(job, disc)
        self.faults = self.break_disc(job, disc, *self.harm.choice(files))
        ways = [("verify", "-j", job["name"]),
                ("drill", "-j", job["name"], backup)]
        self.harm.shuffle(ways)
        for way in ways:
            said = self.nightburn(*way, want=(1,)).stderr
            if not re.search(rb"SHA-256 differs|unreadable|cannot read", said):
                raise Failed("%s, damaged: %r" % (way, said))
        listed = json.loads(self.nightburn("list", "--json").stdout)
        if name not in [d["disc"] for d in listed["discs"]
                        if d["state"] == "suspect"]:
            raise Failed("%s: damaged, but not suspect: %s" % (name, listed))
