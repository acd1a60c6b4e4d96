#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rotation, breadth first through everything that can happen to it.

tests/model/rotation plays nightburn's own jobs (src/job, src/model, compiled as
they are) against all moves of a person and all troubles of a run, and asks
after each whether the promise holds.  And it must be able to tell: with an
error put into the jobs it has to find a way to break the promise.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

from scene import ALL, BUILD

SOURCE = os.environ["NB_TOP_SRCDIR"]
MODEL = os.path.join(BUILD, "tests", "model", "rotation")
WORLDS = int(os.environ.get("NB_WORLDS", "3500000" if ALL else "25000"))
# In make torture each search takes more than 1 GiB.
AT_ONCE = 2 if ALL else os.cpu_count()
SEARCHES = {
    "two discs, people do no harm": "--harmless --faults",
    "two discs": "--faults",
    "two discs, an age limit": "--faults --limit",
    "two discs, the catalog or all state rolled back or lost":
        "--faults --rollback",
    "three discs, all of these": "--discs 3 --faults --rollback --limit",
    "two discs, sources that shrink, people do no harm":
        "--harmless --faults --shrink",
    "three discs, sources that shrink": "--discs 3 --faults --shrink",
    "three discs, filled one by one":
        "--discs 3 --rotation append --faults --limit",
    "two discs, discs that are said to be lost": "--faults --lost",
    "three discs, discs that are said to be lost": "--discs 3 --faults --lost",
    "two discs, sessions that stay open": "--faults --open",
    "three discs, filled one by one, sessions that stay open":
        "--discs 3 --rotation append --faults --open",
}
# File, text, text in its place; what happens then.
ERRORS = {
    "the newest disc may be blanked": [
        ("guard.c", "if (holds_newest(f->pool, disc))\n\t\treturn "
         "NB_GUARD_LAST_GOOD;\n\tanswer = check_others",
         "answer = check_others"),
        ("plan.c", "if (holds_newest(f->pool, disc) || !other)", "if (!other)"),
        ("pool.c", "if (d != disc && d->state == NB_DISC_GOOD",
         "if (d->state == NB_DISC_GOOD"),
        ("plan.c", "if (!is_oldest(f->pool, disc))", "if (0)")],
    "labels of other installations are trusted": [
        ("guard.c", "if (!nb_label_is_signed(f->second, f->key))", "if (0)"),
        ("plan.c", "if (!f->label_signed)", "if (0)"),
        ("pool.c", "return !strcmp(view->installation, "
         "label->installation)\n\t\t||", "return true ||")],
    "a generation older than the catalog's is trusted": [
        ("guard.c", "|| disc->generation != f->second->generation", ""),
        ("guard.c", "|| strcmp(disc->backup_id, f->second->backup_id)", ""),
        ("plan.c", "if (nb_pool_is_old_copy(", "if (0 && nb_pool_is_old_copy("),
        ("plan.c", "|| label->generation != disc->generation\n", "\n"),
        ("plan.c", "|| strcmp(label->backup_id, disc->backup_id)", "")],
    "the other disc need not have been verified recently": [
        ("guard.c", "&& f->now - d->verified <= f->max_verify_age", ""),
        ("plan.c", "&& f->now - d->verified <= f->max_verify_age", "")],
    "the label is not read again before blanking": [
        ("blank.c", "b->answer = ask_guard(b);",
         "b->before = *b->look;\n\tb->answer = ask_guard(b);"),
        ("guard.c", "if (!nb_label_is_signed(f->second, f->key))", "if (0)")],
    "a session is appended to another disc than the one inspected": [
        ("write.c", "if (err || same)", "if (1)")],
    "another disc found after blanking is written to": [
        ("blank.c", "if (!err && look->medium.state != NB_MEDIUM_BLANK)",
         "if (0)")],
    "a disc is formatted that is not the blank one": [
        ("format.c", "f->answer = nb_guard_check(&facts);",
         "f->answer = NB_GUARD_PERMIT;")],
    "a burn is recorded without being read back": [
        ("write.c", "err = read_back(w, s, checksum, result);", ";")],
    "the disc of an interrupted run is good without being read": [
        ("record_dead.c", "err = nb_check_disc(context->nb, look, &contents, "
         "&result);",
         "err = nb_disc_contents_open(context->nb, look, &contents);")],
    "appending files counts as a verification": [
        ("write.c", "if (!nb_backup_is_by_hand(w->backup))", "if (1)")],
    "an intent remains when the inspection after it fails": [
        ("destroy.c", "if (err)\n\t\tstep(steps->retract, ctx);", "")],
    "the mark of the catalog is ignored": [
        ("guard.c", "if (f->pool->stale)", "if (0)"),
        ("plan.c", "if (f->pool->stale)\n\t\treturn refuse(f, "
         "NB_REASON_CATALOG_STALE, NB_EWRONG);\n\tif (disc->", "if (disc->")],
    "a blank disc is written although the catalog was lost": [
        ("plan.c", "if (f->pool->stale)\n\t\treturn refuse(f, "
         "NB_REASON_CATALOG_STALE, NB_EWRONG);\n\tif (!nb_plan_suits",
         "if (!nb_plan_suits")],
    "a key without a catalog is that of the first night": [
        ("catalog_file.c", "if (err || !unread)", "if (1)")],
    "a disc newer than the catalog is no witness": [
        ("inspect.c", "err = nb_catalog_witness(context->catalog, label, &stale);",
         "err = NB_OK;")],
    "adopt does not compare the disc with the catalog": [
        ("adopt.c", "err = nb_inspect_heed(context, &look);", "err = NB_OK;")],
    "adopt takes another disc with the same volume id": [
        ("guard.c", "if (strcmp(f->first_disc, f->second_disc))", "if (0)")],
    "any good disc makes an old catalog current": [
        ("rebuild.c", "if (!err && reach->known < reach->marked)", "if (0)"),
        ("rebuild.c", "if (!err && text.length)", "if (0)")],
    "the same backup on another disc counts as this disc's": [
        ("record_disc.c", "look->label.disc_id, known)", "NULL, known)")],
    "a shrunk backup counts as the newest": [
        ("stage_store.c", "(BY_HAND | SHRUNK))", "BY_HAND)")],
    "a session that was left open is continued": [
        ("plan.c", "if (f->medium->open_session)\n\t\treturn refuse(f, "
         "NB_REASON_OPEN_SESSION, NB_EWRONG);\n\tif (f->medium->state != "
         "NB_MEDIUM_APPENDABLE)", "if (0)"),
        ("plan.c", "if (need > f->medium->free)", "if (0)")],
}
# By a word in the name.
OPTIONS = {"shrunk": "--shrink --harmless",
           "recently": "--faults --limit", "appending": "--faults --limit",
           "mark": "--rollback", "lost": "--rollback",
           "witness": "--rollback", "compare": "--rollback",
           "current": "--rollback", "key": "--rollback",
           "open": "--faults --open"}


def search(name):
    """Whether the promise holds, and what was said."""
    done = subprocess.run(
        [MODEL, "--depth", "40" if ALL else "6", "--worlds", str(WORLDS),
         *SEARCHES[name].split()], capture_output=True, text=True,
        check=False)
    return done.returncode == 0, done.stdout + done.stderr


def sources():
    """The files that the model is made of, as Makefile.am lists them."""
    with open(os.path.join(SOURCE, "Makefile.am"), encoding="utf-8") as file:
        played = re.search(r"^rotation_played = (.*?[^\\])$", file.read(),
                           re.M | re.S).group(1)
    paths = [os.path.join(SOURCE, name)
             for name in played.replace("\\", " ").split()]
    model = os.path.join(SOURCE, "tests", "model")
    return paths + [os.path.join(model, name) for name in os.listdir(model)
                    if name.endswith(".c")]


def pattern(text):
    """Finds this code, however its lines are broken."""
    return re.compile(r"\s*".join(
        re.escape(token) for token in re.findall(r"\w+|[^\w\s]", text)))


def build(path, folder):
    """The object file of one of them, in this folder."""
    out = os.path.join(folder, os.path.basename(path)[:-1] + "o")
    subprocess.run(
        ["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64",
         "-O1", "-w", "-include", os.path.join(SOURCE, "tests", "model",
                                               "arena.h"), f"-I{BUILD}",
         *(f"-I{SOURCE}/{folder}" for folder in
           ("include", "src", "tests/model")), "-c", path, "-o", out],
        check=True)
    return out


def change(work, changes):
    """The files that are changed, by their names."""
    changed = {}
    for name, old, new in changes:
        path = changed.get(name) or [
            path for path in sources() if os.path.basename(path) == name][0]
        with open(path, encoding="utf-8") as file:
            text = file.read()
        text, count = pattern(old).subn(lambda _, new=new: new, text)
        if count != 1:
            raise ValueError(f"{name}: {old!r} is there {count} times")
        changed[name] = os.path.join(work, name)
        with open(changed[name], "w", encoding="utf-8") as file:
            file.write(text)
    return changed


def play(program, options, worlds):
    """Its exit status, and what it said."""
    done = subprocess.run(
        [program, "--depth", "8", "--worlds", str(worlds), *options.split()],
        capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def break_it(name, parts):
    """Whether the error, and nothing else, was found, and what was said."""
    with tempfile.TemporaryDirectory(prefix="nberror.") as work:
        program = os.path.join(work, "rotation")
        changed = change(work, ERRORS[name])
        objects = [path for path in parts if os.path.basename(path)[:-1] + "c"
                   not in changed]
        objects += [build(path, work) for path in changed.values()]
        subprocess.run(["gcc", *objects, "-lxxhash", "-o", program],
                       check=True)
        options = [text for word, text in OPTIONS.items()
                   if word in name.split()] or ["--faults"]
        status, said = play(program, options[0], 400000)
    if status != 1:
        return False, said
    worlds = int(re.search(r"(\d+) worlds,", said.splitlines()[-1]).group(1))
    status, without = play(MODEL, options[0], worlds)
    return status == 0, said if status == 0 else without + \
        "\nfound without the error, too"


def tell(number, good, name, text):
    last = text.strip().splitlines()[-1] if text.strip() else ""
    print(f"{'ok' if good else 'not ok'} {number} - {name}: {last}")
    if not good:
        print(re.sub("^", "# ", text[-4000:], flags=re.M))


def main():
    print(f"1..{len(SEARCHES) + len(ERRORS)}")
    failed = False
    results = []
    with tempfile.TemporaryDirectory(prefix="nbmodel.") as work:
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            results += zip(SEARCHES, pool.map(search, SEARCHES))
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            parts = list(pool.map(lambda path: build(path, work), sources()))
            results += zip(("found, when " + name for name in ERRORS),
                           pool.map(lambda name: break_it(name, parts),
                                    ERRORS))
        for number, (name, (good, text)) in enumerate(results, 1):
            failed |= not good
            tell(number, good, name, text)
    return failed


if __name__ == "__main__":
    sys.exit(main())
