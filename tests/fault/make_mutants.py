#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every mutant of a C file whose conditions decide something.

usage: make_mutants.py SOURCE DIRECTORY

Writes DIRECTORY/N.c for each mutant, and to stdout a line for each: N, a tab,
line number and what was changed.  Found in the text of SOURCE:

- each condition (of an if, a for, before a question mark, or returned), and
  each part of one down to its smallest: negated, and removed, which is both
  always true and always false; a for only negated, since it would not end;
- each && and each || made the other;
- each <, <=, > and >= moved by one;
- each answer that refuses (return NB_..., or a value of ?:) made a permit;
- each assignment to a variable that was declared before left out.
"""
import re
import sys


def blank_comments(text):
    """The same length, comments and strings without anything that counts."""
    def fill(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    text = re.sub(r"/\*.*?\*/", fill, text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\])*"', lambda m: '"' + " " * (len(m.group(0))
                  - 2) + '"', text)


def closing(text, at):
    """The index of the parenthesis that closes the one at AT."""
    depth = 0
    for i in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if not depth:
            return i
    raise ValueError("unbalanced parentheses")


def trim(text, a, b):
    while a < b and text[a].isspace():
        a += 1
    while b > a and text[b - 1].isspace():
        b -= 1
    return a, b


def split(text, a, b, operator):
    """The parts of [A, B) between OPERATOR outside all parentheses."""
    parts, depth, start, i = [], 0, a, a
    while i < b:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[i], 0)
        if not depth and text.startswith(operator, i):
            parts.append((start, i))
            start = i + len(operator)
            i = start
            continue
        i += 1
    return [trim(text, *p) for p in parts + [(start, b)]]


class Mutants:
    def __init__(self, source):
        self.source = source
        self.text = blank_comments(source)
        self.found = {}

    def add(self, a, b, new, what, line=None):
        """The text of [A, B) made NEW; WHAT names all of it with LINE, else
        only what is done to it."""
        old = " ".join(self.source[a:b].split())
        if " ".join(new.split()) == old:
            return
        if not line:
            line = self.source.count("\n", 0, a) + 1
            what = f"{what}: {old}"
        what = " ".join(what.split())
        if len(what) > 72:
            what = what[:69] + "..."
        self.found.setdefault((a, b, new), f"line {line}: {what}")

    def node(self, a, b, loop=False):
        """A condition or a part of one."""
        self.add(a, b, f"(!({self.source[a:b]}))", "negated")
        if not loop:
            self.add(a, b, "1", "always true")
            self.add(a, b, "0", "always false")

    def expression(self, a, b, loop=False):
        """All conditions in [A, B), which is one itself."""
        a, b = trim(self.text, a, b)
        self.node(a, b, loop)
        while self.text[a] == "(" and closing(self.text, a) == b - 1:
            a, b = trim(self.text, a + 1, b - 1)
        if (self.text[a] == "!" and self.text[a + 1] == "("
                and closing(self.text, a + 1) == b - 1):
            self.expression(a + 2, b - 1, loop)
            return
        for operator, other in (("||", "&&"), ("&&", "||")):
            parts = split(self.text, a, b, operator)
            if len(parts) < 2:
                continue
            for left, right in zip(parts, parts[1:]):
                at = self.text.index(operator, left[1])
                self.swap(parts, left, right, at, other)
            for part in parts:
                self.expression(*part, loop)
            return
        if not loop:
            self.relation(a, b)

    def swap(self, parts, left, right, at, other):
        """The operator at AT, with the parts around it kept together."""
        a, b = parts[0][0], parts[-1][1]
        new = (f"(({self.source[a:left[1]]}) {other} "
               f"({self.source[right[0]:b]}))")
        line = self.source.count("\n", 0, right[0]) + 1
        self.add(a, b, new, f"{self.source[at:at + 2]} made {other} before "
                 f"{self.source[right[0]:right[1]]}", line)

    def relation(self, a, b):
        pair = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
        for m in re.finditer(r"(?<![-<>=])(<=|>=|<|>)(?![<>=])",
                             self.text[a:b]):
            new = (self.source[a:a + m.start()] + pair[m.group(1)]
                   + self.source[a + m.end():b])
            self.add(a, b, new, "moved by one")

    def value(self, a, b, returned):
        """What is returned or assigned: conditions in it, and answers."""
        parts = split(self.text, a, b, "?")
        if len(parts) == 2:
            self.expression(*parts[0])
            for part in split(self.text, *parts[1], ":"):
                self.value(*part, returned)
            return
        a, b = trim(self.text, a, b)
        if re.fullmatch(r"NB_GUARD_\w+", self.text[a:b]):
            self.add(a, b, "NB_GUARD_PERMIT", "permitted")
        elif returned and re.search(r"&&|\|\||[=!<>]=| [<>] ",
                                    self.text[a:b]):
            self.expression(a, b)

    def statements(self):
        for m in re.finditer(r"\b(if|while) \(", self.text):
            end = closing(self.text, m.end() - 1)
            self.expression(m.end(), end)
        for m in re.finditer(r"\bfor \(", self.text):
            end = closing(self.text, m.end() - 1)
            self.expression(*split(self.text, m.end(), end, ";")[1],
                            loop=True)
        for m in re.finditer(r"\breturn\b([^;]*);", self.text):
            self.value(m.start(1), m.end(1), True)
        for m in re.finditer(r"^\t+\w+ = ([^;{]*);", self.text, re.M):
            self.value(m.start(1), m.end(1), False)
            at = trim(self.text, *m.span())
            self.add(*at, ";", "left out")


def main():
    source = open(sys.argv[1]).read()
    mutants = Mutants(source)
    mutants.statements()
    for n, ((a, b, new), what) in enumerate(sorted(mutants.found.items()), 1):
        with open(f"{sys.argv[2]}/{n}.c", "w") as out:
            out.write(source[:a] + new + source[b:])
        print(f"{n}\t{what}")


main()
