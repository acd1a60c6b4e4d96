#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A kind of source is named in its folder alone.

The kinds are those that src/source/source.h declares; the folder of a kind is
the one with its table, and those in it. Elsewhere in src/ no string of C and no
line of a text that a disc bears (*.in) has the name of a kind among its words,
or what only that kind knows (KNOWN: products, programs, variables), and no code
calls a kind's table by its name, but for what stands in EXCEPTIONS with its
reason. A kind that is a word of plain English as well counts only where a
string begins with it.
"""
import os
import re

TOP = os.environ["NB_TOP_SRCDIR"]
SOURCES = os.path.join(TOP, "src", "source")

# (file, kind): why it is named there.  Each must still be needed.
EXCEPTIONS = {
    ("cli/options.c", "bootarea"): "the option --bootarea of restore",
    ("report/bootarea.c", "bootarea"): "nb_bootarea_info of the API, in words",
    ("cli/options.c", "postgres"): "options of restore --into, in words",
    ("model/record/manifest_filters.c", "bootarea"): "what earlier versions "
    "compressed, and did not record",
    ("model/record/manifest_filters.c", "postgres"): "the same",
    ("source/boot/disc_images.c", "lvm"): "the module of GRUB",
    ("source/volume/options.c", "tree"): "a value of the option as, of a mirror",
}

# What only one kind knows, beside its name.
KNOWN = {
    "postgres": r"PostgreSQL|psql|createdb|libpq|\bpg_\w|\bPG[A-Z*]",
}

ENGLISH = ("tree", "mirror")
WORD = re.compile(r"(?<![\w-])[a-z]+(?!\w)")
TOKEN = re.compile(r'#include [^\n]*|/\*.*?\*/|//[^\n]*|"((?:\\.|[^"\\\n])*)"|'
                   r"'(?:\\.|[^'\\])+'|\b(nb_source_[a-z]+)\b", re.S)


def words(text, kinds, english):
    """The kinds that a text names; ENGLISH: those of plain English, too, but
    only at its begin."""
    found = {m.group() for m in WORD.finditer(text)
             if m.group() not in ENGLISH or (english and not m.start())}
    found |= {kind for kind, known in KNOWN.items() if re.search(known, text)}
    return found & set(kinds)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


def files(top, endings=(".c", ".h")):
    for folder, _, names in os.walk(top):
        for name in sorted(names):
            if name.endswith(endings):
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
            found = words(string, kinds, True)
        for kind in sorted(found & set(kinds)):
            yield text.count("\n", 0, m.start()) + 1, kind


def named_in_lines(text, kinds):
    """The same in a text that is no C."""
    for number, line in enumerate(text.split("\n"), 1):
        for kind in sorted(words(line, kinds, False)):
            yield number, kind


def main():
    kinds = re.findall(r"^extern const struct nb_source_ops nb_source_(\w+);",
                       read(SOURCES, "source.h"), re.M)
    own, bad, used = folders(kinds), [], set()
    for path in files(os.path.join(TOP, "src"), (".c", ".h", ".in")):
        name = os.path.relpath(path, os.path.join(TOP, "src"))
        if name in ("source/source.c", "source/source.h") or \
           name.startswith("vdrive/"):
            continue
        look = named_in_lines if name.endswith(".in") else named
        for line, kind in look(read(path), kinds):
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
