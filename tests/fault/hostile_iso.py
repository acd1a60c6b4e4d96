# SPDX-License-Identifier: GPL-2.0-or-later
"""A maker of ISO 9660 images that lie: every field of a directory record and
every system use entry (SUSP, Rock Ridge) is as the caller wants it."""
import hashlib
import json
import struct

BLOCK = 2048
FIRST = 20           # blocks before it: system area and descriptors
BACKUP = "20261121T011500Z-0badcafe"
DATE = bytes([126, 11, 21, 1, 15, 0, 0])
FILE, DIR, LINK = 0o100644, 0o040755, 0o120777


def both32(value):
    value &= 0xffffffff
    return struct.pack("<I", value) + struct.pack(">I", value)


def both16(value):
    return struct.pack("<H", value) + struct.pack(">H", value)


def entry(name, data):
    """A system use entry."""
    return name + bytes([len(data) + 4, 1]) + data


def px(mode, links=1):
    return entry(b"PX", both32(mode) + both32(links) + both32(0) + both32(0)
                 + both32(0))


def nm(name, flags=0):
    """The name, in as many pieces as it needs."""
    pieces = [name[i:i + 100] for i in range(0, len(name), 100)] or [b""]
    return b"".join(entry(b"NM", bytes([flags | (i + 1 < len(pieces))]) + p)
                    for i, p in enumerate(pieces))


def sl(target):
    """A symbolic link's target, component by component."""
    data = b""
    parts = target.split(b"/")
    if target.startswith(b"/"):
        data += bytes([8, 0])
        parts = parts[1:]
    for part in parts:
        flag = {b".": 2, b"..": 4}.get(part, 0)
        data += bytes([flag, 0 if flag else len(part)])
        data += b"" if flag else part
    return entry(b"SL", b"\0" + data)


def ce(block, offset, length):
    return entry(b"CE", both32(block) + both32(offset) + both32(length))


class Node:
    """A file, a directory or a link.  ODD: extent, size, flags, susp (bytes, or
    a function of the image), rr (all of the system use), iso, length."""

    def __init__(self, name, content=None, children=None, link=None, **odd):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.content = content if content is not None else b""
        self.children = children
        self.link = link
        self.odd = odd
        self.lba = 0
        self.size = 0

    def is_dir(self):
        return self.children is not None


class Image:
    """What is on a disc."""

    def __init__(self, root, **odd):
        self.root = Node(b"", children=root, susp=odd.pop("root_susp", b""))
        self.odd = odd
        self.blocks = bytearray(FIRST * BLOCK)

    def add(self, data):
        """Puts DATA at the end; its block."""
        lba = len(self.blocks) // BLOCK
        self.blocks += data + bytes(-len(data) % BLOCK)
        return lba

    def susp(self, node):
        odd = node.odd
        if "rr" in odd:
            return odd["rr"](self) if callable(odd["rr"]) else odd["rr"]
        mode = odd.get("mode") or (DIR if node.is_dir() else LINK
                                   if node.link is not None else FILE)
        data = px(mode) + nm(node.name)
        if node.link is not None:
            data += sl(node.link)
        more = odd.get("susp", b"")
        return data + (more(self) if callable(more) else more)

    def record(self, node, number):
        odd = node.odd
        extent = odd.get("extent", node.lba)
        if isinstance(extent, Node):
            extent = extent.lba
        if callable(extent):
            extent = extent()
        size = odd.get("size", node.size)
        size = size() if callable(size) else size
        iso = odd.get("iso", b"N%07d" % number)
        flags = odd.get("flags", 2 if node.is_dir() else 0)
        return self.raw(extent, size, flags, iso, self.susp(node),
                        odd.get("length"))

    @staticmethod
    def raw(extent, size, flags, iso, susp, length=None):
        name = iso + (b"\0" if len(iso) % 2 == 0 else b"")
        data = (both32(extent) + both32(size) + DATE + bytes([flags, 0, 0])
                + both16(1) + bytes([len(iso)]) + name + susp)
        data += b"\0" if len(data) % 2 else b""
        real = len(data) + 2
        if real > 255:
            raise ValueError("a record of %d bytes" % real)
        return bytes([real if length is None else length, 0]) + data

    def pack(self, node, parent):
        own = px(DIR)
        if node is self.root:
            more = node.odd["susp"]
            own = (entry(b"SP", b"\xbe\xef\0") + own
                   + entry(b"ER", bytes([10, 0, 0, 1]) + b"RRIP_1991A")
                   + (more(self) if callable(more) else more))
        size = node.odd.get("size", node.size)
        if node is self.root:
            size = self.odd.get("root_size", size)
        size = size() if callable(size) else size
        records = [self.raw(node.lba, size, 2, b"\0", own),
                   self.raw(parent.lba, parent.size, 2, b"\1", px(DIR))]
        records += [self.record(child, i)
                    for i, child in enumerate(node.children)]
        records += node.odd.get("records", [])
        data = b""
        for record in records:
            if len(data) % BLOCK + len(record) > BLOCK:
                data += bytes(-len(data) % BLOCK)
            data += record
        return data + bytes(-len(data) % BLOCK)

    def directories(self):
        todo, found = [(self.root, self.root)], []
        while todo:
            node, parent = todo.pop()
            found.append((node, parent))
            todo += [(c, node) for c in node.children if c.is_dir()]
        return found

    def make(self):
        found = self.directories()
        self.ce_block = self.add(bytes(BLOCK))
        for node, parent in found:
            node.size = len(self.pack(node, parent))
            node.lba = self.add(bytes(node.size))
            for child in node.children:
                if not child.is_dir():
                    child.size = len(child.content)
                    child.lba = self.add(child.content) if child.content \
                        else 0
        for node, parent in found:
            data = self.pack(node, parent)
            at = node.lba * BLOCK
            self.blocks[at:at + len(data)] = data
        if "ce" in self.odd:
            self.put(self.ce_block, self.odd["ce"](self))
        self.blocks += bytes(self.odd.get("pad", 150) * BLOCK)
        self.describe()
        return bytes(self.blocks)

    def put(self, lba, data):
        self.blocks[lba * BLOCK:lba * BLOCK + len(data)] = data

    def describe(self):
        volume = bytearray(BLOCK)
        count = self.odd.get("volume", len(self.blocks) // BLOCK)
        volume[0:7] = b"\1CD001\1"
        volume[8:72] = b"LINUX".ljust(32) + b"P_A_1".ljust(32)
        volume[80:88] = both32(count)
        volume[120:132] = both16(1) + both16(1) + both16(BLOCK)
        volume[132:140] = both32(self.odd.get("path_table", 10))
        volume[140:144] = struct.pack("<I", 19)
        volume[148:152] = struct.pack(">I", 19)
        root = self.root
        volume[156:190] = self.raw(self.odd.get("root_at", root.lba),
                                   self.odd.get("root_size", root.size), 2,
                                   b"\0", b"")
        volume[190:813] = b" " * 623
        volume[881] = 1
        self.put(16, volume)
        self.put(17, b"\xffCD001\1")


def label():
    return json.dumps({
        "nightburn_label": 1, "installation": "ab" * 16,
        "disc_id": "cd" * 16, "pool": "p", "disc": "A", "generation": 1,
        "backup_id": BACKUP, "previous": "", "created": 1795223700,
        "mac": "ef" * 32}).encode()


def line(path, content=b"", kind="file", **more):
    """An entry of a manifest."""
    found = {"path": path, "type": kind, "mode": "0644", "uid": 0, "gid": 0,
             "mtime": 1795223700}
    if kind == "file":
        found.update(size=len(content),
                     sha256=hashlib.sha256(content).hexdigest())
    found.update(more)
    return {key: value for key, value in found.items() if value is not None}


def manifest(lines, **more):
    head = {"nightburn_manifest": 1, "backup_id": BACKUP, "generation": 1,
            "created": 1795223700, "job": "j", "pool": "p", "disc": "A",
            "disc_id": "cd" * 16, "host": "h", "sources": []}
    head.update(more)
    text = json.dumps(head)[:-1] + ',\n"files":[\n'
    return (text + ",\n".join(json.dumps(one) for one in lines)
            + "\n]}\n").encode()


def sums(files):
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {path}\n"
                   for path, content in files.items()).encode()


def disc(beneath, lines, more=(), text=None, own_label=None, **odd):
    """A disc that looks like one of ours: BENEATH stands in the backup's
    directory, LINES in the manifest."""
    text = manifest(lines) if text is None else text
    ours = label() if own_label is None else own_label
    return Image([
        Node("SHA256SUMS", odd.pop("sums", None) or sums(
            {"nightburn/label.json": ours,
             "nightburn/manifest.json": text})),
        Node("nightburn", children=[
            Node("label.json", ours, **odd.pop("label_odd", {})),
            Node("manifest.json", text, **odd.pop("manifest_odd", {}))]),
        Node(BACKUP, children=list(beneath), **odd.pop("backup_odd", {})),
        *more], **odd)
