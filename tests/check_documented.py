#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each command, and each of its options, stands in the manual and is completed.

The program itself is asked for its commands and options (--help).
"""
import os
import re
import subprocess

TOP = os.environ["NB_TOP_SRCDIR"]
PROGRAM = os.path.join(os.environ["NB_TOP_BUILDDIR"], "nightburn")
count = 0


def out(*argv):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def rule(name, missing):
    global count
    count += 1
    print("%s %d - %s" % ("not ok" if missing else "ok", count, name))
    for one in missing:
        print("# missing: " + one)


def completed(*words):
    """What completion/nightburn offers for the last of the words."""
    script = ('. "$1"; shift; COMP_WORDS=("$@"); '
              'COMP_CWORD=$(($# - 1)); _nightburn; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    return out("bash", "-c", script, "bash",
               os.path.join(TOP, "completion", "nightburn"), PROGRAM,
               *words).split()


def main():
    commands = re.findall(r"^  ([a-z][a-z-]*)  ", out(PROGRAM, "--help"), re.M)
    assert len(commands) > 15, commands
    with open(os.path.join(TOP, "man", "nightburn.1"), encoding="utf-8") as f:
        manual = f.read()
    # mdoc: ".It Ic run ...", "Fl \-dry-run"
    rule("each command has its entry in the manual",
         [c for c in commands if not re.search(
             r"^\.It Ic " + re.escape(c) + r"\b", manual, re.M)])
    offered = completed("")
    rule("each command is completed", [c for c in commands
                                       if c not in offered])
    in_manual, in_completion, seen = [], [], 0
    for command in commands:
        text = out(PROGRAM, command, "--help")
        options = re.findall(r"^  (?:-\w, |    )?(--[a-z-]+)", text, re.M)
        seen += len(options)
        in_manual += ["%s %s" % (command, o) for o in options
                      if not re.search(r"Fl \\-" + o[2:] + r"(?![a-z-])",
                                       manual)]
        offered = completed(command, "--")
        in_completion += ["%s %s" % (command, o) for o in options
                          if o not in offered]
    assert seen > 60, seen
    rule("each option of a command stands in the manual", in_manual)
    rule("each option of a command is completed", in_completion)
    print("1..%d" % count)


main()
