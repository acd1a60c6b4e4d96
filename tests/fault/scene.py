# SPDX-License-Identifier: GPL-2.0-or-later
"""Two discs, a recorder, and nightburn between them: what the tests of faults
share.  What is on a disc is read by another program."""
import json
import os
import re
import shutil
import subprocess

BUILD = os.environ["NB_TOP_BUILDDIR"]
VDRIVE = os.path.join(BUILD, "vdrive")
LIBS = os.path.join(BUILD, ".libs")
# The program itself, not the script that libtool puts before it.
NIGHTBURN = os.path.join(LIBS, "nightburn")
CRASH = os.path.join(LIBS, "libcrash.so")
FAIL = os.path.join(LIBS, "libfail.so")
os.environ["LD_LIBRARY_PATH"] = LIBS
# A sanitizer wants all memory to itself.
with open(NIGHTBURN, "rb") as program:
    SANITIZED = b"__asan_init" in program.read()
# All points, instead of a sample of them by a fixed seed.
ALL = bool(os.environ.get("NB_TORTURE"))
MEDIA = ("cd-rw", "dvd-rw", "dvd+rw", "dvd-ram", "bd-re")
DEADLINE = 120
READER_DEADLINE = "30"
# What a run may end with; 125 and 137 are vdrive's when the program is killed.
STATUSES = (0, 1, 3, 4, 5, 125, 137)


class Broken(Exception):
    """The promise, or something that holds with it."""


def plain(text):
    """Hints without the configuration, which is that of the scene."""
    return re.sub(r"nightburn\s+-c\s+\S+\s", "nightburn ", text)


class Scene:
    """A directory with two discs, the state of nightburn and a source."""

    def __init__(self, path):
        self.path = path
        self.more = ""     # of the drive's configuration
        self.rotation = "alternate"
        self.timeout = 20  # seconds that a drive has for a sign of life
        self.tree = os.path.join(path, "tree")

    def make(self, kind):
        os.makedirs(self.tree)
        for disc in "AB":
            subprocess.run([VDRIVE, "new", "--type", kind, "--capacity",
                            "30000", self.disc(disc)], check=True)

    def copy(self, path):
        subprocess.run(["cp", "-a", "--sparse=always", self.path, path],
                       check=True)
        return Scene(path)

    def disc(self, name):
        return os.path.join(self.path, name + ".disc")

    def configure(self):
        conf = os.path.join(self.path, "nb.conf")
        with open(conf, "w", encoding="ascii") as file:
            file.write(f'state_dir = "{self.path}/state"\n'
                       f'staging_dir = "{self.path}/staging"\n'
                       'drive "d" { device = "/dev/sr0" timeout = '
                       f'{self.timeout} {self.more} }}\n'
                       'pool "p" { discs = { "A", "B" } drives = { "d" }'
                       f' rotation = {self.rotation}'
                       ' max_nights_on_one_disc = 0 }\n'
                       # The tree of a copy has another path.
                       'job "j" { pool = "p" tree "files" { min_ratio = 0 '
                       f'path = "{self.tree}" }} }}\n')
        os.chmod(conf, 0o600)
        return conf

    def save(self, version):
        with open(os.path.join(self.tree, "version"), "w",
                  encoding="ascii") as file:
            file.write(f"{version}\n" * 2000)

    def night(self, disc, version, options=(), crash=None, preload=CRASH,
              shell=None):
        """Exit status and what nightburn said, with this content to save.

        CRASH is the environment of what is loaded before it, SHELL what a
        shell does before it."""
        self.save(version)
        command = [VDRIVE, "--hurry", "--disc", self.disc(disc), *options,
                   "--"]
        if crash:
            command += ["sh", "-c", 'LD_PRELOAD="$0:$LD_PRELOAD" exec "$@"',
                        preload]
        if shell:
            command += ["sh", "-c", shell + '; exec "$0" "$@"']
        done = subprocess.run(
            [*command, NIGHTBURN, "-c", self.configure(), "run"],
            env={**os.environ, **(crash or {})}, timeout=DEADLINE,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="backslashreplace")
        return done.returncode, plain(done.stdout + done.stderr)

    def ask(self, disc, *arguments, faults=None, options=()):
        """Exit status and output of another command of nightburn."""
        if faults:
            rules = os.path.join(self.path, "asked.rules")
            options = ["--faults", rules, *options]
            with open(rules, "w", encoding="ascii") as file:
                file.write(faults + "\n")
        done = subprocess.run(
            [VDRIVE, "--hurry", "--disc", self.disc(disc), *options, "--",
             NIGHTBURN, "-c", self.configure(), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=DEADLINE, check=False)
        return done.returncode, plain(done.stdout + done.stderr)

    def volume(self, disc):
        """The volume id of the disc."""
        text = self.ask(disc, "disc", "--json")[1]
        line = [x for x in text.splitlines() if x.startswith("{")][0]
        return json.loads(line).get("volume_id") or ""

    def blank(self, disc):
        """A new disc of this name."""
        subprocess.run([VDRIVE, "new", "--type", "cd-rw", "--capacity",
                        "30000", self.disc(disc)], check=True)

    def adopt(self, disc):
        """A person looks at a suspect disc: is it good after all?  If not, or
        if its newest session is not, it is made blank.  Whether that was
        done."""
        status, text = self.ask(disc, "verify")
        if status == 0 and "cannot be used" not in text:
            return False
        return self.ask(disc, "adopt", "--as", disc, "--volume-id",
                        self.volume(disc))[0] == 0

    def versions(self, disc):
        """The versions of the source that are whole on the disc.

        In directories that were written to a wrong address xorriso may find
        no end."""
        out = os.path.join(self.path, "extracted")
        subprocess.run([VDRIVE, "--hurry", "--disc", self.disc(disc), "--",
                        "timeout", "-k", "5", READER_DEADLINE,
                        "xorriso", "-abort_on", "NEVER", "-osirrox", "on",
                        "-indev", "/dev/sr0", "-extract", "/", out],
                       stdin=subprocess.DEVNULL, capture_output=True,
                       timeout=DEADLINE, check=False)
        found = set()
        for folder, _, names in os.walk(out):
            if "version" not in names:
                continue
            with open(os.path.join(folder, "version"), "rb") as file:
                content = file.read()
            version = content.split(b"\n", 1)[0]
            if content == (version + b"\n") * 2000 and version.isdigit():
                found.add(int(version))
        shutil.rmtree(out, ignore_errors=True)
        return found

    def check(self, verified):
        """The newest verified backup is on a disc."""
        on_discs = {disc: self.versions(disc) for disc in "AB"}
        if not any(verified in found for found in on_discs.values()):
            raise Broken(f"version {verified} was verified, and the discs "
                         f"hold {on_discs}")


def two_nights(kind, work):
    """Version 1 on disc A, version 2 on disc B, both verified."""
    base = Scene(os.path.join(work, kind))
    base.make(kind)
    for version, disc in ((1, "A"), (2, "B")):
        status, text = base.night(disc, version)
        if status:
            raise Broken(f"night {version} fails by itself:\n{text}")
    base.check(2)
    return base
