#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The seal of a catalog, made from its rows by another program than the one
that wrote it: ARCHITECTURE.md, "The seal".

Prints "VERSION SUM" as they stand in the catalog, and "2 SUM" as it has to be.
"""
import hashlib
import sqlite3
import struct
import sys

COLUMNS = {
    "pools": "name generation sequence",
    "discs": "id pool name state note profile capacity verified cycles named",
    "sessions": "id disc_id number start blocks checksum written gone",
    "backups": "id pool job host generation created bytes files",
    "parts": "backup_id number session_id",
    "sources": "backup_id number kind name database format path compression "
               "server_version bytes stored",
    "checks": "backup_id disc_id date state bad",
    "holdings": "backup_id number files tables rows form mount",
    "shrinks": "backup_id number kind name what previous present mount",
    "remarks": "disc_id remark",
}
KEYS = {"pools": 1, "discs": 1, "sessions": 1, "backups": 1, "parts": 3,
        "sources": 2, "checks": 2, "holdings": 2, "shrinks": 2,
        "remarks": 1}


def piece(tag, data):
    return struct.pack("<BQ", tag, len(data)) + data


def value(cell):
    if cell is None:
        return b"\0"
    if isinstance(cell, int):
        return struct.pack("<Bq", 1, cell)
    if isinstance(cell, str):
        return piece(2, cell.encode())
    return piece(3, cell)


def seal(base):
    text = b"nightburn seal 2\n"
    for row in base.execute("select type, name, tbl_name, sql "
                            "from sqlite_schema where name not like "
                            "'sqlite_%' order by type, name"):
        text += b"".join(piece(5, cell.encode()) for cell in row)
    for table, columns in COLUMNS.items():
        names = columns.split()
        key = ", ".join(names[:KEYS[table]])
        text += piece(4, table.encode())
        for row in base.execute(f"select {', '.join(names)} from {table} "
                                f"order by {key}"):
            text += b"".join(map(value, row))
    return hashlib.sha256(text).hexdigest()


def main():
    base = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    for version, stored in base.execute("select version, sum from seal"):
        print(version, stored.hex())
    print(2, seal(base))


if __name__ == "__main__":
    main()
