#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Another host that lies: stands for ssh, or is what sshd starts.  The last
part of its own name says how it lies."""
import hashlib
import json
import os
import struct
import sys
import time

LIE = os.path.basename(sys.argv[0]).split("-")[-1]
out = sys.stdout.buffer


def frame(letter, body=b""):
    out.write(letter.encode() + struct.pack(">I", len(body)) + body)
    out.flush()


def manifest(letter, files, sources=()):
    head = {"nightburn_manifest": 1, "backup_id": ID, "generation": 0,
            "created": 0, "job": "", "pool": "", "disc": "", "disc_id": "",
            "host": "", "sources": list(sources), "files": files}
    frame(letter, json.dumps(head).encode())


def entry(path, kind="file", data=b"", **more):
    e = {"path": path, "type": kind, "mode": "0644", "uid": 0, "gid": 0,
         "mtime": 1}
    if kind == "file":
        e.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    e.update(more)
    return e


def send(path, data, **more):
    frame("D", data)
    manifest("E", [entry(path, "file", data, **more)])


def end(sent=b"", **more):
    body = {"good": True, "bytes": len(sent),
            "sha256": hashlib.sha256(sent).hexdigest()}
    body.update(more)
    frame("Z", json.dumps(body).encode())


def record():
    manifest("S", [], [{"kind": "tree", "name": "files", "bytes": 0,
                        "stored": 0}])


def begin():
    manifest("L", [entry(TOP, "dir")])


def tell_lie(data=b"twelve bytes"):
    sent = data
    begin()
    if LIE == "hash":
        send(TOP + "/a", data)
        sent = b"other  bytes"
    elif LIE == "file":
        send(TOP + "/a", data, sha256="ab" * 32)
    elif LIE == "short":
        send(TOP + "/a", data, size=13)
    elif LIE == "count":
        send(TOP + "/a", data)
        record()
        return end(data, bytes=11)
    elif LIE == "dots":
        send(TOP + "/../../../../evil", data)
    elif LIE == "absolute":
        send("/evil", data)
    elif LIE == "outside":
        send(ID + "/tree/other/a", data)
    elif LIE == "above":
        send("other/tree/files/a", data)
    elif LIE == "link":
        manifest("L", [entry(TOP + "/a", "symlink", target="/tmp")])
        send(TOP + "/a/evil", data)
    elif LIE == "twice":
        send(TOP + "/a", data)
        send(TOP + "/a", data)
    elif LIE == "shared":
        manifest("L", [entry(TOP + "/a", data=data, shared="other")])
    elif LIE == "empty":
        manifest("L", [entry(TOP + "/a", data=data)])
    elif LIE == "hardlink":
        manifest("L", [entry(TOP + "/a", data=data, dev=0, ino=7)])
    elif LIE == "silent":
        return end(good=False)
    elif LIE == "early":
        send(TOP + "/a", data)
        return None
    elif LIE == "behind":
        record()
        end()
        frame("D", data)
    elif LIE == "json":
        frame("L", b'{"files": [')
    elif LIE == "huge":
        out.write(b"L\xff\xff\xff\xff")
    elif LIE == "letter":
        frame("X", b"?")
    elif LIE == "endless":
        while True:
            frame("D", bytes(100000))
    elif LIE == "stalls":
        frame("M", b"nstalled")
        frame("D", data)
        # Until nobody listens.
        while sys.stdin.buffer.read(1):
            pass
        return None
    elif LIE == "escape":
        frame("M", b"e\x1b[31m\nnightburn: all is well")
        return end(good=False)
    elif LIE == "part":
        send(TOP + "/a", data)
        return end(data)
    record()
    return end(sent)


def main():
    global ID, TOP
    if LIE == "garbage":
        out.write(b"Welcome to this machine!\n")
        out.flush()
        return
    line = sys.stdin.buffer.readline()
    assert line == b"nightburn-remote 1\n", line
    out.write(b"nightburn-remote %d\n" % (2 if LIE == "version" else 1))
    letter, length = struct.unpack(">cI", sys.stdin.buffer.read(5))
    request = json.loads(sys.stdin.buffer.read(length))
    assert letter == b"Q"
    ID = request["backup_id"]
    TOP = ID + "/tree/files"
    if request["task"] == "tree-check":
        end()
    else:
        tell_lie()


try:
    main()
except BrokenPipeError:
    os._exit(1)
