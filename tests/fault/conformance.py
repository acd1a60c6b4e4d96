#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Is the model of the rotation like nightburn?

Walks of the model (tests/model/rotation --walk) are repeated with the program
itself and discs of vdrive, step by step: what it decides and why, whether it
succeeds, what the catalog holds then, and what is on the disc.
"""
import concurrent.futures
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import foreign
from scene import ALL, BUILD, NIGHTBURN, VDRIVE, Scene, two_nights

MODEL = os.path.join(BUILD, "tests", "model", "rotation")
WALKS = int(os.environ.get("NB_WALKS", "300" if ALL else "4"))
STEPS = 16
# As enum action of tests/model/moves.h.
(INSERT, REMOVE, LOSE, WIPE, SCRATCH, OTHER, CLONE, _, _, SAVE, RESTORE,
 FORGET, RESTORE_ALL, FORGET_ALL, RUN, RESUME, APPEND, BLANK, ADOPT, VERIFY,
 REBUILD, ROTATE, ACCEPT) = range(23)
# Where a run dies.
DEATHS = {"blank": "when blank then kill client\n",
          "read": "when read after sync then kill client\n"}
COMMANDS = {RUN: ["run", "--json"], RESUME: ["run", "--resume", "--json"],
            BLANK: ["blank", "--json"], VERIFY: ["verify"],
            REBUILD: ["catalog", "rebuild"], ROTATE: ["rotate", "--json"],
            ACCEPT: ["catalog", "accept"]}
# As enum kind: the state of the medium, and of its label.
KINDS = {1: ("blank", "none"), 3: ("appendable", "none"),
         4: ("appendable", "good"), 6: ("appendable", "good")}
# Two sessions of CD-RW with what is between them, and not three.
CAPACITY = "19250"


class Walk(Scene):
    def __init__(self, path, stock):
        super().__init__(path)
        self.stock = stock
        self.version = 0
        self.inside = -1
        os.makedirs(self.tree)
        for disc, kind in enumerate(("blank", "blank", "data")):
            self.put(disc, kind)

    def put(self, disc, kind):
        subprocess.run(["cp", "--sparse=always", os.path.join(
            self.stock, kind + ".disc"), self.disc(str(disc))], check=True)

    def catalog(self, mark=False):
        """Files of the catalog; and what goes back with all of the state."""
        state = os.path.join(self.path, "state")
        return glob.glob(os.path.join(state, "catalog.db*")) + [
            path for name in ("mark", "journal") if mark
            for path in glob.glob(os.path.join(state, name))]

    def command(self, *arguments, dies=""):
        disc = ["--disc", self.disc(str(self.inside))] \
            if self.inside >= 0 else []
        if dies:
            rules = os.path.join(self.path, "rules")
            disc += ["--faults", rules]
            with open(rules, "w", encoding="ascii") as file:
                file.write(DEATHS[dies])
        done = subprocess.run(
            [VDRIVE, "--hurry", *disc, "--", NIGHTBURN, "-c",
             self.configure(), *arguments], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def seen(self):
        """What nightburn says of the disc in the drive."""
        return json.loads(self.command("disc", "--json")[1].splitlines()[0])

    def scratch(self, disc):
        """Every version of the saved file becomes another one."""
        with open(self.disc(str(disc)), "r+b") as file:
            data = file.read()
            for version in range(1, self.version + 1):
                text = b"%d\n" % version * 500
                at = data.find(text)
                if at >= 0:
                    file.seek(at)
                    file.write(b"#" * 8)

    def person(self, step):
        action, what = step["action"], step["what"]
        if action == LOSE:
            os.remove(self.disc(str(what)))
        elif action in (WIPE, OTHER):
            self.put(what, "blank" if action == WIPE else "other")
        elif action == SCRATCH:
            self.scratch(what)
        elif action == CLONE:
            free = [n for n in range(4)
                    if not os.path.exists(self.disc(str(n)))][0]
            subprocess.run(["cp", "--sparse=always", self.disc(str(what)),
                            self.disc(str(free))], check=True)
        elif action == SAVE:
            copy = os.path.join(self.path, "copy")
            shutil.rmtree(copy, ignore_errors=True)
            os.makedirs(copy)
            for path in self.catalog(True):
                shutil.copy2(path, copy)
        elif action in (RESTORE, FORGET, RESTORE_ALL, FORGET_ALL):
            both = action in (RESTORE_ALL, FORGET_ALL)
            for path in self.catalog(both):
                os.remove(path)
            for path in glob.glob(os.path.join(self.path, "copy", "*")):
                if action in (RESTORE, RESTORE_ALL) and (
                        both or "catalog.db" in path):
                    shutil.copy2(path, os.path.join(self.path, "state"))

    def play(self, step):
        """A step with the program: None, or how it differs."""
        action = step["action"]
        self.version += 1
        self.save(self.version)
        if action == APPEND:
            arguments = ["append", "--json", self.tree]
        elif action == ADOPT:
            arguments = ["adopt", "--as", "AB"[step["what"]], "--volume-id",
                         self.seen().get("volume_id") or ""]
        else:
            arguments = COMMANDS[action]
        status, out, err = self.command(*arguments, dies=step["dies"])
        if (status == 0) != step["good"]:
            return f"exit status {status}\n{out}{err}"
        if step["reason"] and out.startswith("{"):
            told = json.loads(out.splitlines()[0])
            told = told.get("plan") if "backup" in told else told
            if (told["plan"], told["reason"]) != (step["plan"],
                                                  step["reason"]):
                return f"{told['plan']}, {told['reason']}\n{err}"
        return None

    def compare(self, step):
        """The catalog and the disc after a step."""
        rows = self.rows()
        if rows != sorted(step["rows"]):
            return f"catalog {rows}"
        if self.mark() != step["mark"]:
            return f"mark {self.mark()}, not {step['mark']}"
        if step["in"] < 0:
            return None
        kind, name, count, generation = step["disc"]
        disc = self.seen()
        if (disc["state"], disc["label"]) != KINDS[kind]:
            return f"disc {disc}"
        if kind == 6 and (disc["disc"], disc["sessions"],
                          disc["generation"]) != (name, count, generation):
            return f"disc {disc}"
        return None

    def mark(self):
        """Changes and newest generation of the pool, beside the catalog."""
        path = os.path.join(self.path, "state", "mark")
        if not os.path.exists(path):
            return [0, 0]
        with open(path, encoding="ascii") as file:
            lines = [line.split() for line in file]
        return [[int(a), int(b)] for a, b, name in
                (line for line in lines if line[-1] == "p")][0]

    def rows(self):
        path = os.path.join(self.path, "state", "catalog.db")
        if not os.path.exists(path):
            return []
        db = sqlite3.connect(path)
        found = db.execute(
            "select d.name, d.state, coalesce(max(b.generation), 0), "
            "count(distinct s.id) from discs d left join sessions s "
            "on s.disc_id = d.id and not s.gone left join parts p "
            "on p.session_id = s.id left join backups b "
            "on b.id = p.backup_id where d.named group by d.id").fetchall()
        db.close()
        return sorted(list(row) for row in found)


def walk(seed, work, stock):
    """None, or where the program went another way."""
    said = subprocess.run(
        [MODEL, "--rollback", "--depth", str(STEPS), "--walk", str(seed)],
        capture_output=True, text=True, check=True).stdout
    way = []
    real = Walk(os.path.join(work, f"walk-{seed}"), stock)
    try:
        for line in said.splitlines():
            step = json.loads(line)
            way.append(f"{step['words']}: {step['plan']} {step['reason']} "
                       f"{step['good']} {step['rows']} {step['disc']}")
            different = None
            if step["action"] < RUN:
                real.person(step)
            else:
                different = real.play(step)
            real.inside = step["in"]
            if not different and step["action"] >= RUN:
                different = real.compare(step)
            if different:
                return "\n".join([f"walk {seed}"] + way + [different])
        return None
    finally:
        shutil.rmtree(real.path, ignore_errors=True)


def make_stock(work):
    stock = os.path.join(work, "stock")
    os.makedirs(stock)
    for kind in ("blank", "data"):
        subprocess.run([VDRIVE, "new", "--type", "cd-rw", "--capacity",
                        CAPACITY, os.path.join(stock, kind + ".disc")],
                       check=True)
    foreign.burn(os.path.join(stock, "data.disc"), "cd-rw",
                 foreign.iso(work, "data", {"film": bytes(5000)}))
    other = Scene(os.path.join(work, "other"))
    os.makedirs(other.tree)
    shutil.copy(os.path.join(stock, "blank.disc"), other.disc("A"))
    status, text = other.night("A", 1)
    if status:
        raise RuntimeError(text)
    shutil.copy(other.disc("A"), os.path.join(stock, "other.disc"))
    return stock


def changed(work):
    """The disc is changed after it was made blank: the other one, with the
    newest backup, is not written to.  None, or what happened."""
    base = two_nights("dvd+rw", work)
    trace = os.path.join(work, "trace")
    base.copy(os.path.join(work, "traced")).night("A", 3, ["--trace", trace])
    with open(trace, encoding="ascii") as file:
        sent = [json.loads(line)["op"] for line in file]
    writes = [n for n, op in enumerate(sent) if op in ("2a", "aa")]
    image = [n for n, m in zip(writes[1:], writes) if n - m > 20][0]
    # The last look before the burn ends with the last of these.
    reads = [n for n in range(image) if sent[n] == "28"]
    looks = range(reads[-1] - 10, reads[-1])
    for at in looks if ALL else (looks[0], looks[5], looks[-1]):
        scene = base.copy(os.path.join(work, f"changed-{at}"))
        rules = os.path.join(scene.path, "rules")
        with open(rules, "w", encoding="ascii") as file:
            file.write(f"when any nth {at + 1} then swap disc\n")
        status, text = scene.night("A", 3, ["--add", scene.disc("B"),
                                            "--faults", rules])
        if status != 3 or scene.versions("B") != {2} \
                or "in the drive until the run ends" not in text:
            return f"changed at command {at + 1}: {status}\n{text}"
        shutil.rmtree(scene.path)
    return None


def main():
    work = tempfile.mkdtemp(prefix="nbwalks.")
    os.chmod(work, 0o755)
    print("1..2")
    try:
        stock = make_stock(work)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            different = [text for text in pool.map(
                lambda seed: walk(seed, work, stock), range(1, WALKS + 1))
                if text]
        print(f"{'not ok' if different else 'ok'} 1 - {WALKS} walks of "
              f"{STEPS} steps: nightburn does what the model does")
        for text in different[:5]:
            print("# " + text.replace("\n", "\n# "))
        broken = changed(work)
        print(f"{'not ok' if broken else 'ok'} 2 - a disc that comes in after "
              "the blank is not written to")
        if broken:
            print("# " + broken.replace("\n", "\n# "))
        return bool(different or broken)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
