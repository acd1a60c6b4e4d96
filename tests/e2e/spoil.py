# SPDX-License-Identifier: GPL-2.0-or-later
"""spoil.py IMAGE FILE: changes one byte of what IMAGE holds of FILE, behind the
back of whoever reads it.  IMAGE is a file system or a disc."""
import sys

BLOCK = 2048


def main(image, path):
    with open(path, "rb") as f:
        wanted = f.read(BLOCK)
    with open(image, "r+b") as f:
        at = 0
        while True:
            f.seek(at)
            block = f.read(BLOCK)
            if not block:
                return 1
            if block == wanted:
                f.seek(at + 100)
                f.write(bytes([wanted[100] ^ 1]))
                return 0
            at += BLOCK


sys.exit(main(*sys.argv[1:]))
