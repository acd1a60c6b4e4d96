#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The catalog lost, damaged, rolled back, without room; and clocks that lie.

Whatever became of the catalog, no disc is written to by it that it does not
know; it comes back from the discs as it was; and the promise holds.  With
NB_TORTURE on all media, and the file system full at every size.
"""
import concurrent.futures
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

from scene import ALL, MEDIA, STATUSES, VDRIVE, Broken, two_nights

DUMP = os.path.join(os.environ["NB_TOP_SRCDIR"], "tests/e2e/catalog_dump.py")
BEHIND = "the catalog is an old copy or was lost"


def expect(condition, text):
    if not condition:
        raise Broken(text)


def state(scene, name=""):
    return os.path.join(scene.path, "state", name)


def drop(scene, *names):
    for name in names:
        for path in glob.glob(state(scene, name)):
            os.unlink(path)


def keep(scene):
    """A copy of the state directory, as a backup of files makes it."""
    shutil.copytree(state(scene), os.path.join(scene.path, "kept"))


def put_back(scene, *names):
    drop(scene, "catalog.db*")
    for name in names:
        shutil.copy2(os.path.join(scene.path, "kept", name), state(scene))


def content(path):
    with open(path, "rb") as file:
        return file.read()


def blocks(scene, disc):
    """All that a reader can get of the disc."""
    out = os.path.join(scene.path, "exported")
    if os.path.exists(out):
        os.unlink(out)
    subprocess.run([VDRIVE, "export", scene.disc(disc), "--disc", out],
                   check=True, stdout=subprocess.DEVNULL)
    return content(out)


def refused(scene, disc, words):
    """Neither a night nor a person gets this disc written to; but it can be
    restored from."""
    before = blocks(scene, disc)
    status, text = scene.night(disc, 9)
    expect(status in (1, 3) and words in text, f"night on {disc}: {text}")
    status, text = scene.ask(disc, "blank")
    expect(status in (1, 3), f"blank {disc}: {text}")
    status, text = scene.ask(disc, "append", scene.tree)
    expect(status in (1, 3), f"append {disc}: {text}")
    for volume in scene.volume(disc), "":
        status, text = scene.ask(disc, "adopt", "--as", disc, "--volume-id",
                                 volume)
        expect(status in (1, 3), f"adopt {disc}: {text}")
    expect(blocks(scene, disc) == before, f"{disc} was written to")
    restored(scene, disc)


def restored(scene, disc):
    out = os.path.join(scene.path, "out")
    shutil.rmtree(out, ignore_errors=True)
    status, text = scene.ask(disc, "restore", "--this-disc", "--to",
                             out)
    expect(status == 0 and glob.glob(out + "/*/*/version"),
           f"restore from {disc}: {text}")


def good_night(scene, disc, version, **more):
    status, text = scene.night(disc, version, **more)
    expect(status == 0 and "verified" in text, f"night {version}: {text}")
    scene.check(version)


def rebuild(scene, disc):
    status, text = scene.ask(disc, "catalog", "rebuild")
    expect(status == 0, f"rebuild {disc}: {text}")
    return text


def dump(scene):
    done = subprocess.run(["python3", DUMP, state(scene, "catalog.db")],
                          check=True, capture_output=True, text=True)
    return done.stdout


def copy_of_last_week(scene):
    """catalog.db from a backup of files."""
    keep(scene)
    good_night(scene, "A", 3)
    put_back(scene, "catalog.db")
    refused(scene, "B", BEHIND)
    refused(scene, "A", BEHIND)
    expect("still lacks generation 3" in rebuild(scene, "B"), "B is not all")
    refused(scene, "B", BEHIND)
    rebuild(scene, "A")
    good_night(scene, "B", 4)


def forgotten_verdict(scene):
    """What the copy does not know is only that the newest disc is rotten."""
    keep(scene)
    block = blocks(scene, "B").find(b"2\n" * 1000) // 2048
    status, text = scene.ask("B", "verify", faults=f"when read lba {block} "
                             "then sense 3/11/05 times forever")
    expect(status == 1 and "B (suspect)" in scene.ask("A", "list")[1], text)
    put_back(scene, "catalog.db")
    refused(scene, "A", BEHIND)


def machine_rolled_back(scene):
    """All of the state directory: the disc in the drive is the witness, and
    what it said is remembered when another one is in."""
    keep(scene)
    good_night(scene, "A", 3)
    second = int(time.time())
    while int(time.time()) == second:
        time.sleep(0.02)
    good_night(scene, "B", 4)
    put_back(scene, "catalog.db", "mark")
    before = blocks(scene, "A")
    status, text = scene.ask("A", "adopt", "--as", "A", "--volume-id",
                             scene.volume("A"))
    expect(status == 3 and "not adopted: " + BEHIND in text, text)
    expect(blocks(scene, "A") == before, "A was written to")
    refused(scene, "B", BEHIND)
    text = rebuild(scene, "B")
    expect("not read yet: A (generation 1 or newer)" in text,
           f"A was not read: {text}")
    refused(scene, "B", BEHIND)
    rebuild(scene, "A")
    good_night(scene, "B", 5)
    good_night(scene, "A", 6)


def appended_elsewhere(scene):
    """The witness is a disc that the catalog knows, with a later session."""
    keep(scene)
    good_night(scene, "B", 3)
    put_back(scene, "catalog.db", "mark")
    refused(scene, "B", BEHIND)
    refused(scene, "A", BEHIND)
    status, text = scene.ask("B", "verify")
    expect(status == 0 and "not read yet: A" in text, text)
    status, text = scene.ask("A", "verify")
    expect(status == 0, text)
    good_night(scene, "A", 4)


def lost(scene):
    """No first night: not on a blank disc either."""
    drop(scene, "catalog.db*")
    status, text = scene.ask("A", "list")
    expect(status == 1 and "the catalog was lost" in text, text)
    status, text = scene.ask("A", "plan")
    expect(status == 3, text)
    scene.blank("C")
    refused_blank = scene.night("C", 9)
    expect(refused_blank[0] == 3 and BEHIND in refused_blank[1],
           refused_blank[1])
    refused(scene, "A", BEHIND)
    status, text = scene.ask("A", "catalog", "accept")
    expect(status == 0 and "accepted as it is" in text, text)
    status, text = scene.night("C", 3)
    expect(status == 0 and scene.versions("C") == {3}, text)
    expect("generation 3" in scene.ask("C", "disc")[1], "3 is not next")


def damaged(scene):
    """Junk in the midst of the file, or nothing but junk."""
    path = state(scene, "catalog.db")
    whole = content(path)
    for junk in (whole[:9000] + b"junk" * 999 + whole[12996:], b"",
                 b"junk" * 999):
        with open(path, "wb") as file:
            file.write(junk)
        refused(scene, "A", "until then nothing is written to a disc" if junk
                else BEHIND)
        scene.ask("A", "list")
        status, text = scene.ask("A", "verify")
        expect("disc A, generation 1" in text, text)
        if junk:
            rebuild(scene, "B")
            rebuild(scene, "A")
            expect(glob.glob(path + ".damaged-*"), "nothing is set aside")
        else:
            with open(path, "wb") as file:
                file.write(whole)
    good_night(scene, "A", 3)


def come_back(scene):
    """A rebuilt catalog equals the lost one."""
    good_night(scene, "A", 3)
    good_night(scene, "A", 4)
    status, text = scene.ask("A", "append", scene.tree)
    expect(status == 0, text)
    before = dump(scene)
    drop(scene, "catalog.db*")
    rebuild(scene, "A")
    rebuild(scene, "B")
    after = dump(scene)
    expect(before == after and before.count("session|") == 4,
           before + "---\n" + after)
    good_night(scene, "B", 5)


def no_room(scene):
    """The state directory is full, at every size; then there is room again."""
    kept = os.path.join(scene.path, "kept")
    keep(scene)
    ends = set()
    for size in range(88, 1600, 4 if ALL else 168):
        for disc in "AB":
            shutil.copy2(scene.disc(disc), scene.disc(disc) + ".kept")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k,mode=700",
                        "none", state(scene)], check=True)
        try:
            copied = subprocess.run(["cp", "-a", kept + "/.", state(scene)],
                                    stderr=subprocess.DEVNULL, check=False)
            if copied.returncode:
                continue
            status, text = scene.night("A", 3)
            ends.add(status)
            expect(status in STATUSES, f"{size}: {text}")
            scene.check(3 if status == 0 else 2)
            subprocess.run(["mount", "-o", "remount,size=9m", state(scene)],
                           check=True)
            if status != 0:
                scene.night("B", 4)
                scene.check(2)
                scene.adopt("A")
                good_night(scene, "A", 5)
        finally:
            subprocess.run(["umount", state(scene)], check=True)
        for disc in "AB":
            os.replace(scene.disc(disc) + ".kept", scene.disc(disc))
    expect(0 in ends and len(ends) > 1, f"exit statuses {ends}")


def read_only(scene):
    """Asking goes on, writing does not begin."""
    kept = os.path.join(scene.path, "kept")
    keep(scene)
    subprocess.run(["mount", "-t", "tmpfs", "none", state(scene)], check=True)
    try:
        subprocess.run(["cp", "-a", kept + "/.", state(scene)], check=True)
        os.chmod(state(scene), 0o700)
        subprocess.run(["mount", "-o", "remount,ro", state(scene)],
                       check=True)
        for command in (["list"], ["find", "version"], ["plan"]):
            status, text = scene.ask("A", *command)
            expect(status == 0, f"{command}: {text}")
        refused(scene, "A", "Read-only file system")
    finally:
        subprocess.run(["umount", state(scene)], check=True)
    good_night(scene, "A", 3)


def clocks(scene):
    """Generations order the nights, whatever the clock says."""
    clocks_at = (1900000000, 1899996400, 0, 1900000000, 1, 4200000000, 5)
    for version, clock in enumerate(clocks_at, 3):
        disc = "AB"[(version - 3) % 2]
        good_night(scene, disc, version, crash={"CLOCK_AT": str(clock)})
        expect(f"generation {version}" in scene.ask(disc, "disc")[1],
               f"version {version} is not generation {version}")


CASES = (copy_of_last_week, forgotten_verdict, machine_rolled_back,
         appended_elsewhere, lost, damaged, come_back, no_room, read_only,
         clocks)


def play(case, base, work):
    scene = base.copy(tempfile.mkdtemp(dir=work) + "/scene")
    try:
        case(scene)
        return None
    except (Broken, subprocess.SubprocessError) as error:
        return str(error)
    finally:
        shutil.rmtree(scene.path, ignore_errors=True)


def main():
    work = tempfile.mkdtemp(prefix="nbcatalog.")
    os.chmod(work, 0o755)
    media = MEDIA if ALL else MEDIA[:1]
    pairs = [(case, kind) for kind in media for case in CASES]
    print(f"1..{len(pairs)}")
    try:
        bases = {kind: two_nights(kind, work) for kind in media}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            errors = list(pool.map(
                lambda pair: play(pair[0], bases[pair[1]], work), pairs))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    for number, (error, (case, kind)) in enumerate(zip(errors, pairs), 1):
        print(f"{'not ' if error else ''}ok {number} - {kind}: "
              + case.__name__.replace("_", " "))
        for line in (error or "").splitlines():
            print("# " + line)
    return any(errors)


if __name__ == "__main__":
    sys.exit(main())
