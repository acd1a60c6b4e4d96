# SPDX-License-Identifier: GPL-2.0-or-later
"""What a failing power leaves of files: each as it was at its last fsync, each
directory with the names that it had at its own.  What was there when it began
is taken as stable."""
import os
import shutil

ROOTS = ("state", "staging")


class Stable:
    """The stable state of a scene's directories, by inode."""

    def __init__(self, scene):
        self.scene = scene
        self.nodes = {}    # inode: (mode, content or {name: inode})
        self.kept = os.path.join(scene.path, "kept")
        os.mkdir(self.kept)
        self.roots = {name: self.look(os.path.join(scene.path, name))
                      for name in ROOTS}

    def look(self, path):
        """Notes what is at a path; its inode."""
        status = os.lstat(path)
        if os.path.isdir(path):
            content = {name: self.look(os.path.join(path, name))
                       for name in os.listdir(path)}
        else:
            with open(path, "rb") as file:
                content = file.read()
        self.nodes[status.st_ino] = (status.st_mode & 0o7777, content)
        return status.st_ino

    def replay(self):
        """Everything that was brought to stable storage, in its order."""
        for name in sorted(os.listdir(self.kept)):
            _, kind, inode, mode = name.split("-")
            with open(os.path.join(self.kept, name), "rb") as file:
                content = file.read()
            if kind == "d":
                content = self.listing(content)
            self.nodes[int(inode)] = (int(mode, 8), content)

    def listing(self, text):
        """A directory's names.  What stable storage has not seen is empty."""
        names = {}
        for line in text.splitlines():
            kind, inode, mode, name = line.split(b" ", 3)
            names[os.fsdecode(name)] = int(inode)
            self.nodes.setdefault(int(inode), (
                int(mode, 8), {} if kind == b"d" else b""))
        return names

    def write(self, path, inode):
        mode, content = self.nodes[inode]
        if isinstance(content, dict):
            os.mkdir(path)
            for name, child in content.items():
                self.write(os.path.join(path, name), child)
        else:
            with open(path, "wb") as file:
                file.write(content)
        os.chmod(path, mode)

    def lose(self):
        """The power fails: all else is gone."""
        self.replay()
        for name, inode in self.roots.items():
            path = os.path.join(self.scene.path, name)
            shutil.rmtree(path)
            self.write(path, inode)
        shutil.rmtree(self.kept)
