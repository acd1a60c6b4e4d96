# SPDX-License-Identifier: GPL-2.0-or-later
"""spoil.py IMAGE FILE: changes one byte of what IMAGE holds of FILE, behind the
back of whoever reads it.  IMAGE is a file system or a disc.  Of several files
that begin like FILE it is the one that goes on like it, too."""
import sys

BLOCK = 2048


def places(f, block):
    """Where this block is."""
    at = 0
    while True:
        f.seek(at)
        found = f.read(BLOCK)
        if not found:
            return
        if found == block:
            yield at
        at += BLOCK


def main(image, path):
    with open(path, "rb") as f:
        wanted = f.read()
    with open(image, "r+b") as f:
        found = list(places(f, wanted[:BLOCK]))
        for at in found:
            f.seek(at)
            if f.read(len(wanted)) == wanted:
                found = [at]
                break
        if not found:
            return 1
        f.seek(found[0] + 100)
        f.write(bytes([wanted[100] ^ 1]))
        return 0


sys.exit(main(*sys.argv[1:]))
