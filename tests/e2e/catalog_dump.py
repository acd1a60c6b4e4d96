#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""All that a catalog says of what is on discs now, one row a line.

Left out is what discs cannot tell: what was on them before, the date of the
last verification, and the number of changes.  Numbers of rows differ from one
catalog to the next; what they refer to stands in their place.
"""
import sqlite3
import sys

HERE = ("from sessions s join parts p on p.session_id = s.id "
        "join backups b on b.id = p.backup_id where not s.gone")
QUERIES = (
    "select 'disc', id, pool, name, state, note, profile, capacity, cycles, "
    "named from discs where state = 'good' order by id",
    "select 'session', s.disc_id, s.number, s.start, s.blocks, "
    f"hex(s.checksum), s.written, p.backup_id, p.number {HERE} "
    "order by s.disc_id, s.number",
    f"select 'backup', b.* {HERE} order by b.id",
    "select 'source', * from sources where backup_id in "
    f"(select b.id {HERE}) order by backup_id, number",
    "select 'file', backup_id, hex(path), type, mode, uid, gid, mtime, size, "
    "hex(target), hex(sha256) from files where backup_id in "
    f"(select b.id {HERE}) order by backup_id, path",
    "select 'pool', name, generation from pools order by name",
)


def main():
    base = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    for query in QUERIES:
        for row in base.execute(query):
            print(*row, sep="|")


if __name__ == "__main__":
    main()
