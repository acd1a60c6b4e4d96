# SPDX-License-Identifier: GPL-2.0-or-later
"""The ways back: each brings a backup of a world back, and compares it."""
import hashlib
import json
import os
import shutil

import databases
import trees


class Failed(Exception):
    """What came back is not what was there."""


class Ways:
    """Of a World."""

    def remove(self, path):
        self.command("chmod", "-R", "u+rwX", path)
        shutil.rmtree(path)

    def differ(self, told):
        if told:
            raise Failed("\n".join(told))

    def back_by_nightburn(self, backup, truth):
        to = self.work + "/back"
        self.nightburn("restore", "--to", to, "-j", truth["job"]["name"],
                       backup)
        for name, nodes in truth["trees"].items():
            top = to + "/tree/" + name
            busy = truth["busy"][name]
            self.differ(trees.differences(nodes, trees.describe(top, busy),
                                          "nightburn, tree " + name))
            if busy:
                self.grew(truth["job"], name, os.fsencode(top))
        self.remove(to)
        for source, (name, seen) in truth["databases"].items():
            self.target.clean(self.roles(truth["job"]))
            self.nightburn("restore", "--into", name, "--source", source,
                           "-j", truth["job"]["name"], "--conninfo",
                           "host=%s user=postgres" % self.target.host,
                           *["--with-globals"] * truth["job"]["globals"],
                           backup)
            self.compare_database(name, seen, "nightburn")

    def roles(self, job):
        """What has to be there before; the backup may have them."""
        return [] if job["globals"] else databases.ROLES

    def compare_database(self, name, seen, who):
        have = self.target.describe(name)
        if have == seen:
            return
        told = []
        for key in seen.keys() | have.keys():
            if seen.get(key) == have.get(key):
                continue
            if key == "schema" and have.get(key):
                told += ["- %r" % x for x in seen[key] if x not in have[key]]
                told += ["+ %r" % x for x in have[key] if x not in seen[key]]
            else:
                told.append("%s: %.200r is %.200r" % (key, seen.get(key),
                                                      have.get(key)))
        raise Failed("%s, database %s:\n%s" % (who, name, "\n".join(told)))

    def extract(self, job, disc, paths=("/",)):
        whole = self.work + "/whole"
        options, address = job["drives"].reader(disc)
        each = [("-extract", path, whole + path.rstrip("/")) for path in paths]
        self.command(*self.vdrive(options), "xorriso", "-osirrox", "on",
                     "-indev", address, *sum(each, ()))
        self.command("chmod", "-R", "u+rwX", whole)
        return whole

    def back_by_script(self, backup, truth, whole):
        to = self.work + "/script"
        self.command("sh", whole + "/restore.sh", "--backup", backup, "--to",
                     to)
        if not truth["databases"]:
            self.remove(to)
            return
        self.remove(to)
        self.target.clean(self.roles(truth["job"]))
        env = dict(self.env, PGHOST=self.target.host)
        self.command("sh", whole + "/restore.sh", "--backup", backup, env=env)
        for name, seen in truth["databases"].values():
            self.compare_database(name, seen, "restore.sh")

    def intact(self, backup, whole):
        """{name: entry} of its manifest; the files have these hashes."""
        path = whole + "/nightburn/%s/manifest.json" % backup
        if not os.path.exists(path):
            path = whole + "/nightburn/manifest.json"
        with open(path, encoding="utf-8") as f:
            manifest = json.load(f)
        if manifest["backup_id"] != backup:
            raise Failed(path + ": of another backup")
        found = {}
        for entry in manifest["files"]:
            if "archive" in entry or "archive_hex" in entry:
                continue
            name = bytes.fromhex(entry["path_hex"]) if "path_hex" in entry \
                else entry["path"].encode()
            full = os.path.join(os.fsencode(whole), name)
            # The disc's own files are those of the newest session.
            if entry["type"] == "file" and name.startswith(
                    backup.encode() + b"/"):
                with open(full, "rb") as f:
                    if hashlib.file_digest(f, "sha256").hexdigest() \
                            != entry["sha256"]:
                        raise Failed("%r: another hash" % name)
            found[name] = entry
        return found

    def back_by_manifest(self, backup, truth, whole):
        found = self.intact(backup, whole)
        for name, nodes in truth["trees"].items():
            top = ("%s/tree/%s" % (backup, name)).encode()
            if not any(n == top or n.startswith(top + b"/") for n in found):
                continue  # packed
            have = trees.reduced(trees.describe(os.path.join(
                os.fsencode(whole), top), truth["busy"][name]))
            want = trees.reduced(nodes)
            for node in list(want.values()) + list(have.values()):
                node.pop("mode", None)  # chmod
                if not trees.is_root():
                    node.pop("uid", None)
            self.differ(trees.differences(want, have, "xorriso, " + name))
            for path, node in nodes.items():
                entry = found[top + b"/" + path if path else top]
                date = entry["mtime"] * 10 ** 9 + entry.get("mtime_ns", 0)
                if (int(entry["mode"], 8), date) != (node["mode"],
                                                     node["mtime"]):
                    raise Failed("manifest: %r: %r" % (path, entry))
