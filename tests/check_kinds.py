#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A kind of source is named in its folder alone.

The kinds are those that src/source/source.h declares; the folder of a kind is
the one with its table, and those in it. Elsewhere in src/ no string has the
name of a kind among its words, and no code calls a kind's table by its name,
but for what stands in EXCEPTIONS with its reason. A kind that is a word of
plain English as well counts only where a string begins with it.
"""
import os
import re

TOP = os.environ["NB_TOP_SRCDIR"]
SOURCES = os.path.join(TOP, "src", "source")

# (file, kind): why it is named there.  Each must still be needed.
EXCEPTIONS = {
    ("cli/options.c", "bootarea"): "the option --bootarea of restore",
    ("report/bootarea.c", "bootarea"): "nb_bootarea_info of the API, in words",
    ("model/record/manifest_filters.c", "bootarea"): "what earlier versions "
    "compressed, and did not record",
    ("model/record/manifest_filters.c", "postgres"): "the same",
    ("source/boot/disc_images.c", "lvm"): "the module of GRUB",
    ("source/volume/options.c", "tree"): "a value of the option as, of a mirror",
}

ENGLISH = ("tree", "mirror")
WORD = re.compile(r"(?<![\w-])[a-z]+(?!\w)")
TOKEN = re.compile(r'#include [^\n]*|/\*.*?\*/|//[^\n]*|"((?:\\.|[^"\\\n])*)"|'
                   r"'(?:\\.|[^'\\])+'|\b(nb_source_[a-z]+)\b", re.S)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


def files(top):
    for folder, _, names in os.walk(top):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                yield os.path.join(folder, name)


def folders(kinds):
    """{kind: folder of its table, relative to src}"""
    found = {}
    for path in files(SOURCES):
        for kind in re.findall(r"^const struct nb_source_ops nb_source_(\w+) =",
                               read(path), re.M):
            found[kind] = os.path.relpath(os.path.dirname(path),
                                          os.path.join(TOP, "src"))
    assert sorted(found) == sorted(kinds), (sorted(found), sorted(kinds))
    return found


def named(text, kinds):
    """(line, kind) for each string and table of a kind in C."""
    for m in TOKEN.finditer(text):
        if m.group(2):
            found = {m.group(2)[len("nb_source_"):]}
        else:
            string = re.sub(r"\\.", " ", m.group(1) or "")
            found = {word.group() for word in WORD.finditer(string)
                     if not word.start() or word.group() not in ENGLISH}
        for kind in sorted(found & set(kinds)):
            yield text.count("\n", 0, m.start()) + 1, kind


def main():
    kinds = re.findall(r"^extern const struct nb_source_ops nb_source_(\w+);",
                       read(SOURCES, "source.h"), re.M)
    own, bad, used = folders(kinds), [], set()
    for path in files(os.path.join(TOP, "src")):
        name = os.path.relpath(path, os.path.join(TOP, "src"))
        if name in ("source/source.c", "source/source.h") or \
           name.startswith("vdrive/"):
            continue
        for line, kind in named(read(path), kinds):
            if name.startswith(own[kind] + "/"):
                continue
            if (name, kind) in EXCEPTIONS:
                used.add((name, kind))
            else:
                bad.append("%s:%d: %s, whose folder is %s" %
                           (name, line, kind, own[kind]))
    bad += ["%s: %s is no longer named there: drop the exception" % one
            for one in sorted(set(EXCEPTIONS) - used)]
    for line in bad:
        print("# " + line)
    print("%s 1 - a kind of source is named in its folder alone" %
          ("not ok" if bad else "ok"))
    print("1..1")


main()
