#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The length of functions: at most 50 lines from its name to its closing brace.
The tree is laid out by clang-format, so a function begins with its name in the
first column and ends with a brace there."""
import os
import re

TOP = os.environ["NB_TOP_SRCDIR"]
LIMIT = 50
long, count = [], 0
for top in ("src", "include", "examples"):
    for folder, _, files in os.walk(os.path.join(TOP, top)):
        for name in sorted(files):
            if not name.endswith((".c", ".h")):
                continue
            path = os.path.join(folder, name)
            begin = None
            with open(path, encoding="utf-8") as f:
                for number, line in enumerate(f, 1):
                    if re.match(r"[A-Za-z_][^;=]*\(", line):
                        begin = number, line.split("(")[0].split()[-1]
                    elif line.startswith("}") and begin:
                        count += 1
                        if number - begin[0] + 1 > LIMIT and \
                                not line.startswith("};"):
                            long.append("%s: %s: %d lines" % (
                                os.path.relpath(path, TOP), begin[1],
                                number - begin[0] + 1))
                        begin = None
for one in long:
    print("# " + one)
assert count > 1500, "the parser found too few functions"
print("%s 1 - no function is longer than %d lines" %
      ("not ok" if long else "ok", LIMIT))
print("1..1")
