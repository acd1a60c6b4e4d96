#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two hundred discs that are not nightburn's to write.

Other pools, other installations, audio, empty and odd images, raw data, discs
that look blank and are not, damaged labels, clones: on every medium that can
hold them.  run, blank and append must refuse each of them, and the trace of the
recorder must not have one BLANK, FORMAT UNIT or WRITE; the disc file stays as it
was, byte for byte.
"""
import concurrent.futures
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from scene import ALL, NIGHTBURN, VDRIVE, Scene

SGIO = os.path.join(os.environ["NB_TOP_SRCDIR"], "tests", "vdrive", "sgio.py")
OVERWRITABLE = ("dvd+rw", "dvd-ram", "bd-re")
SEQUENTIAL = ("cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd+r", "bd-r")
DESTRUCTIVE = {"a1", "04", "2a", "aa", "2e", "5b", "53", "5d"}
HEAD = 1024 * 1024  # where block 0 lies in a disc file


def shell(command, **more):
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   timeout=120, **more)


def new_disc(path, kind):
    shell([VDRIVE, "new", "--type", kind, "--capacity", "30000", path])


def burn(path, kind, image):
    """The image on the disc: as a session, or from block 0 on."""
    if kind in OVERWRITABLE:
        if kind != "dvd-ram":
            shell([VDRIVE, "--disc", path, "--", "python3", SGIO, "format "
                   + {"dvd+rw": "38", "bd-re": "49"}[kind] + " = good"])
        shell([VDRIVE, "--hurry", "--disc", path, "--", "dd", f"if={image}",
               "of=/dev/sr0", "bs=64k", "conv=notrunc,fsync"])
    else:
        shell([VDRIVE, "--hurry", "--disc", path, "--", "xorriso", "-as",
               "cdrecord", "dev=/dev/sr0", "-multi", "-data", "padsize=300k",
               image])


def put(path, lba, data):
    """Bytes on the disc, behind the back of every program."""
    with open(path, "r+b") as file:
        file.seek(HEAD + lba * 2048)
        file.write(data)


def image_file(work, name, content):
    path = os.path.join(work, name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def iso(work, name, files, *options):
    """An ISO 9660 image made by another program."""
    tree = os.path.join(work, name + ".tree")
    for path, content in files.items():
        os.makedirs(os.path.dirname(os.path.join(tree, path)) or tree,
                    exist_ok=True)
        with open(os.path.join(tree, path), "wb") as file:
            file.write(content)
    os.makedirs(tree, exist_ok=True)
    out = os.path.join(work, name + ".iso")
    shell(["genisoimage", "-quiet", "-R", "-J", *options, "-o", out, tree])
    return out


def ours(work, name, kind, pool="p"):
    """A disc that another installation of nightburn wrote."""
    scene = Scene(os.path.join(work, name))
    scene.make(kind)
    if kind.endswith("-r") or kind == "dvd+r":
        scene.rotation = "append"
    conf = scene.configure()
    if pool != "p":
        with open(conf, encoding="ascii") as file:
            text = file.read().replace('"p"', f'"{pool}"')
        with open(conf, "w", encoding="ascii") as file:
            file.write(text)
        scene.configure = lambda: conf
    status, text = scene.night("A", 1)
    if status:
        raise RuntimeError(text)
    return scene.disc("A")


def label_of(path):
    """Where the newest label's text lies in the disc file, and its length."""
    with open(path, "rb") as file:
        data = file.read()
    at = data.rindex(b'"disc_id"')
    begin = data.rindex(b"{", 0, at)
    return begin, data.index(b"}", at) + 1


def damage_label(path, seed):
    begin, end = label_of(path)
    with open(path, "r+b") as file:
        file.seek(seed.randrange(begin, end))
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1 << seed.randrange(8)]))


def audio(path):
    shell([VDRIVE, "--hurry", "--disc", path, "--", "python3", SGIO,
           "audio 0 310 = good", "sync = good", "close = good"])


def make(work, kind, what, seed):
    """A foreign disc; its path."""
    path = os.path.join(work, "foreign.disc")
    if what in ("other installation", "damaged label"):
        path = ours(work, "other", kind)
        if what == "damaged label":
            damage_label(path, seed)
        return path
    if what == "other pool":
        return ours(work, "other", kind, "elsewhere")
    new_disc(path, kind)
    if what == "audio":
        audio(path)
    elif what == "empty image":
        burn(path, kind, iso(work, "empty", {}))
    elif what == "same volume id":
        burn(path, kind, iso(work, "same", {"nightburn/readme": b"no label"},
                             "-V", "P_A_20261121"))
    elif what == "label without members":
        burn(path, kind, iso(work, "label", {"nightburn/label.json": b"{}"}))
    elif what == "UDF":
        burn(path, kind, iso(work, "udf", {"film": bytes(5000)}, "-udf"))
    elif what == "raw data":
        burn(path, kind, image_file(work, "raw", seed.randbytes(2048 * 700)))
    elif what == "a disk image":
        content = bytearray(2048 * 2000)
        content[1080:1082] = b"\x53\xef"  # ext4 (its superblock's magic)
        content[1024 * 1024:1024 * 1024 + 4096] = seed.randbytes(4096)
        burn(path, kind, image_file(work, "disk", content))
    elif what == "zeros, then data":
        burn(path, kind, image_file(work, "zeros", bytes(2048 * 400)))
        at = seed.choice((300, 390)) if kind not in OVERWRITABLE \
            else seed.choice((64, 257, 1000, 1087, 29980))
        put(path, at, seed.randbytes(4096))
    elif what == "zeros instead of the beginning":
        burn(path, kind, image_file(work, "lost", bytes(2048 * 64)
                                    + seed.randbytes(2048 * 25000)))
    else:
        raise ValueError(what)
    return path


def kinds_of(what):
    if what == "audio":
        return ("cd-r", "cd-rw")
    if what in ("zeros, then data", "zeros instead of the beginning"):
        return OVERWRITABLE
    return SEQUENTIAL + OVERWRITABLE


WHATS = ("other installation", "other pool", "damaged label", "audio",
         "empty image", "same volume id", "label without members", "UDF",
         "raw data", "a disk image", "zeros, then data", "zeros instead of the beginning")


def blocks_digest(path):
    """Without the heads, which count the times that a disc was put in."""
    with open(path, "rb") as file:
        file.seek(HEAD)
        return hashlib.sha256(file.read()).hexdigest()


def try_disc(base, work, number, what, kind):
    """None, or what nightburn did to the disc."""
    seed = random.Random(number)
    place = os.path.join(work, f"disc-{number}")
    os.makedirs(place)
    os.chmod(place, 0o755)
    try:
        path = make(place, kind, what, seed)
        scene = base.copy(os.path.join(place, "scene"))
        scene.save(9)
        conf = scene.configure()
        trace = os.path.join(place, "trace")
        before = blocks_digest(path)
        for command in (["run"], ["blank"], ["append", scene.tree]):
            done = subprocess.run(
                [VDRIVE, "--hurry", "--disc", path, "--trace", trace, "--",
                 NIGHTBURN, "-c", conf, *command], capture_output=True,
                text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
            if done.returncode != 3:
                return (f"{what} on {kind}: {command[0]} ends with "
                        f"{done.returncode}\n{done.stdout}{done.stderr}")
        with open(trace, encoding="ascii") as file:
            sent = {json.loads(line)["op"] for line in file}
        if sent & DESTRUCTIVE:
            return f"{what} on {kind}: {sorted(sent & DESTRUCTIVE)} was sent"
        if blocks_digest(path) != before:
            return f"{what} on {kind}: the disc changed"
        return None
    except Exception as error:  # told with the disc that it is about
        return f"{what} on {kind}: {error!r}"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main():
    work = tempfile.mkdtemp(prefix="nbforeign.")
    os.chmod(work, 0o755)
    pairs = [(what, kind) for what in WHATS for kind in kinds_of(what)]
    while ALL and len(pairs) < 200:
        pairs += [("damaged label", "dvd-ram"), ("zeros, then data", "bd-re"),
                  ("damaged label", "cd-rw"), ("zeros, then data", "dvd+rw"),
                  ("raw data", "dvd-rw")]
    failed = False
    print(f"1..{len(WHATS)}")
    try:
        base = Scene(os.path.join(work, "base"))
        base.make("cd-rw")
        base.night("A", 1)
        base.night("B", 2)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(
                lambda job: try_disc(base, work, job[0], *job[1]),
                enumerate(pairs)))
        for number, what in enumerate(WHATS, 1):
            of_it = [r for r, pair in zip(results, pairs) if pair[0] == what]
            broken = [text for text in of_it if text]
            failed |= bool(broken)
            print(f"{'not ok' if broken else 'ok'} {number} - {what}: "
                  f"{len(of_it)} discs are not written to")
            for text in broken:
                print("# " + text.replace("\n", "\n# "))
        print(f"# {len(pairs)} discs")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
