# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that want to do harm: row of the table of faults, name, and how the
image is made."""
import gzip
import json
import struct

from hostile_iso import (BACKUP, BLOCK, DIR, FILE, LINK, Image, Node, both32,
                         ce, disc, entry, label, line, manifest, nm, px, sl,
                         sums)

GOOD = b"good\n"
PETA = 1 << 50


def path(name):
    return f"{BACKUP}/{name}"


def named(name, **odd):
    """A good file, and one of this name, by Rock Ridge."""
    return disc([Node("file", GOOD), Node(name, b"bad\n", **odd)],
                [line(path("file"), GOOD)])


def listed(*lines, beneath=(), **odd):
    """A good tree, and a manifest with lines of its own."""
    return disc([Node("file", GOOD), *beneath],
                [line(path("file"), GOOD), *lines], **odd)


def filtered(content, **more):
    """A good file, and one that passed filters."""
    lines = [line(path("file"), GOOD), line(path("x"), content, **more)]
    return disc([Node("file", GOOD), Node("x", content)], lines,
                text=manifest(lines, filters=True))


def loop(to_root):
    """A directory that has a directory above it as its child."""
    top = Node("top", children=[])
    again = Node("again", children=[])
    top.children.append(again)
    image = disc([Node("file", GOOD), top], [line(path("file"), GOOD)])
    target = image.root if to_root else top
    again.odd.update(extent=target, size=lambda: target.size)
    return image


def ladder(depth):
    """Each directory is there twice in the one above it: 2^DEPTH paths."""
    below = Node("x", children=[])
    for _ in range(depth):
        twin = Node("b", children=[])
        twin.odd.update(extent=below, size=lambda node=below: node.size)
        below = Node("a", children=[below, twin])
    return disc([Node("file", GOOD), below], [line(path("file"), GOOD)])


def deep(levels):
    """A directory in a directory in a directory."""
    below = Node("d", children=[])
    for _ in range(levels):
        below = Node("d", children=[below])
    return disc([Node("file", GOOD), below], [line(path("file"), GOOD)])


def child_link(target):
    """CL: a directory relocated to where its TARGET says."""
    image = None

    def rr(made):
        lba = made.root.lba if target == "root" else {
            "itself": made.ce_block, "far": 0x7fffffff,
            "file": made.root.children[0].lba}[target]
        return px(FILE) + nm(b"moved") + entry(b"CL", both32(lba))
    image = disc([Node("file", GOOD), Node("moved", b"x", rr=rr)],
                 [line(path("file"), GOOD)])
    return image


def continued(area, first=None, where="file"):
    """A continuation area with what AREA makes of the image."""
    def susp(made):
        return first(made) if first else ce(made.ce_block, 0, 200)
    if where == "root":
        return disc([Node("file", GOOD)], [line(path("file"), GOOD)],
                    root_susp=susp, ce=area)
    return disc([Node("file", GOOD, susp=susp)], [line(path("file"), GOOD)],
                ce=area)


def endless_names(made):
    """Pieces of a name, all of which go on, and at the end again the same."""
    pieces = b"".join(entry(b"NM", b"\1" + b"a" * 200) for _ in range(9))
    return pieces + ce(made.ce_block, 0, len(pieces) + 28)


def sized(size, **odd):
    """A directory of this size."""
    return disc([Node("file", GOOD),
                 Node("sub", children=[Node("x", GOOD)], size=size, **odd)],
                [line(path("file"), GOOD)])


def zisofs(size, magic=b"pz", where="file"):
    """A file that says to be SIZE bytes, compressed."""
    body = (bytes.fromhex("37e45396c9dbd607") if magic == b"pz" else
            bytes.fromhex("efbbbf00c9dbd607"))
    body += struct.pack("<IBB", size & 0xffffffff, 4, 15) + bytes(50)
    if magic == b"pz":
        zf = entry(b"ZF", magic + bytes([4, 15]) + both32(size))
    else:
        zf = b"ZF" + bytes([16, 2]) + magic + bytes([6, 20]) \
            + struct.pack("<Q", size)
    if where == "manifest":
        return disc([Node("file", GOOD)], [], text=body,
                    manifest_odd={"susp": zf})
    return disc([Node("file", body, susp=zf)],
                [line(path("file"), body, size=size)])


def overlapping(count, blocks, good):
    """COUNT files, all with the same BLOCKS; GOOD: with the right hash."""
    body = b"x" * (blocks * BLOCK)
    first = Node("f0", body)
    rest = [Node(f"f{i}", b"", extent=first, size=len(body))
            for i in range(1, count)]
    lines = [line(path(f"f{i}"), body) if good else
             line(path(f"f{i}"), b"", size=len(body)) for i in range(count)]
    return disc([first, *rest], lines)


def twin(*lines):
    """A manifest with LINES, on the blocks of another file; SHA256SUMS is right
    about both."""
    text = manifest([line(path("file"), GOOD), *lines])
    other = Node("a", text)
    return disc([Node("file", GOOD), other], [], text=text,
                manifest_odd={"extent": other,
                              "size": len(text)},
                sums=sums({path("a"): text, path("file"): GOOD,
                           "nightburn/label.json": label(),
                           "nightburn/manifest.json": text}))


def raw_record(record):
    """A directory with a record made by hand at its end."""
    return disc([Node("file", GOOD)], [line(path("file"), GOOD)],
                backup_odd={"records": [record]})


def both(first, second, lines=()):
    return disc([Node("file", GOOD), first, second],
                [line(path("file"), GOOD), *lines])


def evil_link(name, target, lines, **odd):
    """A link on the disc and in the manifest, and files beneath it."""
    return disc([Node(name, link=target.encode()), Node("file", GOOD)],
                [line(path(name), kind="symlink", target=target), *lines],
                **odd)


BEHIND = [line(path("tree/owned"), GOOD)]
SPARSE = b"\x24" + b"\0" * 35

# row, name, image
CASES = [
    (77, "name ..", lambda: named("..")),
    (77, "name .", lambda: named(".")),
    (77, "name ../../canary/owned", lambda: named("../../canary/owned")),
    (77, "name with a slash", lambda: named("a/b")),
    (77, "absolute name", lambda: named("/etc/owned")),
    (77, "name with NUL", lambda: named(b"a\0b")),
    (77, "empty name", lambda: named("", rr=px(FILE) + nm(b""))),
    (77, "NM that says parent", lambda: named("x", rr=px(FILE)
                                              + nm(b"", 4))),
    (77, "ISO name with a slash", lambda: named("x", rr=b"", iso=b"../X;1")),
    (77, "name that commands a terminal",
     lambda: named(b"\x1b]0;owned\x07/../x")),
    (77, "manifest: ..", lambda: listed(line(path("../../canary/x"), GOOD))),
    (77, "manifest: absolute", lambda: listed(line("/etc/owned", GOOD))),
    (77, "manifest: NUL in path_hex", lambda: listed(
        line(None, GOOD, path_hex=path("a\0b").encode().hex()))),
    (77, "manifest: .. in path_hex", lambda: listed(
        line(None, GOOD, path_hex=path("../x").encode().hex()))),
    (77, "manifest: backup id ..", lambda: listed(
        text=manifest([line("../x", GOOD)], backup_id=".."))),
    (77, "manifest: backup id with a slash", lambda: listed(
        text=manifest([line(path("file"), GOOD)], backup_id=BACKUP + "/"))),
    (77, "SHA256SUMS: ..", lambda: listed(sums=sums({
        "../../../etc/passwd": GOOD, "/etc/passwd": GOOD}))),
    (77, "SHA256SUMS: a path twice", lambda: listed(
        sums=sums({path("file"): GOOD}) + sums({path("file"): b"other\n"}))),
    (78, "link and directory of one name", lambda: both(
        Node("tree", link=b"../../../canary"),
        Node("tree", children=[Node("owned", GOOD)]), [
            line(path("tree"), kind="symlink", target="../../../canary"),
            *BEHIND])),
    (78, "directory and link of one name", lambda: both(
        Node("tree", children=[Node("owned", GOOD)]),
        Node("tree", link=b"../../../canary"), [
            line(path("tree"), kind="dir", mode="0755"), *BEHIND])),
    (78, "link, and a file beneath it", lambda: evil_link(
        "tree", "../../canary", BEHIND)),
    (78, "absolute link, and a file beneath it", lambda: evil_link(
        "tree", "/tmp", BEHIND)),
    (78, "link, and a directory beneath it", lambda: evil_link(
        "tree", "../../canary", [
            line(path("tree/sub"), kind="dir", mode="0777"),
            line(path("tree/sub/owned"), GOOD)])),
    (78, "manifest: link and file of one path", lambda: evil_link(
        "tree", "../../canary", [line(path("tree"), GOOD)])),
    (78, "hard link through a link", lambda: evil_link(
        "tree", "../../canary", [
            line(path("tree/owned"), GOOD, dev=0, ino=7),
            line(path("file"), GOOD, dev=0, ino=7)])),
    (78, "hard link of different files", lambda: disc(
        [Node("a", GOOD), Node("b", b"other\n")],
        [line(path("a"), GOOD, dev=0, ino=7),
         line(path("b"), b"other\n", dev=0, ino=7)])),
    (78, "link with an endless target", lambda: listed(
        line(path("l"), kind="symlink", target="x" * 5000))),
    (79, "directory cycle", lambda: loop(False)),
    (79, "directory cycle through the root", lambda: loop(True)),
    (79, "directories doubled 40 times", lambda: ladder(40)),
    (79, "directories doubled 14 times", lambda: ladder(14)),
    (79, "CL to the root", lambda: child_link("root")),
    (79, "CL to itself", lambda: child_link("itself")),
    (79, "CL to a file", lambda: child_link("file")),
    (79, "CL beyond the end", lambda: child_link("far")),
    (79, "6000 levels", lambda: deep(6000)),
    (79, "4100 levels", lambda: deep(4100)),
    (80, "CE to itself", lambda: continued(
        lambda made: ce(made.ce_block, 0, 28))),
    (80, "CE to and fro", lambda: continued(
        lambda made: ce(made.ce_block, 100, 28) + bytes(72)
        + ce(made.ce_block, 0, 128))),
    (80, "CE of the root to itself", lambda: continued(
        lambda made: ce(made.ce_block, 0, 28), where="root")),
    (80, "CE beyond the end", lambda: continued(
        lambda made: b"", lambda made: ce(0x7ffffff0, 0, 200))),
    (80, "CE of 4 GiB", lambda: continued(
        lambda made: b"", lambda made: ce(made.ce_block, 0, 0xffffffff))),
    (80, "CE with an offset of 4 GiB", lambda: continued(
        lambda made: b"", lambda made: ce(made.ce_block, 0xfffffff0, 64))),
    (81, "directory of 4 GiB less a block", lambda: sized(0xfffff800)),
    (81, "directory of 4 GiB less a byte", lambda: sized(0xffffffff)),
    (81, "directory of half a block", lambda: sized(1000)),
    (81, "directory of no size", lambda: sized(0)),
    (81, "directory larger than the disc", lambda: sized(1 << 30)),
    (81, "directory beyond the end", lambda: sized(2048, extent=0xffffff00)),
    (81, "root of 4 GiB", lambda: listed(root_size=0xfffff800)),
    (81, "root beyond the end", lambda: listed(root_at=0xfffffff0)),
    (81, "volume of no size", lambda: listed(volume=0)),
    (81, "volume of 8 TiB", lambda: listed(volume=0xffffffff)),
    (81, "path table of 4 GiB", lambda: listed(path_table=0xffffffff)),
    (81, "record of length 1", lambda: raw_record(b"\1" + bytes(40))),
    (81, "record of length 255 at the end", lambda: raw_record(
        b"\xff" + bytes(2) + b"\xff" * 90)),
    (81, "record of zeros, then more", lambda: raw_record(
        bytes(60) + Image.raw(20, 5, 0, b"X", px(FILE)))),
    (81, "name longer than its record", lambda: raw_record(
        Image.raw(20, 5, 0, b"X", px(FILE))[:32] + b"\xff" + b"a" * 30)),
    (81, "system use entry of length 0", lambda: named("x", rr=b"PX\0\1")),
    (81, "system use entry longer than its record",
     lambda: named("x", rr=px(FILE) + b"NM\xff\1\0abc")),
    (81, "PX too short", lambda: named("x", rr=b"PX\x05\1\0" + nm(b"x"))),
    (81, "SL component longer than its entry", lambda: named(
        "x", rr=px(LINK) + nm(b"x") + entry(b"SL", b"\0\0\xffabc"))),
    (82, "a name that never ends", lambda: continued(
        endless_names, lambda made: ce(made.ce_block, 0, 1900))),
    (82, "a target that never ends", lambda: continued(
        lambda made: (entry(b"SL", b"\1\1\xf0" + b"t" * 240) * 7
                      + ce(made.ce_block, 0, 1757)),
        lambda made: ce(made.ce_block, 0, 1757))),
    (83, "zisofs: 4 GiB", lambda: zisofs(0xffffffff)),
    (83, "zisofs2: a petabyte", lambda: zisofs(PETA, b"PZ")),
    (83, "manifest: zisofs2, a petabyte",
     lambda: zisofs(PETA, b"PZ", "manifest")),
    (83, "manifest: a petabyte", lambda: listed(
        line(path("x"), b"", size=PETA), beneath=[Node("x", b"")])),
    (83, "manifest: larger than the disc", lambda: disc(
        [Node("file", GOOD)], [], manifest_odd={"size": 1 << 29})),
    (83, "manifest: a million empty objects", lambda: listed(
        text=manifest([])[:-4] + b"{}," * 1000000 + b"{}\n]}\n")),
    (83, "manifest: brackets", lambda: listed(text=b"[" * 2000000)),
    (83, "label: a gigabyte", lambda: listed(
        label_odd={"size": 1 << 30})),
    (83, "label: other fields", lambda: listed(own_label=json.dumps({
        **json.loads(label()), "pool": "../../x\x1b[2J"}).encode())),
    (84, "3000 files on the same megabyte",
     lambda: overlapping(3000, 512, True)),
    (84, "3000 files on the same megabyte, other hashes",
     lambda: overlapping(3000, 512, False)),
    (84, "manifest on the blocks of another file", twin),
    (84, "manifest on the blocks of another file, a file too many",
     lambda: twin(line(path("x"), GOOD))),
    (84, "file of 4 GiB", lambda: disc(
        [Node("file", GOOD, size=0xffffffff)],
        [line(path("file"), GOOD, size=0xffffffff)])),
    (84, "file beyond the end", lambda: disc(
        [Node("file", GOOD, extent=0xfffffff0)], [line(path("file"), GOOD)])),
    (84, "file on its own directory", lambda: disc(
        [Node("file", GOOD, extent=20, size=2048)],
        [line(path("file"), GOOD)])),
    (84, "a filter undone", lambda: filtered(
        gzip.compress(GOOD, mtime=0), filters=["gzip"], plain_size=5)),
    (84, "a filter of a later version", lambda: filtered(
        b"age", filters=["gzip", "age"], plain_size=5)),
    (84, "a filter that did not pass it", lambda: filtered(
        GOOD, filters=["zstd"], plain_size=5)),
    (84, "more bytes than the manifest promises", lambda: filtered(
        gzip.compress(bytes(1 << 24), mtime=0), filters=["gzip"],
        plain_size=5)),
    (84, "mode that is none", lambda: named("x", mode=0o170000)),
    (84, "good", listed),
]
assert DIR and SPARSE and both32 and sl
