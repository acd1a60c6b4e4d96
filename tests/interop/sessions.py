#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Three nights on one disc, and the bytes of the sessions.

Kernels bound Rock Ridge by the volume space size of the session that they
mount (ECMA-119 8.4.8): on media with real sessions it has to reach to the end
of its session, in both byte orders, in the primary and in the Joliet
descriptor.  On overwritable media each header counts its own blocks, because
readers find the next one by that.  Another program has to list all sessions and
to load each of them.
"""
import concurrent.futures
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = os.environ["NB_TOP_SRCDIR"]
sys.path.insert(0, os.path.join(TOP, "tests", "fault"))
from scene import DEADLINE, VDRIVE, Scene  # found by the line above

REAL = ("cd-rw", "dvd-rw")
# What a recorder adds to a session: run-out blocks, the rest of an ECC block.
PADDING = {"cd-rw": 2, "dvd-rw": 15}
OVERWRITABLE = ("dvd+rw", "dvd-ram", "bd-re")
BLOCK = 2048
NIGHTS = 3


class Wrong(Exception):
    """What stands on the disc is not what should."""


def program(*command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False,
                          capture_output=True, text=True, timeout=DEADLINE)


def volume_sizes(image, start):
    """{descriptor: volume space size} of the session at START."""
    found = {}
    for lba in range(start + 16, start + 32):
        image.seek(lba * BLOCK)
        block = image.read(BLOCK)
        if block[1:6] != b"CD001" or block[0] == 255:
            break
        little, = struct.unpack("<I", block[80:84])
        big, = struct.unpack(">I", block[84:88])
        if little != big:
            raise Wrong(f"session at {start}: sizes {little} and {big}")
        if block[0] in (1, 2):
            found[block[0]] = little
    if set(found) != {1, 2}:
        raise Wrong(f"session at {start}: descriptors {sorted(found)}")
    return found


def sessions(scene):
    """(start, blocks) of each session, as xorriso lists them."""
    text = program(VDRIVE, "--hurry", "--disc", scene.disc("A"), "--",
                   "xorriso", "-outdev", "/dev/sr0", "-toc").stdout
    return [(int(start), int(size)) for start, size in re.findall(
        r"^ISO session *: *\d+ , *(\d+) , *(\d+)s", text, re.M)]


def load(scene, where, device):
    """The versions in the session WHERE, and the last block of its files."""
    out = os.path.join(scene.path, "loaded")
    done = program(*device, "xorriso", "-abort_on", "FATAL", "-osirrox", "on",
                   "-load", *where, "-indev",
                   "/dev/sr0" if device else "stdio:" + scene.path + "/whole",
                   "-find", "/", "-type", "f", "-exec", "report_lba", "--",
                   "-extract", "/", out)
    ends = [int(lba) + int(count) for lba, count in re.findall(
        r"^File data lba: *\d+ , *(\d+) , *(\d+) ,", done.stdout, re.M)]
    versions = []
    for folder, _, names in os.walk(out):
        if "version" in names:
            with open(os.path.join(folder, "version"), "rb") as file:
                content = file.read()
            version = content.split(b"\n", 1)[0]
            if content != (version + b"\n") * 2000:
                raise Wrong(f"{where}: version {version} is damaged")
            versions.append(int(version))
    subprocess.run(["chmod", "-R", "u+w", out], check=False)
    shutil.rmtree(out, ignore_errors=True)
    return sorted(versions), max(ends, default=0)


def expect(what, have, want):
    if have != want:
        raise Wrong(f"{what}: {have}, not {want}")


def check_loading(scene, found):
    """Each session has the nights up to its own; the last block of each."""
    device = (VDRIVE, "--hurry", "--disc", scene.disc("A"), "--")
    ends = []
    for number, (start, _) in enumerate(found, 1):
        nights = list(range(1, number + 1))
        have, end = load(scene, ("session", str(number)), device)
        expect(f"session {number} on the recorder", have, nights)
        have, _ = load(scene, ("sbsector", str(start)), ())
        expect(f"session {number} in the image", have, nights)
        ends.append(end)
    return ends


def play(work, kind):
    scene = Scene(os.path.join(work, kind))
    scene.make(kind)
    for version in range(1, NIGHTS + 1):
        status, text = scene.night("A", version)
        if status:
            raise Wrong(f"night {version}: {text}")
    found = sessions(scene)
    expect("sessions", len(found), NIGHTS)
    whole = os.path.join(scene.path, "whole")
    program(VDRIVE, "export", "--disc", scene.disc("A"), whole)
    ends = check_loading(scene, found)
    padding = PADDING.get(kind, 0)
    with open(whole, "rb") as image:
        for (start, blocks), end in zip(found, ends):
            for number, size in volume_sizes(image, start).items():
                reach = size if kind in REAL else start + size
                name = f"session at {start}, descriptor {number}: the volume"
                if not 0 <= start + blocks - reach <= padding:
                    raise Wrong(f"{name} ends at {reach}, the session at "
                                f"{start + blocks}")
                if not end or reach < end:
                    raise Wrong(f"{name} ends at {reach}, the files at {end}")
        if kind in OVERWRITABLE:
            start, blocks = found[-1]
            for size in volume_sizes(image, 0).values():
                expect("the whole volume", size, start + blocks)
    return f"{NIGHTS} sessions at {', '.join(str(s) for s, _ in found)}"


def main():
    work = tempfile.mkdtemp(prefix="nbsessions.")
    os.chmod(work, 0o755)
    kinds = REAL + OVERWRITABLE
    failed = False
    print(f"1..{len(kinds)}")
    try:
        with concurrent.futures.ThreadPoolExecutor(len(kinds)) as pool:
            jobs = [pool.submit(play, work, kind) for kind in kinds]
        for number, (kind, job) in enumerate(zip(kinds, jobs), 1):
            broken = job.exception()
            failed |= bool(broken)
            print(f"{'not ok' if broken else 'ok'} {number} - {kind}: each "
                  "session is as long as it says, and can be loaded")
            print("# " + (repr(broken) if broken else job.result()))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
