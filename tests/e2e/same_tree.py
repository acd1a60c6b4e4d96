# SPDX-License-Identifier: GPL-2.0-or-later
"""same_tree.py A B: are both trees the same in all that a backup keeps?"""
import os
import stat
import sys


def xattrs(path):
    return {name: os.getxattr(path, name, follow_symlinks=False)
            for name in os.listxattr(path, follow_symlinks=False)}


def holes(path, size):
    found, at = [], 0
    with open(path, "rb") as f:
        while at < size:
            at = os.lseek(f.fileno(), at, os.SEEK_HOLE)
            if at >= size:
                break
            try:
                end = os.lseek(f.fileno(), at, os.SEEK_DATA)
            except OSError:
                end = size
            found.append((at, end))
            at = end
    return found


def describe(root):
    """Of each path: all but what no restore can give back (ctime, inode)."""
    nodes, groups = {}, {}
    paths = [b""]
    for top, dirs, files in os.walk(os.fsencode(root)):
        paths += [os.path.relpath(os.path.join(top, name),
                                  os.fsencode(root)) for name in dirs + files]
    for path in sorted(paths):
        full = os.path.join(os.fsencode(root), path) if path \
            else os.fsencode(root)
        st = os.lstat(full)
        node = [stat.S_IFMT(st.st_mode), stat.S_IMODE(st.st_mode), st.st_uid,
                st.st_gid, st.st_mtime_ns, xattrs(full)]
        if stat.S_ISLNK(st.st_mode):
            node.append(os.readlink(full))
        elif stat.S_ISREG(st.st_mode):
            with open(full, "rb") as f:
                node += [st.st_size, f.read(), holes(full, st.st_size)]
        elif stat.S_ISCHR(st.st_mode) or stat.S_ISBLK(st.st_mode):
            node.append(st.st_rdev)
        if not stat.S_ISDIR(st.st_mode) and st.st_nlink > 1:
            node.append(groups.setdefault((st.st_dev, st.st_ino), path))
        nodes[path] = node
    return nodes


def differences(a, b):
    a, b = describe(a), describe(b)
    told = []
    for path in sorted(a.keys() | b.keys()):
        if a.get(path) != b.get(path):
            told.append("%r: %.600r\n    is %.600r" % (path, a.get(path),
                                                     b.get(path)))
    return told


if __name__ == "__main__":
    found = differences(sys.argv[1], sys.argv[2])
    print("\n".join(found[:10]))
    sys.exit(1 if found else 0)
