#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Circles among files.

Who calls whom is read from the object files of the build (nm), so that a call
through a header that many files share counts for the file that has the function.
A file that calls another which, over whatever others, calls it back stands in a
circle.  Those that CODING.md names under "## Circles" are meant; others are not,
nor may a line there outlive its circle.
"""
import os
import re
import subprocess
import sys

TOP = os.environ["NB_TOP_SRCDIR"]
BUILD = os.environ["NB_TOP_BUILDDIR"]


def objects():
    """(name of the source without ending, path of its object), once each."""
    seen = set()
    for folder, _, files in os.walk(os.path.join(BUILD, "src")):
        for name in sorted(files):
            if not name.endswith(".o"):
                continue
            place = os.path.relpath(folder, BUILD).replace("/.libs", "")
            stem = re.sub(r"^[a-z_]+-", "", name[:-2])
            source = os.path.join(place, stem)
            if os.path.exists(os.path.join(TOP, source + ".c")):
                yield source, os.path.join(folder, name)
                seen.add(source)
    assert len(seen) > 100, "no objects: build first"


def graph():
    """{file: {file called: one of the names}}"""
    wanted, defined = {}, {}
    for source, path in objects():
        out = subprocess.run(["nm", "-P", "-g", path], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
        for line in out.splitlines():
            name, kind = line.split()[:2]
            if kind == "U":
                wanted.setdefault(source, set()).add(name)
            else:
                defined.setdefault(name, set()).add(source)
    edges = {}
    for source, names in wanted.items():
        for name in sorted(names):
            for target in defined.get(name, ()):
                if target != source and len(defined[name]) == 1:
                    edges.setdefault(source, {})[target] = name
    return edges


def circles(edges):
    """Strongly connected sets of more than one file (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(one):
        index[one] = low[one] = len(index)
        stack.append(one)
        for other in edges.get(one, ()):
            if other not in index:
                visit(other)
                low[one] = min(low[one], low[other])
            elif other in stack:
                low[one] = min(low[one], index[other])
        if low[one] == index[one]:
            circle = []
            while True:
                circle.append(stack.pop())
                if circle[-1] == one:
                    break
            if len(circle) > 1:
                found.append(sorted(circle))

    sys.setrecursionlimit(10000)
    for one in sorted(edges):
        if one not in index:
            visit(one)
    return sorted(found)


def meant():
    """Lines "- `a`, `b`: why" of CODING.md, with folders of src/ in front."""
    with open(os.path.join(TOP, "CODING.md"), encoding="utf-8") as f:
        text = f.read()
    part = re.search(r"^## Circles\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    rows = re.findall(r"^- ((?:`[^`]+`,?\s+)*`[^`]+`):\s+\S", part.group(1),
                      re.M) if part else []
    return [sorted("src/" + name for name in re.findall(r"`([^`]+)`", row))
            for row in rows]


def main():
    edges = graph()
    found, named = circles(edges), meant()
    bad = 0
    for circle in found:
        if circle in named:
            continue
        bad += 1
        print("# a circle that CODING.md does not name:")
        for one in circle:
            for other in sorted(set(edges.get(one, ())) & set(circle)):
                print("#   %s -> %s (%s)" % (one, other, edges[one][other]))
    for circle in named:
        if circle not in found:
            bad += 1
            print("# CODING.md names a circle that is none: " +
                  ", ".join(circle))
    print("%s 1 - no circle among files but those that CODING.md names" %
          ("not ok" if bad else "ok"))
    print("1..1")


main()
