#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times nightburn against others, in turn, in the same run.

Prints a table of medians and of ratios (nightburn divided by the other, pair
by pair); seconds are for scale only.  NB_BENCH_MIB, NB_BENCH_FILES and
NB_BENCH_ROUNDS change the sizes, NB_BENCH_MANY the numbers of empty files;
NB_BENCH_ONLY=many times that part alone.
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.environ["NB_TOP_SRCDIR"]
BUILD = os.environ["NB_TOP_BUILDDIR"]
MIB = int(os.environ.get("NB_BENCH_MIB", "4096"))
FILES = int(os.environ.get("NB_BENCH_FILES", "100000"))
ROUNDS = int(os.environ.get("NB_BENCH_ROUNDS", "3"))
MANY = [int(n) for n in
        os.environ.get("NB_BENCH_MANY", "100000 1000000").split()]
ONLY = os.environ.get("NB_BENCH_ONLY", "")
NIGHTBURN = os.path.join(BUILD, "nightburn")


def run(command, env=None):
    """Wall seconds and peak resident MiB of a shell command."""
    began = time.monotonic()
    child = subprocess.Popen(["bash", "-ec", command], env=env,
                             stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"bench: exit status {child.returncode}: {command}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def compare(title, ours, others, before=lambda: None, name="nightburn"):
    """Runs OURS and each of OTHERS in turn, ROUNDS times after a warm-up."""
    first = name
    names = [first] + list(others)
    commands = {first: ours, **others}
    results = {name: [] for name in names}
    for turn in range(ROUNDS + 1):
        for name in names:
            before()
            result = run(commands[name])
            if turn:
                results[name].append(result)
    print(f"\n{title}\n\n| | wall s | RSS MiB | ratio of {first} to it |")
    print("|---|---|---|---|")
    for name in names:
        walls = [wall for wall, _ in results[name]]
        ratio = statistics.median(
            mine / wall for (mine, _), wall
            in zip(results[first], walls))
        rss = max(peak for _, peak in results[name])
        print(f"| {name} | {statistics.median(walls):.2f} | {rss:.0f} | "
              + ("" if name == first else f"{ratio:.2f}") + " |",
              flush=True)


def configuration(work, job, discs=("A", "B")):
    path = os.path.join(work, "nb.conf")
    with open(path, "w", encoding="utf-8") as conf:
        conf.write(f'state_dir = "{work}/state"\n'
                   f'staging_dir = "{work}/staging"\n'
                   f'drive "d" {{ device = "stdio:{work}/drive" }}\n'
                   f'pool "p" {{ discs = {{ "{discs[0]}", "{discs[1]}" }} '
                   'drives = { "d" } }\n'
                   f'job "j" {{ pool = "p" {job} }}\n')
    os.chmod(path, 0o600)
    return path


def bench_large(work):
    tree = os.path.join(work, "large")
    os.mkdir(tree)
    piece = os.urandom(1 << 20)
    with open(os.path.join(tree, "file"), "wb") as out:
        for _ in range(MIB):
            out.write(piece)
    conf = configuration(work, f'tree "t" {{ path = "{tree}" }}')
    iso = "xorriso -as mkisofs -quiet -r -J"
    compare(f"Image of one file of {MIB} MiB, to a pipe that is thrown away",
            f"exec {NIGHTBURN} -q -c {conf} image - >/dev/null", {
                "xorriso, no hash":
                f"exec {iso} -iso-level 3 {tree} >/dev/null",
                "xorriso --md5":
                f"exec {iso} --md5 -iso-level 3 {tree} >/dev/null",
                "genisoimage, no hash":
                f"exec genisoimage -quiet -r -J -allow-limited-size {tree} "
                ">/dev/null",
                "cat": f"exec cat {tree}/file >/dev/null",
            })
    shutil.rmtree(tree)


def bench_small(work):
    tree = os.path.join(work, "small")
    for number in range(FILES):
        folder = os.path.join(tree, f"{number // 1000:04d}")
        if number % 1000 == 0:
            os.makedirs(folder)
        with open(os.path.join(folder, f"{number:07d}.dat"), "wb") as out:
            out.write(b"%07d" % number * 600)
    conf = configuration(work, f'tree "t" {{ path = "{tree}" }}')
    iso = "xorriso -as mkisofs -quiet -r -J"
    compare(f"Image of {FILES} files of 4.2 kB",
            f"exec {NIGHTBURN} -q -c {conf} image - >/dev/null", {
                "xorriso, no hash": f"exec {iso} {tree} >/dev/null",
                "xorriso --md5": f"exec {iso} --md5 {tree} >/dev/null",
                "genisoimage, no hash":
                f"exec genisoimage -quiet -r -J {tree} >/dev/null",
            })
    shutil.rmtree(tree)


def many_files(tree, count):
    for number in range(count):
        folder = os.path.join(tree, f"{number // 1000:04d}")
        if number % 1000 == 0:
            os.makedirs(folder)
        with open(os.path.join(folder, f"{number:07d}.dat"), "wb"):
            pass


def bench_many(work):
    """Memory: what a file costs that has nothing but a name."""
    print("\nEmpty files: memory at its peak, once each\n\n| files | | wall s "
          "| RSS MiB | KiB a file | RSS, ratio to xorriso |\n"
          "|---|---|---|---|---|---|")
    for count in MANY:
        tree = os.path.join(work, "many")
        many_files(tree, count)
        conf = configuration(work, f'tree "t" {{ path = "{tree}" }}')
        for name in ("state", "staging"):
            shutil.rmtree(os.path.join(work, name), ignore_errors=True)
        open(os.path.join(work, "drive"), "wb").close()
        commands = {
            "xorriso, an image": f"exec xorriso -as mkisofs -quiet -r -J {tree}"
                                 " >/dev/null",
            "nightburn image": f"exec {NIGHTBURN} -q -c {conf} image - "
                               ">/dev/null",
            "nightburn run": f"exec {NIGHTBURN} -q -c {conf} run",
            "nightburn verify": f"exec {NIGHTBURN} -q -c {conf} verify",
        }
        theirs = 0
        for name, command in commands.items():
            wall, rss = run(command)
            theirs = theirs or rss
            print(f"| {count} | {name} | {wall:.1f} | {rss:.0f} | "
                  f"{rss * 1024 / count:.2f} | {rss / theirs:.2f} |",
                  flush=True)
        shutil.rmtree(tree)


def tree_bytes(top, part=""):
    return sum(os.path.getsize(os.path.join(folder, name))
               for folder, _, names in os.walk(top) if part in folder
               for name in names)


def bench_night(work):
    cluster = os.path.join(work, "pg")
    helper = os.path.join(TOP, "tests", "pg_cluster.sh")
    subprocess.run(["bash", helper, "start", cluster], check=True)
    try:
        host = os.path.join(cluster, "socket")
        os.environ.update(PGHOST=host, PGUSER="postgres")
        run("createdb shop && pgbench -q -i -s 30 shop")
        conf = configuration(work, 'postgres "shop" { run_as = "postgres" '
                             f'conninfo = "host={host}" format = directory '
                             'jobs = 2 compress = "gzip:1" }')
        state = {"turn": 0}

        def fresh():
            state["turn"] += 1
            for name in ("disc", "drive", "old.dump", "old.iso"):
                path = os.path.join(work, name)
                if os.path.exists(path):
                    os.unlink(path)
            for name in ("state", "staging"):
                shutil.rmtree(os.path.join(work, name), ignore_errors=True)
            open(os.path.join(work, "drive"), "wb").close()

        compare("The whole night: pgbench at scale 30 to a file as disc",
                f"exec {NIGHTBURN} -q -c {conf} run", {
                    "pg_dump, mkisofs, burn; nothing read back":
                    f"pg_dump shop > {work}/old.dump; "
                    f"xorriso -as mkisofs -quiet -r -J -o {work}/old.iso "
                    f"{work}/old.dump; "
                    f"xorriso -as cdrecord dev=stdio:{work}/disc "
                    f"{work}/old.iso",
                }, fresh)
        fresh()
        os.unlink(os.path.join(work, "drive"))
        subprocess.run([NIGHTBURN, "-q", "-c", conf, "run"], check=False,
                       stderr=subprocess.DEVNULL)
        staged = tree_bytes(os.path.join(work, "staging"))
        dumps = tree_bytes(os.path.join(work, "staging"), "/postgres")
        print(f"\nStaging while the disc is awaited: {staged} bytes, "
              f"{staged / dumps:.3f} of the dump")
    finally:
        subprocess.run(["bash", helper, "stop", cluster], check=True)


def bench_vdrive(work):
    engine = os.path.join(BUILD, "tests", "bench", "vdrive")
    vdrive = os.path.join(BUILD, "vdrive")
    disc = os.path.join(work, "a.disc")
    source = os.path.join(work, "source")
    blocks = MIB // 2 * 512
    with open(source, "wb") as out:
        for _ in range(MIB // 2):
            out.write(os.urandom(1 << 20))

    def fresh():
        for path in (disc, os.path.join(work, "copy")):
            if os.path.exists(path):
                os.unlink(path)
        subprocess.run([vdrive, "new", "--type", "dvd-ram", "--capacity",
                        str(blocks + 1024), disc], check=True)

    compare(f"vdrive: {MIB // 2} MiB to a disc file",
            f"exec {engine} write {disc} {source}", {
                "cp": f"exec cp {source} {work}/copy",
                "dd in vdrive, to /dev/sr0":
                f"exec {vdrive} --disc {disc} -- dd if={source} of=/dev/sr0 "
                "bs=64k conv=notrunc",
            }, fresh, "the engine")
    fresh()
    print("\nvdrive: microseconds a command\n")
    for line in subprocess.run([engine, "commands", disc], check=True,
                               capture_output=True,
                               text=True).stdout.splitlines():
        print("    " + line)
    os.unlink(source)


def main():
    work = tempfile.mkdtemp(prefix="nbbench.",
                            dir=os.environ.get("TMPDIR", "/tmp"))
    os.chmod(work, 0o755)
    newest = sorted(os.listdir("/usr/lib/postgresql"), key=float)[-1]
    os.environ["PATH"] = (f"/usr/lib/postgresql/{newest}/bin:"
                          + os.environ["PATH"])
    try:
        open(os.path.join(work, "drive"), "wb").close()
        print(f"{os.cpu_count()} processors, {ROUNDS} rounds, medians")
        for bench in (bench_large, bench_small, bench_many, bench_night,
                      bench_vdrive):
            if ONLY in bench.__name__:
                bench(work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


main()
