#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An appended session that is bad, and the good one before it.

Version 1 is on disc A, version 2 on disc B.  A third session, appended to B,
fails in one of the ways below, or is lost later.  Version 2 comes back from
disc B, identical; B is not made blank by anything; what nightburn hints at is
done, and the nights go on.

Without NB_TORTURE one or two ways on each medium; with it all of them.
"""
import concurrent.futures
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from scene import (ALL, CRASH, DEADLINE, NIGHTBURN, VDRIVE, Broken, Scene,
                   plain)

WAYS = {
    "the recorder hangs at the third WRITE": "when write nth 3 then hang",
    "the recorder hangs in the middle": "when write nth 40 then hang",
    "no WRITE succeeds after a mebibyte": "when write after 1048576 bytes "
                                          "then sense 3/0c/00 times forever",
    "the power fails at the end": "when sync then power loss",
    "the program is killed in the middle": "when write nth 40 then kill "
                                           "client",
    "the session is zeros later": None,
    "its directory is zeros later": None,
}
# What a file standing for a disc can meet.
OF_FILES = {"the program is killed in the middle": "kill",
            "the session is zeros later": None,
            "its directory is zeros later": None}
MEDIA = ("cd-rw", "dvd-rw", "dvd+rw", "bd-re", "stdio")
LOST = ("the session is zeros later", "its directory is zeros later")
BLOCK = 2048
BIG = bytes(i * i % 251 for i in range(3000)) * 1000


class Files(Scene):
    """The same with plain files as discs: no recorder."""

    def make(self, kind):
        os.makedirs(self.tree)

    def use(self, disc):
        link = os.path.join(self.path, "drive")
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(self.disc(disc), link)
        if not os.path.exists(self.disc(disc)):
            with open(self.disc(disc), "wb"):
                pass

    def copy(self, path):
        Scene.copy(self, path)
        return Files(path)

    def configure(self):
        conf = Scene.configure(self)
        with open(conf, encoding="ascii") as file:
            text = file.read().replace('"/dev/sr0"', f'"stdio:{self.path}/'
                                       'drive" capacity = "60M"')
        with open(conf, "w", encoding="ascii") as file:
            file.write(text)
        return conf

    def run(self, disc, arguments, env):
        self.use(disc)
        done = subprocess.run(
            [NIGHTBURN, "-c", self.configure(), *arguments], env=env,
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=DEADLINE, check=False)
        return done.returncode, plain(done.stdout + done.stderr)

    def night(self, disc, version, options=(), crash=None, preload=CRASH,
              shell=None):
        self.save(version)
        env = {**os.environ, **(crash or {})}
        if crash:
            env["LD_PRELOAD"] = preload
        return self.run(disc, ["run"], env)

    def ask(self, disc, *arguments, faults=None, options=()):
        return self.run(disc, arguments, os.environ)

    def versions(self, disc):
        out = os.path.join(self.path, "restored")
        shutil.rmtree(out, ignore_errors=True)
        self.ask(disc, "restore", "--this-disc", "--allow-older",
                 "--to", out)
        with open(os.path.join(out, "tree/files/version"),
                  encoding="ascii") as file:
            return {int(file.readline())}


def first_nights(kind, work):
    base = (Files if kind == "stdio" else Scene)(os.path.join(work, kind))
    base.make(kind)
    with open(os.path.join(base.tree, "big"), "wb") as file:
        file.write(BIG)
    for version, disc in ((1, "A"), (2, "B")):
        expect(base.night(disc, version), 0, "verified")
    return base


def expect(result, statuses, *words):
    """Status and output are these."""
    status, text = result
    if isinstance(statuses, int):
        statuses = (statuses,)
    if status not in statuses:
        raise Broken(f"status {status} instead of {statuses}:\n{text}")
    for word in words:
        if not re.search(word, text):
            raise Broken(f"{word!r} is missing in:\n{text}")
    return text


def sessions(scene):
    """First block and blocks of each backup's session on disc B."""
    catalog = sqlite3.connect(os.path.join(scene.path, "state/catalog.db"))
    rows = catalog.execute(
        "select s.start, s.blocks from sessions s join discs d on d.id = "
        "s.disc_id where d.name = 'B' and not s.gone order by s.number")
    rows = rows.fetchall()
    catalog.close()
    return rows


def lose(scene, kind, way):
    """The last session of B becomes zeros: wholly, or where its directory
    begins, after the descriptors."""
    start, blocks = sessions(scene)[-1]
    if way.startswith("its directory"):
        start, blocks = start + 18, 40
    at = start * BLOCK + (0 if kind == "stdio" else 1 << 20)
    with open(scene.disc("B"), "r+b") as file:
        file.seek(at)
        file.write(bytes(blocks * BLOCK))


def append(scene, kind, way):
    """The third night, which fails, or whose session is lost."""
    rule = WAYS[way]
    if way in LOST:
        expect(scene.night("B", 3), 0, "generation 3 on disc B, session 2")
        lose(scene, kind, way)
    elif kind == "stdio":
        count = os.path.join(scene.path, "count")
        other = scene.copy(scene.path + ".count")
        expect(other.night("B", 3, crash={"CRASH_COUNT": count}), 0)
        shutil.rmtree(other.path)
        with open(count, encoding="ascii") as file:
            at = int(file.read()) // 2
        expect(scene.night("B", 3, crash={"CRASH_AT": str(at)}), -9)
    else:
        path = os.path.join(scene.path, "rules")
        with open(path, "w", encoding="ascii") as file:
            file.write(rule + "\n")
        scene.timeout = 3
        expect(scene.night("B", 3, ["--faults", path]), (4, 125, 137))
        scene.timeout = 20


def restored(scene, which, status=0):
    """Version 2 comes back from disc B."""
    out = os.path.join(scene.path, "out")
    text = expect(scene.ask("B", "restore", which, "--to", out), status,
                  "from disc B: 2 files")
    with open(os.path.join(out, "tree/files/version"), "rb") as file:
        if file.read() != b"2\n" * 2000:
            raise Broken("another version came back")
    with open(os.path.join(out, "tree/files/big"), "rb") as file:
        if file.read() != BIG:
            raise Broken("another file came back")
    shutil.rmtree(out)
    return text


def alone(scene, kind):
    """The same without nightburn: xorriso, and the disc's own script."""
    out = os.path.join(scene.path, "session")
    reader = ["xorriso", "-abort_on", "NEVER", "-osirrox", "on", "-load",
              "session", "1", "-indev", "/dev/sr0", "-extract", "/", out]
    if kind == "stdio":
        reader[reader.index("/dev/sr0")] = "stdio:" + scene.disc("B")
    else:
        reader = [VDRIVE, "--hurry", "--disc", scene.disc("B"), "--", *reader]
    subprocess.run(reader, stdin=subprocess.DEVNULL, capture_output=True,
                   timeout=DEADLINE, check=False)
    to = os.path.join(scene.path, "by-script")
    done = subprocess.run(["sh", os.path.join(out, "restore.sh"), "--to", to],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=DEADLINE, check=False)
    expect((done.returncode, done.stdout + done.stderr), 0)
    with open(os.path.join(to, "files/version"), "rb") as file:
        if file.read() != b"2\n" * 2000:
            raise Broken("restore.sh brought another version back")


def kept(scene):
    """Nothing makes disc B blank."""
    expect(scene.ask("B", "blank"), 3)
    volume = scene.volume("B")
    if not volume:
        raise Broken("no volume id")
    expect(scene.ask("B", "adopt", "--as", "B", "--volume-id", volume), 3,
           "newest good backup")
    expect(scene.ask("B", "disc"), 0, "B of pool p", "generation 2,")


def go_on(scene, lost):
    """What is hinted at: verify, then the nights."""
    plan = scene.ask("A", "plan", "--json")
    if not lost and json.loads(plan[1])["plan"] == "blank-then-fresh":
        raise Broken(f"A could be made blank, unverified:\n{plan[1]}")
    if lost:
        expect(scene.ask("B", "verify"), 1, "B: generation 3 is damaged, "
               "generation 2 is good\n"
               "hint: nightburn restore --to DIR 2 restores one that is "
               "good")
        kept(scene)
    else:
        expect(scene.ask("B", "verify"), 0,
               "disc B, (session 1, )?generation 2: 2 files, .*, are good")
        kept(scene)
    restored(scene, "2")
    expect(scene.night("A", 4), 0, "on disc A")
    status, text = scene.night("B", 5)
    if status:
        expect((status, text), 3, "nightburn (verify|adopt)")
        expect(scene.ask("B", "adopt", "--as", "B", "--volume-id",
                         scene.volume("B")), 0)
        expect(scene.night("B", 5), 0, "on disc B")
    if 5 not in scene.versions("B"):
        raise Broken("the night after is not on disc B")


def try_cell(base, kind, way, number, work):
    """None, or what broke."""
    scene = base.copy(os.path.join(work, f"cell-{number}"))
    try:
        append(scene, kind, way)
        # Generation 3 was recorded and is lost: 2 is an older one.
        restored(scene, "newest", 3 if way in LOST else 0)
        text = restored(scene, "2")
        if way in LOST:
            expect((0, text), 0, "warning: .*: (session 2|the newest "
                   "session) is unusable; reading session 1 of B instead, "
                   "generation 2")
            alone(scene, kind)
        kept(scene)
        go_on(scene, way in LOST)
        return None
    except (Broken, subprocess.TimeoutExpired, OSError) as error:
        return f"{error}"
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def chosen():
    """The cells of the table that are tried."""
    for at, kind in enumerate(MEDIA):
        ways = list(OF_FILES if kind == "stdio" else WAYS)
        for number, way in enumerate(ways):
            turn = (number - at * 2) % len(ways)
            if ALL or turn == 0 or turn == 3 and at % 2 == 0:
                yield kind, way


def main():
    work = tempfile.mkdtemp(prefix="nbearlier.")
    os.chmod(work, 0o755)
    cells = list(chosen())
    failed = False
    print(f"1..{len(cells)}")
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            bases = dict(zip(MEDIA, pool.map(
                lambda kind: first_nights(kind, work), MEDIA)))
            results = pool.map(
                lambda i: try_cell(bases[cells[i][0]], *cells[i], i, work),
                range(len(cells)))
            for number, broken in enumerate(results):
                kind, way = cells[number]
                failed = failed or bool(broken)
                print(f"{'not ' if broken else ''}ok {number + 1} - {kind}, "
                      f"{way}: the session before is used", flush=True)
                if broken:
                    print(re.sub("^", "# ", broken, flags=re.M), flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
