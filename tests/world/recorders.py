# SPDX-License-Identifier: GPL-2.0-or-later
"""The drives and discs of a world: disc files, or vdrive's recorders."""
import os
import subprocess

VDRIVE = os.path.join(os.environ["NB_TOP_BUILDDIR"], "vdrive")
# What takes turns, and what is never blanked.
MEDIA = ["cd-rw", "dvd-rw", "dvd+rw", "dvd-ram", "bd-re"]
WRITE_ONCE = ["cd-r", "dvd-r", "dvd+r", "bd-r"]


class Recorders:
    """The drives of one job, the first disc in the first of them."""

    def __init__(self, work, job, medium, drives, first):
        self.work, self.job, self.medium = work, job, medium
        self.first = first  # the number of its first recorder: /dev/sr...
        self.inside = [None] * drives
        for disc in job["discs"]:
            path = os.path.join(work, disc)
            if medium == "stdio":
                open(path, "wb").close()
            else:
                subprocess.run([VDRIVE, "new", "--type", medium, path],
                               check=True, stdout=subprocess.DEVNULL)
        self.insert(job["discs"][0])

    def names(self):
        return ["%s-d%d" % (self.job["name"], i)
                for i in range(len(self.inside))]

    def device(self, drive):
        if self.medium == "stdio":
            return "%s/drive-%s-%d" % (self.work, self.job["name"], drive)
        return "/dev/sr%d" % (self.first + drive)

    def lines(self):
        """Of the configuration."""
        prefix = "stdio:" if self.medium == "stdio" else ""
        more = " capacity = 400M" if self.medium == "stdio" else ""
        return "".join('drive "%s" { device = "%s%s"%s }\n' % (
            name, prefix, self.device(i), more)
            for i, name in enumerate(self.names()))

    def options(self):
        """Of vdrive."""
        out = []
        if self.medium != "stdio":
            for i, disc in enumerate(self.inside):
                out += ["--device", self.device(i)] + (
                    ["--disc", os.path.join(self.work, disc)] if disc
                    else ["--empty"])
        return out

    def insert(self, disc, drive=0):
        """A disc can be in one drive; what was in this one is taken out."""
        inside = [None if d == disc else d for d in self.inside]
        inside[drive] = disc
        for i, now in enumerate(inside):
            if self.medium == "stdio" and now != self.inside[i]:
                link = self.device(i)
                if os.path.islink(link):
                    os.unlink(link)
                if now:
                    os.symlink(now, link)
        self.inside = inside

    def take_out(self):
        """Of all drives."""
        for disc in [d for d in self.inside if d]:
            drive = self.inside.index(disc)
            self.insert(None, drive)

    def disc_in(self, name):
        """The disc in the drive that a plan names."""
        return self.inside[self.names().index(name)]

    def reader(self, disc):
        """(the options of vdrive, the address for xorriso) of a disc."""
        path = os.path.join(self.work, disc)
        if self.medium == "stdio":
            return [], "stdio:" + path
        return ["--device", "/dev/sr0", "--disc", path], "/dev/sr0"
