#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Generated trees, burned and restored, come back as they were: names of any
bytes, depths, links, extended attributes, ACLs, capabilities, sparse files,
devices, fifos, sockets, dates.  Each tree is burned, changed here and there,
burned again after the first, and both are restored and compared with what
they were.  A sample in make check, 10,000 in make torture."""
import os
import random
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["NB_TOP_SRCDIR"], "tests", "e2e"))
import same_tree  # noqa: E402

NIGHTBURN = os.path.join(os.environ["NB_TOP_BUILDDIR"], "nightburn")
TORTURE = "NB_TORTURE" in os.environ
TREES, BATCH = (10000, 200) if TORTURE else (90, 30)
NOBODY = 0xffffffff


def name(r):
    kind = r.randrange(4)
    n = r.choice((1, 2, 3, 8, 20, 64, 200, 255))
    if kind == 0:
        raw = bytes(r.choice(b"abcXYZ019._- ") for _ in range(n))
    elif kind == 1:
        raw = "".join(r.choice("\u00e4\u65e5\u672c\U0001f4bfa")
                      for _ in range(n)).encode()[:252]
    else:
        raw = bytes(r.randrange(1, 256) for _ in range(n))
    raw = raw.replace(b"/", b"_")
    return b"x" + raw[:254] if raw in (b".", b"..", b"") else raw


def acl(r, default):
    def one(tag, perm, who=NOBODY):
        return struct.pack("<HHI", tag, perm, who)
    users = sorted(r.sample(range(1, 70000), r.randrange(1, 4)))
    groups = sorted(r.sample(range(1, 70000), r.randrange(0, 3)))
    p = lambda: r.randrange(8)  # noqa: E731
    return struct.pack("<I", 2) + b"".join(
        [one(1, p())] + [one(2, p(), u) for u in users] + [one(4, p())]
        + [one(8, p(), g) for g in groups] + [one(0x10, p()), one(0x20, p())])


def dress(r, path, node):
    """Owner, mode, attributes and date, in the order that keeps them."""
    link = os.path.islink(path)
    if not r.randrange(3):
        os.lchown(path, r.randrange(1 << 31), r.randrange(1 << 31))
    for _ in range(r.choice((0, 0, 0, 1, 3))):
        space = "trusted." if link or node else r.choice(
            ("user.", "trusted.", "security."))
        key = space + "".join(r.choice("abc.xyz") for _ in range(9))
        os.setxattr(path, key, r.randbytes(r.choice((0, 1, 40, 700))),
                    follow_symlinks=False)
    if not link:
        os.chmod(path, r.choice((0o644, 0o755, r.randrange(0o10000))))
        if not node and not r.randrange(5):
            os.setxattr(path, "system.posix_acl_access", acl(r, False))
            if os.path.isdir(path):
                os.setxattr(path, "system.posix_acl_default", acl(r, True))
    when = r.randrange(1 << 31) * 10**9 + r.choice((0, r.randrange(10**9)))
    os.utime(path, ns=(when, when), follow_symlinks=False)


def fill(r, path):
    if not r.randrange(6):
        with open(path, "wb") as f:
            for _ in range(r.randrange(4)):
                f.seek(r.randrange(40) * 4096, 1)
                f.write(r.randbytes(r.randrange(1, 9000)))
            f.truncate(f.tell() + r.choice((0, 0, 50000)))
        return
    with open(path, "wb") as f:
        f.write(r.randbytes(r.choice((0, 1, 2047, 2048, 2049, 9000))))


def make_node(r, top, path, files):
    kind = r.randrange(12)
    if kind == 0:
        os.symlink(name(r) if r.randrange(2) else b"../" + name(r), path)
    elif kind == 1 and files:
        os.link(r.choice(files), path, follow_symlinks=False)
        return
    elif kind == 2:
        os.mkfifo(path)
    elif kind == 3:
        os.mknod(path, 0o600 | r.choice((stat.S_IFCHR, stat.S_IFBLK)),
                 os.makedev(r.randrange(1 << 12), r.randrange(1 << 20)))
    elif kind == 4:
        os.mknod(path, 0o600 | stat.S_IFSOCK)
    else:
        fill(r, path)
        if not r.randrange(8):
            os.setxattr(path, "security.capability",
                        struct.pack("<5I", 0x02000001, 0x400, 0, 0, 0))
    files.append(path)


def make_tree(r, top):
    os.mkdir(top)
    dirs, files = [top], []
    for _ in range(r.randrange(1, 12)):
        path = os.path.join(r.choice(dirs), name(r))
        if os.path.lexists(path):
            continue
        if not r.randrange(3):
            os.mkdir(path)
            dirs.append(path)
        else:
            make_node(r, top, path, files)
    for path in files:
        mode = os.lstat(path).st_mode
        dress(r, path, not stat.S_ISREG(mode) and not stat.S_ISDIR(mode))
    for path in reversed(dirs):
        dress(r, path, False)


def change(r, top):
    """Some of it: content, an attribute, a name, something new or gone."""
    for here, dirs, files in os.walk(top):
        for one in files:
            path = os.path.join(here, one)
            what = r.randrange(12)
            if what == 0:
                os.unlink(path)
            elif what == 1 and stat.S_ISREG(os.lstat(path).st_mode):
                fill(r, path)
            elif what == 2:
                dress(r, path, not stat.S_ISREG(os.lstat(path).st_mode))
            elif what == 3 and len(one) < 250:
                os.rename(path, path + b".new")


class Batch:
    def __init__(self, work, first):
        self.work, self.first = work, first
        self.tree = os.path.join(work, "tree")
        os.mkdir(self.tree)
        with open(os.path.join(work, "disc"), "wb"):
            pass
        self.conf = os.path.join(work, "nb.conf")
        with open(self.conf, "w", encoding="ascii") as f:
            f.write("""state_dir = "%s/state"
staging_dir = "%s/staging"
drive "d" { device = "stdio:%s/disc" }
pool "p" { discs = { "A", "B" } drives = { "d" } rotation = append }
job "j" { pool = "p" tree "t" { path = "%s"  %s } }
""" % (work, work, work, self.tree,
       ("copy_newer = 0", "copy_newer = 1m", "pack = tar.zst")
       [first // BATCH % 3]))
        os.chmod(self.conf, 0o600)

    def run(self, *words):
        done = subprocess.run([NIGHTBURN, "-c", self.conf, *words],
                              stdin=subprocess.DEVNULL, timeout=300,
                              capture_output=True, text=True, check=False,
                              errors="replace")
        if done.returncode:
            raise RuntimeError("%s: exit status %d\n%s" % (
                " ".join(words), done.returncode, done.stderr[:4000]))

    def compare(self, which, wanted):
        back = os.path.join(self.work, "back" + which)
        self.run("restore", "--to", back, which)
        found = same_tree.describe(os.path.join(back, "tree", "t"))
        for path in sorted(wanted.keys() | found.keys()):
            if wanted.get(path) != found.get(path):
                pairs = zip(wanted.get(path, ["nothing"]),
                            found.get(path, ["nothing"]))
                raise RuntimeError("trees from %d, night %s: %r: %s" % (
                    self.first, which, path, ["%.300r, is %.300r" % both
                                              for both in pairs
                                              if both[0] != both[1]]))
        shutil.rmtree(back)

    def test(self, count):
        for i in range(count):
            make_tree(random.Random(self.first + i),
                      os.path.join(os.fsencode(self.tree), b"%d" % i))
        before = same_tree.describe(self.tree)
        self.run("run")
        for i in range(count):
            change(random.Random(-self.first - i),
                   os.path.join(os.fsencode(self.tree), b"%d" % i))
        after = same_tree.describe(self.tree)
        self.run("run")
        self.compare("1", before)
        self.compare("2", after)
        return len(before) + len(after)


def main():
    nodes = 0
    for first in range(0, TREES, BATCH):
        with tempfile.TemporaryDirectory(prefix="nbtrees.") as work:
            if TORTURE:
                print("# trees from %d" % first, flush=True)
            try:
                nodes += Batch(work, first).test(BATCH)
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                print("not ok 1 - generated trees come back as they were")
                print("\n".join("# " + line
                                for line in str(error).splitlines()))
                print("1..1")
                return 1
    print("ok 1 - %d generated trees, each before and after changes, come "
          "back as they were (%d nodes)" % (TREES, nodes))
    print("1..1")
    return 0


if __name__ == "__main__":
    sys.exit(main())
