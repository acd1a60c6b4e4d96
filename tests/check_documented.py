#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the documents must have.

Each command of nightburn and vdrive, and each of its options, is in the manual,
in the synopsis of the command and in the completion; the programs themselves are
asked for their commands and options (--help).  Each path and function that ARCHITECTURE.md and CODING.md name
exists.  No line of a document has more than 80 columns.
"""
import glob
import os
import re
import shutil
import subprocess

TOP = os.environ["NB_TOP_SRCDIR"]
PROGRAM = os.path.join(os.environ["NB_TOP_BUILDDIR"], "nightburn")
VDRIVE = os.path.join(os.environ["NB_TOP_BUILDDIR"], "vdrive")
COLUMNS = 80
OF_ALL = {"--config", "--quiet", "--verbose", "--help"}
count = 0


def out(*argv, **more):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE,
                          encoding="utf-8", **more).stdout


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as f:
        return f.read()


def rule(name, wrong):
    global count
    count += 1
    print("%s %d - %s" % ("not ok" if wrong else "ok", count, name))
    for one in wrong:
        print("# " + one)


def skip(name, why):
    global count
    count += 1
    print("ok %d - %s # SKIP %s" % (count, name, why))


def completed(*words, program=PROGRAM):
    """What the completion of the program offers for the last of the words."""
    name = os.path.basename(program)
    script = ('. "$1"; shift; COMP_WORDS=("$@"); '
              'COMP_CWORD=$(($# - 1)); _%s; '
              'printf "%%s\\n" "${COMPREPLY[@]}"' % name)
    return out("bash", "-c", script, "bash",
               os.path.join(TOP, "completion", name), program,
               *words).split()


def options_of(*command, program=PROGRAM):
    """(short name or "", long name) of each, as the program says."""
    text = out(program, *command, "--help")
    return [option for option in
            re.findall(r"^  (?:(-\w), |    )(--[a-z-]+)", text, re.M)
            if option[1] not in OF_ALL]


def synopsis(manual, command):
    """The options in the heads of the command's entries (mdoc)."""
    heads = re.findall(r"^\.It Ic " + re.escape(command) +
                       r"\b(.*(?:(?<=\\)\n.*)*)",
                       manual.split("\n.Sh JSON\n")[0], re.M)
    return {"-" + name.replace("\\-", "-")
            for head in heads for name in re.findall(r"Fl (\S+)", head)}


def check_synopsis(manual, command, options):
    named, wrong = synopsis(manual, command), []
    for short, name in options:
        if not {short, name} & named:
            wrong.append("%s: lacks %s" % (command, name))
    return wrong + ["%s: does not take %s" % (command, name)
                    for name in sorted(named.difference(*options))]


def check_commands():
    commands = re.findall(r"^  ([a-z][a-z-]*)  ", out(PROGRAM, "--help"), re.M)
    assert len(commands) > 15, commands
    manual = read("man", "nightburn.1")
    # mdoc: ".It Ic run ...", "Fl \-dry-run"
    rule("each command has its entry in the manual",
         [c for c in commands if not re.search(
             r"^\.It Ic " + re.escape(c) + r"\b", manual, re.M)])
    offered = completed("")
    rule("each command is completed", [c for c in commands
                                       if c not in offered])
    in_manual, in_synopsis, in_completion, seen = [], [], [], 0
    for command in commands:
        options = options_of(command)
        seen += len(options)
        in_manual += ["%s %s" % (command, name) for _, name in options
                      if not re.search(r"Fl \\-" + name[2:] + r"(?![a-z-])",
                                       manual)]
        in_synopsis += check_synopsis(manual, command, options)
        offered = completed(command, "--")
        in_completion += ["%s %s" % (command, name) for _, name in options
                          if name not in offered]
    assert seen > 60, seen
    rule("each option of a command is in the manual", in_manual)
    rule("the synopsis of a command has its options and no others",
         in_synopsis)
    rule("each option of a command is completed", in_completion)


def vdrive_synopsis(manual, command):
    """The options in the lines of the synopsis that are of the command (man)."""
    lines = manual.split("\n.SH SYNOPSIS\n")[1].split("\n.SH ")[0]
    own = [one for one in lines.split("\n.br\n")
           if re.match(r"\.B vdrive" + (" " + command if command else r"\n"),
                       one)]
    assert len(own) == 1, (command, own)
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*",
                          re.sub(r"\\f.|\n\.[A-Z]+", " ",
                                 own[0]).replace("\\-", "-")))


def vdrive_heads(manual, section):
    """The options that have an entry in the section, or in a head of it."""
    text = manual.split("\n.SH %s\n" % section)[1].split("\n.SH ")[0]
    return set(re.findall(r"--[a-z][a-z-]*", text.replace("\\-", "-")))


def check_vdrive():
    commands = re.findall(r"^ +vdrive ([a-z]+) ", out(VDRIVE, "--help"), re.M)
    assert len(commands) == 4, commands
    manual = read("man", "vdrive.1")
    offered = completed("", program=VDRIVE)
    rule("each command of vdrive is completed",
         [c for c in commands if c not in offered])
    wrong, known = [], set()
    for command in commands:
        options = options_of(command, program=VDRIVE)
        assert options, command
        known |= {name for _, name in options}
        named = vdrive_synopsis(manual, command)
        wrong += ["%s: synopsis lacks %s" % (command, name)
                  for short, name in options if not {short, name} & named]
        wrong += ["%s: does not take %s" % (command, name)
                  for name in sorted(named.difference(*options))]
        offered = completed(command, "--", program=VDRIVE)
        wrong += ["%s: %s is not completed" % (command, name)
                  for _, name in options if name not in offered]
    own = {name for _, name in options_of(program=VDRIVE)}
    assert len(own) > 10, own
    offered = completed("--", program=VDRIVE)
    wrong += ["%s is not completed" % name for name in sorted(own)
              if name not in offered]
    heads = vdrive_heads(manual, "OPTIONS")
    wrong += ["the manual lacks %s" % name for name in sorted(own - heads)]
    wrong += ["there is no %s" % name
              for name in sorted(heads - own - {"--help", "--version"})]
    wrong += ["the manual lacks %s of a command" % name for name in
              sorted(known - vdrive_heads(manual, "COMMANDS"))]
    rule("manual, help and completion of vdrive have the same options", wrong)


def tree():
    """Each file of the source tree, and all text of C and of the tests."""
    paths, text = set(), []
    for top in ("src", "include", "tests", "man", "doc", "tools", "examples",
                "completion", "."):
        for folder, folders, files in os.walk(os.path.join(TOP, top)):
            if top == ".":
                folders[:] = []
            for name in files:
                path = os.path.join(folder, name)
                paths.add(os.path.relpath(path, TOP))
                if re.search(r"\.(c|h|py|sh|map)$", name):
                    with open(path, encoding="utf-8", errors="replace") as f:
                        text.append(f.read())
    return paths, "\n".join(text)


PATH = r"(?<![\w/.<-])([a-z][\w-]*(?:/[\w-]+)*(?:\.(?:c|h|py|sh|map|am|in|md|txt))?)/?"
# Words for the names of a module, not one of them.
PATTERNS = {"nb_module_verb", "nb_module", "nb_thing_new", "nb_thing_free",
            "nb_source_"}
# In the text: `nb_function` (`file.c`).
PAIR = r"`(nb_\w+)`\s*[(,]\s*`([\w/]+\.[ch])`"
# In the listings: a function, the file that has it, and what it does.
CALL = r"^ {4,}([a-z]\w+(?:\.\w+)?) {2,}([a-z][\w/]*\.c)\b"


def find_path(paths, name):
    """The path that a document means by NAME: folders above may be missing."""
    for start in ("", "src/", "src/vdrive/engine/", "src/model/", "src/store/",
                  "include/"):
        if start + name in paths:
            return start + name
    return None


def check_names(document, paths, text):
    body, wrong = read(document), []
    folders = {os.path.dirname(p) for p in paths}
    folders |= {os.path.dirname(f) for f in folders}
    for name in sorted(set(re.findall(r"`" + PATH + r"`", body))):
        if "/" not in name and "." not in name or "NAME" in name:
            continue
        known = find_path(paths, name) or name in folders \
            or "src/" + name in folders \
            or find_path(paths, name + ".c") \
            or ("/" not in name and any(p.endswith("/" + name) for p in paths))
        if not known and not re.match(r"(staging|state)/", name):
            wrong.append("%s: no such file: %s" % (document, name))
    for name in sorted(set(re.findall(r"\b(?:nb|vd)_[a-z0-9_]+", body))):
        if not re.search(r"\b" + name + (r"" if name.endswith("_") else r"\b"),
                         text) and name not in PATTERNS:
            wrong.append("%s: no such name: %s" % (document, name))
    for name, path in re.findall(PAIR, body):
        path = find_path(paths, path)
        if path and not re.search(r"\b" + name + r"\b", read(path)):
            wrong.append("%s: %s does not name %s" % (document, path, name))
    for name, path in re.findall(CALL, body, re.M):
        path = find_path(paths, path)
        if not path:
            wrong.append("%s: no such file: the one of %s" % (document, name))
        elif not re.search(r"^" + name.split(".")[-1] + r"\(", read(path),
                           re.M):
            wrong.append("%s: %s does not have %s" % (document, path, name))
    return wrong


def check_lines(names):
    return ["%s:%d: %d columns" % (name, number, len(line.expandtabs()))
            for name in names
            for number, line in enumerate(read(name).splitlines(), 1)
            if len(line.expandtabs()) > COLUMNS and "://" not in line]


def check_rendered():
    """The manual pages, as man shows them on a terminal."""
    name = "no line of a manual page has more than %d columns" % COLUMNS
    if not shutil.which("man"):
        skip(name, "man is not installed")
        return
    wrong = []
    for page in sorted(glob.glob(os.path.join(TOP, "man", "*.[15]"))):
        text = out("man", "-l", page, env={
            **os.environ, "MANWIDTH": str(COLUMNS), "LC_ALL": "C.UTF-8",
            "MANROFFOPT": "-c", "PAGER": "cat", "MANPAGER": "cat"})
        text = re.sub(r".\x08|\x1b\[[0-9;]*m", "", text)
        assert len(text) > 1000, page
        wrong += ["%s: %s" % (os.path.basename(page), line)
                  for line in text.splitlines() if len(line) > COLUMNS]
    rule(name, wrong)


def main():
    check_commands()
    check_vdrive()
    paths, text = tree()
    for document in ("ARCHITECTURE.md", "CODING.md", "CONTRIBUTING.md"):
        rule("each path and name in %s exists" % document,
             check_names(document, paths, text))
    rule("no line of a document has more than %d columns" % COLUMNS,
         check_lines(["README.md", "ARCHITECTURE.md", "CODING.md",
                      "CONTRIBUTING.md", "CHANGELOG.md"] +
                     sorted(p for p in paths if p.startswith("examples/"))))
    check_rendered()
    print("1..%d" % count)


main()
