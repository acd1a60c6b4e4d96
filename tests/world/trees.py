# SPDX-License-Identifier: GPL-2.0-or-later
"""Trees of a world: made, changed from night to night, described, compared."""
import hashlib
import os
import shutil
import socket
import stat
import struct
import sys

sys.path.append(os.path.join(os.environ["NB_TOP_SRCDIR"], "tests", "e2e"))
from same_tree import xattrs  # noqa: E402

NAMES = [
    b"plain", b"with space", b"two\nlines", b"tab\there", b"back\\slash",
    b"quote'", b'double"', b"star*", b"-dash", b".hidden", b"per%cent%41",
    b"caf\xc3\xa9", b"cafe\xcc\x81", b"latin\xe9", b"\xff\xfe", b"A", b"a",
    "漢字の名前".encode(), "имя файла".encode(), b"\xe2\x80\xaertl", b"$HOME",
    b"semi;colon", b"trailing.", b"trailing ", b"con", b"x" * 255,
    "漢".encode() * 85, b"n" * 120, b"n" * 103 + b"1", b"n" * 103 + b"2",
    b"SHA256SUMS", b"manifest.json", b"RESTORE.txt",
]
TARGETS = [
    b"plain", b"../up", b"/", b"dir/", b"./", b"a//b", b"/absolute/path",
    b"missing", b"caf\xc3\xa9", b"\xff", b"c" * 255, b"/".join([b"d" * 90] * 9),
    b"e" * 256, b"/".join([b"f" * 200] * 12), b"sp ace", b"new\nline",
]
DATES = [0, 1, -1, -86400, 946684800, 1600000000, 2 ** 31 - 1, 2 ** 31,
         4102444800, 6000000000]
YEAR_2155 = 5838134400  # what is later has no exact date on the disc
NOBODY = 0xffffffff
SIZES = [0, 0, 1, 10, 2047, 2048, 2049, 4096, 100000, 1 << 20]

XATTRS = [
    # Version 2; user::rw-, user:1:r-x, group::r--, mask::rwx, other::---
    ("system.posix_acl_access", struct.pack(
        "<I" + "HHI" * 5, 2, 1, 6, NOBODY, 2, 5, 1, 4, 4, NOBODY, 0x10, 7,
        NOBODY, 0x20, 0, NOBODY)),
    # Revision 2: cap_net_bind_service=ep
    ("security.capability", struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0)),
    ("trusted.own", b"only root sees it"),
    ("user." + "n" * 240, b"long name"),
]


def is_root():
    return os.geteuid() == 0


class Tree:
    """A directory, and the means to change it."""

    def __init__(self, rnd, top):
        self.rnd, self.top = rnd, os.fsencode(top)
        self.dirs, self.files = [self.top], []
        os.mkdir(self.top)

    def free_name(self, directory):
        for _ in range(20):
            name = self.rnd.choice(NAMES)
            if self.rnd.random() < 0.5:
                name = b"f%d" % self.rnd.randrange(100000)
            path = os.path.join(directory, name)
            if not os.path.lexists(path):
                return path
        return os.path.join(directory, b"f%d" % self.rnd.getrandbits(60))

    def write(self, path, size):
        seed = self.rnd.getrandbits(64).to_bytes(8, "big")
        data = hashlib.shake_128(seed).digest(size) if size else b""
        with open(path, "wb") as f:
            f.write(data)
        self.files.append(path)

    def sparse(self, path):
        size = self.rnd.choice([1 << 20, (1 << 24) + 5, 3 << 22])
        with open(path, "wb") as f:
            f.truncate(size)
            for _ in range(self.rnd.randrange(3)):
                f.seek(self.rnd.randrange(size - 8))
                f.write(b"data")
        self.files.append(path)

    def special(self, path):
        kind = self.rnd.choice(["fifo", "socket", "char", "block"])
        if kind == "fifo":
            os.mkfifo(path)
        elif kind == "socket":
            if len(path) > 100:
                return
            with socket.socket(socket.AF_UNIX) as s:
                s.bind(os.fsdecode(path))
        elif is_root():
            mode = stat.S_IFCHR if kind == "char" else stat.S_IFBLK
            os.mknod(path, mode | 0o600, os.makedev(1, 3))

    def decorate(self, path):
        rnd = self.rnd
        link = os.path.islink(path)
        if is_root() and rnd.random() < 0.3:
            os.lchown(path, rnd.choice([0, 1, 65534, 123456]),
                      rnd.choice([0, 5, 70000]))
        if not link and rnd.random() < 0.4:
            modes = [0o644, 0o600, 0o755, 0o400, 0o444, 0o777]
            if is_root():
                modes += [0, 0o4755, 0o2755, 0o1777]
            mode = rnd.choice(modes)
            if os.path.isdir(path):
                mode |= 0o700
            os.chmod(path, mode)
        if not link and rnd.random() < 0.2 and os.access(path, os.W_OK):
            try:
                os.setxattr(path, "user." + rnd.choice(["a", "note", "é"]),
                            rnd.choice([b"", b"value", b"\0\xff" * 40,
                                        b"v" * 3000]))
            except OSError:
                pass
        if rnd.random() < 0.6:
            date = rnd.choice(DATES) * 10 ** 9 + rnd.choice([0, 1, 999999999])
            os.utime(path, ns=(date, date), follow_symlinks=False)

    def add(self):
        rnd = self.rnd
        directory = rnd.choice(self.dirs)
        path = self.free_name(directory)
        kind = rnd.random()
        if kind < 0.15:
            if path.count(b"/") > self.top.count(b"/") + 12:
                return
            os.mkdir(path)
            self.dirs.append(path)
        elif kind < 0.30:
            os.symlink(rnd.choice(TARGETS), path)
        elif kind < 0.36:
            self.special(path)
        elif kind < 0.42:
            self.sparse(path)
        elif kind < 0.50 and self.files:
            os.link(rnd.choice(self.files), path)
        else:
            self.write(path, rnd.choice(SIZES))
        if os.path.lexists(path):
            self.decorate(path)

    def grow(self, count):
        for _ in range(count):
            self.add()

    def many(self, count):
        path = os.path.join(self.top, b"many%d" % count)
        os.mkdir(path)
        for i in range(count):
            with open(os.path.join(path, b"file%d.php" % i), "wb") as f:
                f.write(b"%d" % (i % 9))

    def extra(self, more):
        """What the others never have; file systems need not know it."""
        for path in more.sample(self.files, min(3, len(self.files))):
            name, value = more.choice(XATTRS)
            try:
                os.setxattr(path, name, value)
            except OSError:
                pass
        # Packed, it does not fill the disc; packed or not, it takes minutes.
        if self.packed and os.environ.get("NB_TORTURE") \
                and more.random() < 0.03:
            with open(os.path.join(self.top, b"5 GiB"), "wb") as f:
                f.truncate(5 << 30)
                f.seek(more.randrange(5 << 30))
                f.write(b"data")

    def night(self):
        """Some files come, some go, some change."""
        self.grow(self.rnd.randrange(6))
        for path in self.rnd.sample(self.files, min(3, len(self.files))):
            if not os.path.lexists(path):
                continue
            if self.rnd.random() < 0.4:
                os.unlink(path)
                self.files.remove(path)
            else:
                os.chmod(path, 0o644)
                with open(path, "ab") as f:
                    f.write(b"one more line\n")

    def remove(self):
        shutil.rmtree(self.top)


def describe(top, without=None):
    """Of each path all that a backup keeps, but for this one at the top."""
    top = os.fsencode(top)
    nodes, groups = {}, {}
    paths = [b""]
    for where, dirs, files in os.walk(top):
        if where == top and without in dirs:
            dirs.remove(without)
        paths += [os.path.relpath(os.path.join(where, name), top)
                  for name in dirs + files]
    for path in sorted(paths):
        full = os.path.join(top, path) if path else top
        st = os.lstat(full)
        node = {"type": stat.S_IFMT(st.st_mode),
                "mode": stat.S_IMODE(st.st_mode), "uid": st.st_uid,
                "gid": st.st_gid, "mtime": st.st_mtime_ns,
                "xattrs": xattrs(full)}
        if stat.S_ISLNK(st.st_mode):
            node["target"] = os.readlink(full)
        elif stat.S_ISREG(st.st_mode):
            with open(full, "rb") as f:
                node["sha256"] = hashlib.file_digest(f, "sha256").hexdigest()
            node["size"] = st.st_size
        elif stat.S_ISCHR(st.st_mode) or stat.S_ISBLK(st.st_mode):
            node["rdev"] = st.st_rdev
        if not stat.S_ISDIR(st.st_mode) and st.st_nlink > 1:
            node["link"] = groups.setdefault((st.st_dev, st.st_ino), path)
        nodes[path] = node
    return nodes


def reduced(nodes):
    """What other readers bring back: by Rock Ridge, in whole seconds."""
    out = {}
    for path, node in nodes.items():
        node = dict(node)
        del node["xattrs"]
        if "target" not in node and not stat.S_ISREG(node["type"]) \
                and not stat.S_ISDIR(node["type"]):
            continue  # xorriso makes none
        target = node.get("target")
        if target is not None:
            if len(target) > 1023 or max(map(len, target.split(b"/"))) > 255:
                continue  # in the manifest alone
            node["target"] = target.rstrip(b"/") or b"/"
            # Nor owners and dates of links.
            for key in ("mtime", "mode", "uid", "gid"):
                del node[key]
        elif stat.S_ISDIR(node["type"]):
            del node["mtime"]
        else:
            seconds = node["mtime"] // 10 ** 9 or 1
            node["mtime"] = seconds if seconds < YEAR_2155 else None
        node.pop("link", None)
        out[path] = node
    return out


def differences(want, have, what):
    told = []
    for path in sorted(want.keys() | have.keys()):
        if want.get(path) != have.get(path):
            told.append("%s: %r: %.400r\n    is %.400r" % (
                what, path, want.get(path), have.get(path)))
    return told[:5]
