#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""hanging.py MOUNT_POINT WHEN SIGN: a FUSE file system that never answers one
kind of request, for which even SIGKILL does not end the waiting: "list" a
directory beneath its top, or "read" a file.  The file SIGN appears then.  With
others it answers: "deny", no file can be opened; "broken", none can be read;
"unknown", directories do not tell types; "stale", what they name is of a server
that does not know it any more; "absent", the top itself is not there, as where
an automounter could not mount it; "same", two files with three names have one
inode number, and two links each.  The requests are those of fuse(4)."""
import ctypes
import os
import struct
import sys

where, when, sign = sys.argv[1:]
fuse = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"hanging", os.fsencode(where), b"fuse", 6,
              f"fd={fuse},rootmode=40000,user_id=0,group_id=0".encode()):
    sys.exit(os.strerror(ctypes.get_errno()))

LOOKUP, GETATTR, READLINK, OPEN, READ, STATFS, RELEASE = 1, 3, 5, 14, 15, 17, 18
FORGET, INIT, OPENDIR, READDIR, RELEASEDIR, INTERRUPT = 2, 26, 27, 28, 29, 36
BATCH_FORGET = 42
NODES = {1: (0o40755, 0), 2: (0o40755, 0), 3: (0o100644, 9), 4: (0o120777, 4),
         5: (0o40755, 0), 6: (0o100644, 9)}
NAMES = {1: {b"sub": 2}, 2: {b"file": 3}, 5: {b"deep": 3}}
if when in ("unknown", "stale"):
    NAMES[2].update({b"link": 4, b"dir": 5, b"lost": 6})
if when == "same":
    NAMES[2].update({b"again": 3, b"other": 6})
# What fails: the requests of which nodes, and with which number.
FAILS = {"deny": {(OPEN, 3): 5}, "broken": {(READ, 3): 5},
         "absent": {(OPENDIR, 1): 2},
         "stale": {(OPEN, 3): 116, (READLINK, 4): 116, (OPENDIR, 5): 116,
                   (LOOKUP, 6): 116}}.get(when, {})


def attr(node):
    mode, size = NODES[node]
    number, links = (42, 2) if when == "same" and size else (node, 1)
    return struct.pack("<QQQQQQIIIIIIIIII", number, size, 1, 1, 1, 1, 0, 0, 0,
                       mode, links, 0, 0, 0, 4096, 0)


def names(node):
    out = b""
    for name, to in NAMES[node].items():
        kind = 0 if when == "unknown" else NODES[to][0] >> 12
        out += struct.pack("<QQII", to, 1, len(name), kind) + name
        out += b"\0" * (-len(out) % 8)
    return out


def answer(op, node, body):
    if op == INIT:
        return struct.pack("<IIIIHHIIHHI", 7, 31, 65536, 0, 12, 9, 65536, 1,
                           0, 0, 0) + b"\0" * 28
    if op == GETATTR:
        return struct.pack("<QII", 0, 0, 0) + attr(node)
    if op == LOOKUP:
        to = NAMES.get(node, {}).get(body[:-1])
        if (op, to) in FAILS:
            return FAILS[op, to]
        return to and struct.pack("<QQQQII", to, 0, 0, 0, 0, 0) + attr(to)
    if (op, node) in FAILS:
        return FAILS[op, node]
    if op == READLINK:
        return b"file"
    if op in (OPEN, OPENDIR):
        return struct.pack("<QII", 0, 1, 0)
    if op == READDIR:
        if when == "list" and node == 2:
            return False
        return b"" if struct.unpack_from("<Q", body, 8)[0] else names(node)
    if op == READ:
        text = b"answered\n" if node == 3 else b"another.\n"
        return (False if when == "read" else
                text[struct.unpack_from("<Q", body, 8)[0]:])
    if op == STATFS:
        return struct.pack("<QQQQQIII", 0, 0, 0, 0, 0, 512, 255, 0) + b"\0" * 28
    return b"" if op in (RELEASE, RELEASEDIR) else None


while True:
    try:
        request = os.read(fuse, 1 << 17)
    except OSError:
        break
    _, op, unique, node = struct.unpack_from("<IIQQ", request)
    if op in (FORGET, BATCH_FORGET, INTERRUPT):
        continue
    reply = answer(op, node, request[40:])
    if reply is False:
        with open(sign, "w", encoding="ascii"):
            continue
    if isinstance(reply, int):
        os.write(fuse, struct.pack("<IiQ", 16, -reply, unique))
        continue
    error = -2 if op == LOOKUP and not reply else -38 if reply is None else 0
    body = reply if reply and not error else b""
    os.write(fuse, struct.pack("<IiQ", 16 + len(body), error, unique) + body)
