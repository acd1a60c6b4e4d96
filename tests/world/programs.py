# SPDX-License-Identifier: GPL-2.0-or-later
"""PostgreSQL's programs for worlds: without Debian's wrappers, and with an
initdb that copies a cluster which initdb has made, since a drill makes one each
time."""
import glob
import os
import pwd
import re
import shutil
import subprocess

INITDB = """#!/bin/sh
for one; do
	case $one in
	--pgdata=*) data=${one#*=} ;;
	--username=postgres | --auth=trust | --encoding=UTF8 | --locale=C) ;;
	--no-sync) ;;
	*) data=; break ;;
	esac
done
[ -n "$data" ] || exec %(real)s/initdb "$@"
exec cp -a %(top)s/template "$data"
"""


def newest():
    """Where they are, as tests/pg_cluster.sh finds them."""
    found = glob.glob("/usr/lib/postgresql/*/bin")
    if os.environ.get("PG_BIN"):
        return os.environ["PG_BIN"]
    if found:
        return max(found, key=lambda path: [
            int(n) for n in re.findall(r"\d+", path)])
    return os.path.dirname(shutil.which("initdb"))


class Programs:
    """The directory BIN, and the cluster that is copied."""

    def __init__(self, top):
        self.real, self.top = newest(), top
        self.bin = os.path.join(top, "bin")
        os.mkdir(top)
        os.mkdir(self.bin)
        for name in os.listdir(self.real):
            if name != "initdb":
                os.symlink(os.path.join(self.real, name),
                           os.path.join(self.bin, name))
        path = os.path.join(self.bin, "initdb")
        with open(path, "w", encoding="utf-8") as f:
            f.write(INITDB % {"real": self.real, "top": top})
        for made in (top, self.bin, path):
            os.chmod(made, 0o755)
        self.make_template()

    def make_template(self):
        command = [os.path.join(self.real, "initdb"), "--username=postgres",
                   "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
                   "--pgdata=" + os.path.join(self.top, "template")]
        if os.geteuid() == 0:
            command[:0] = ["runuser", "-u", "postgres", "--"]
            user = pwd.getpwnam("postgres")
            os.chown(self.top, user.pw_uid, user.pw_gid)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                       cwd=self.top)
