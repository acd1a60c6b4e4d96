#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Persons who do what they are told.

After an accident (the catalog is lost, an old one is put back, a disc is copied
or found again) somebody starts the nightly job and follows each hint to the
letter, and where there are several, each of them.  Within three steps a night
must be good again, and at no time may the newest backup be gone from all discs.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from hints import take_over, ways_out

NIGHTBURN = os.path.join(os.environ["NB_TOP_BUILDDIR"], "nightburn")
STEPS = 3
# The tree of a copy of an office has another path: nothing is compared.
CONF = """
state_dir = "%(top)s/state"
staging_dir = "%(top)s/staging"
drive "burner" { device = "stdio:%(top)s/drive"  capacity = 8M }
pool "db" { discs = { "A", "B" }  drives = { "burner" }
  max_nights_on_one_disc = 0 }
job "nightly" { pool = "db"
  tree "www" { path = "%(top)s/tree"  min_ratio = 0 } }
"""


class Failed(Exception):
    pass


class Office:
    """Discs, a drive, a state directory, and what was burned."""

    def __init__(self, top):
        self.top, self.newest, self.told = top, None, []
        self.lost = []

    def path(self, *names):
        return os.path.join(self.top, *names)

    def open_for_business(self):
        for name in ("tree", "discs"):
            os.makedirs(self.path(name))
        for disc in "AB":
            open(self.path("discs", disc), "w", encoding="utf-8").close()

    def configure(self):
        with open(self.path("conf"), "w", encoding="utf-8") as f:
            f.write(CONF % {"top": self.top})
        os.chmod(self.path("conf"), 0o600)

    def copy(self, top):
        shutil.copytree(self.top, top, symlinks=True)
        other = Office(top)
        other.newest, other.told = self.newest, list(self.told)
        other.lost = list(self.lost)
        other.configure()
        return other

    def insert(self, disc):
        link = self.path("drive")
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(os.path.join("discs", disc), link)

    def loaded(self):
        return os.path.basename(os.readlink(self.path("drive")))

    @staticmethod
    def names():
        """Of the pool."""
        return ["A", "B"]

    @staticmethod
    def name_on(disc):
        """What somebody wrote on it."""
        return disc[0]

    def discs(self):
        return sorted(os.listdir(self.path("discs")))

    def unused(self):
        return [d for d in self.discs()
                if not os.path.getsize(self.path("discs", d))]

    def nb(self, *arguments):
        """(status, what was said)"""
        done = subprocess.run(
            [NIGHTBURN, "-c", self.path("conf"), *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120, check=False)
        said = re.sub(r",\n    (\S)", r", \1", done.stdout) + done.stderr
        said = re.sub(r"nightburn\s+-c\s+\S+\s", "nightburn ", said)
        self.told.append("%s: %s: %d\n%s" % (
            self.loaded(), " ".join(arguments), done.returncode, said))
        return done.returncode, said

    def night(self, disc=None):
        if disc:
            self.insert(disc)
        with open(self.path("tree", "file"), "a", encoding="utf-8") as f:
            f.write("one more line\n")
        status, said = self.nb("run")
        if status == 0:
            self.newest = re.search(r"\b\d{8}T\d{6}Z-[0-9a-f]+", said).group()
        return status, said

    def must(self, disc, *arguments, status=0):
        self.insert(disc)
        got, said = self.nb(*arguments)
        if got != status:
            raise Failed("%s on %s ended with %d" % (" ".join(arguments), disc,
                                                     got))
        return said

    def has_newest(self):
        """Does it come back from any of the discs?"""
        for disc in self.discs():
            back = self.path("back")
            shutil.rmtree(back, ignore_errors=True)
            done = subprocess.run(
                [NIGHTBURN, "restore", "--device",
                 "stdio:" + self.path("discs", disc), "--this-disc",
                 self.newest, "--to", back], stdin=subprocess.DEVNULL,
                capture_output=True, timeout=120, check=False)
            if done.returncode == 0:
                return True
        return False

    def volume_id(self):
        done = subprocess.run(
            [NIGHTBURN, "-c", self.path("conf"), "disc", "--json"],
            capture_output=True, text=True, timeout=120, check=False)
        return json.loads(done.stdout).get("volume_id") or ""

    def blank(self, disc):
        with open(self.path("discs", disc), "w", encoding="utf-8"):
            pass


def follow(office, steps, words):
    """Each way out, to its end; how many there were."""
    status, said = office.night()
    if not office.has_newest():
        raise Failed("the newest backup is gone: " + " > ".join(words)
                     + "\n" + "\n".join(office.told))
    if status == 0:
        return 1
    ways = ways_out(said, office, words)
    if steps == 0 or not ways:
        raise Failed("no way out: " + " > ".join(words) + "\n"
                     + "\n".join(office.told))
    count = 0
    for number, (text, do) in enumerate(ways):
        other = office.copy("%s.%d" % (office.top, number))
        do(other)
        if not other.has_newest():
            raise Failed("the newest backup is gone: " + " > ".join(
                words + [text]) + "\n" + "\n".join(other.told))
        count += follow(other, steps - 1, words + [text])
        shutil.rmtree(other.top)
    return count


# ---- accidents ----

def state_lost(office):
    """But the key was kept, as README says."""
    shutil.copy(office.path("state", "key"), office.path("key"))
    shutil.rmtree(office.path("state"))
    os.mkdir(office.path("state"), 0o700)
    shutil.copy(office.path("key"), office.path("state", "key"))


def catalog_lost(office):
    for name in os.listdir(office.path("state")):
        if name.startswith("catalog.db"):
            os.unlink(office.path("state", name))


def nights(office, order):
    for disc in order:
        status, _ = office.night(disc)
        if status:
            raise Failed("a night before the accident failed\n"
                         + "\n".join(office.told))


def the_catalog(office):
    nights(office, "ABAB")
    catalog_lost(office)


def the_catalog_newest_in_drive(office):
    the_catalog(office)
    office.insert("A")


def all_state(office):
    nights(office, "ABAB")
    state_lost(office)


def all_state_oldest_first(office):
    nights(office, "ABAB")
    state_lost(office)
    office.insert("A")


def an_old_catalog(office):
    nights(office, "AB")
    shutil.copy(office.path("state", "catalog.db"), office.path("old"))
    nights(office, "AB")
    catalog_lost(office)
    shutil.copy(office.path("old"), office.path("state", "catalog.db"))
    office.insert("A")


def a_copy_rebuilt_first(office):
    nights(office, "AB")
    shutil.copy(office.path("discs", "B"), office.path("copy"))
    nights(office, "AB")
    state_lost(office)
    shutil.copy(office.path("copy"), office.path("discs", "B2"))
    office.must("B2", "catalog", "rebuild")
    office.insert("B")


def a_copy_in_the_drive(office):
    nights(office, "AB")
    shutil.copy(office.path("discs", "B"), office.path("copy"))
    nights(office, "ABA")
    shutil.copy(office.path("copy"), office.path("discs", "B2"))
    office.insert("B2")
    office.nb("catalog", "rebuild")


def a_copy_without_a_session(office):
    nights(office, "AB")
    shutil.copy(office.path("discs", "B"), office.path("copy"))
    nights(office, "B")
    shutil.copy(office.path("copy"), office.path("discs", "B2"))
    office.insert("B2")


def one_disc_lost(office):
    nights(office, "ABAB")
    state_lost(office)
    os.unlink(office.path("discs", "A"))
    office.must("B", "catalog", "rebuild")


def the_newest_lost_and_found(office):
    """The nights went on without it, under numbers that it has as well."""
    nights(office, "AB")
    shutil.copy(office.path("discs", "B"), office.path("found"))
    state_lost(office)
    os.unlink(office.path("discs", "B"))
    office.must("A", "catalog", "rebuild")
    office.must("A", "catalog", "rebuild", "--finish")
    take_over(office)
    office.blank("B")
    nights(office, "BA")
    os.rename(office.path("found"), office.path("discs", "B2"))
    said = office.must("B2", "catalog", "rebuild", status=3)
    listed = office.must("B2", "list")
    if "recorded apart" not in said or "  B (good, apart)" not in listed \
            or ", apart: disc id " not in re.sub(r"\s+", " ", listed):
        raise Failed("not apart: " + said + listed)


def begun_anew_with_a_blank_disc(office):
    """New state, and a blank disc is in the drive the first night."""
    nights(office, "ABAB")
    state_lost(office)
    os.rename(office.path("discs", "A"), office.path("discs", "A2"))
    office.blank("A")


def begun_anew_with_a_new_key(office):
    """The same, and the old key was imported only after that night."""
    nights(office, "ABAB")
    state_lost(office)
    key = office.path("state", "key")
    text = office.nb("key", "export")[1].split()[0]
    os.unlink(key)
    os.rename(office.path("discs", "A"), office.path("discs", "A2"))
    office.blank("A")
    nights(office, "A")
    with open(office.path("key.txt"), "w") as file:
        file.write(text + "\n")
    office.nb("key", "import", "--force", office.path("key.txt"))
    office.insert("B")


def lose_newest(office):
    """What the other disc has is the newest that is left."""
    nights(office, "A")
    left = office.newest
    nights(office, "B")
    office.newest = left
    office.lost = ["B"]


def the_newest_disc_lost(office):
    lose_newest(office)
    office.blank("B")


def the_newest_disc_unreadable(office):
    lose_newest(office)
    with open(office.path("discs", "B"), "r+b") as disc:
        disc.write(b"\xa5" * os.path.getsize(office.path("discs", "B")))


ACCIDENTS = {
    "the newest disc is lost, a new one is in the drive": the_newest_disc_lost,
    "the newest disc cannot be read": the_newest_disc_unreadable,
    "the catalog is lost": the_catalog,
    "the catalog is lost, the older disc is in the drive":
        the_catalog_newest_in_drive,
    "all state but the key is lost": all_state,
    "all state but the key is lost, the older disc first":
        all_state_oldest_first,
    "an old catalog was put back": an_old_catalog,
    "an old copy of a disc was read first": a_copy_rebuilt_first,
    "an old copy of a disc is in the drive": a_copy_in_the_drive,
    "a copy from before a session was added is in the drive":
        a_copy_without_a_session,
    "state and a disc are lost": one_disc_lost,
    "a disc that was given up is found again": the_newest_lost_and_found,
    "a blank disc is in the drive of a new state directory":
        begun_anew_with_a_blank_disc,
    "nights went on in a new state directory, with a new key":
        begun_anew_with_a_new_key,
}


def main():
    bad = 0
    for number, (name, accident) in enumerate(ACCIDENTS.items(), 1):
        top = tempfile.mkdtemp(prefix="nbpersons.")
        office = Office(os.path.join(top, "o"))
        wrong = None
        try:
            office.open_for_business()
            office.configure()
            accident(office)
            ways = follow(office, STEPS, [])
        except Failed as error:
            wrong, bad = str(error), bad + 1
        finally:
            shutil.rmtree(top)
        print("%sok %d - %s" % ("not " if wrong else "", number, name))
        print(re.sub("^", "# ", wrong or "%d ways out" % ways, flags=re.M),
              flush=True)
    print("1..%d" % len(ACCIDENTS))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
