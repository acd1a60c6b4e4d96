# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person does who follows the hints of nightburn to the letter.

An office has discs(), those that are unused(), the names() of the pool,
name_on(disc), perhaps the names of those that are lost, the one that is
loaded(), insert(disc), volume_id() of what is loaded, nb(argument...) which runs nightburn and gives (status, what it said),
and told, a list of texts.
"""
import re


def one_of(office):
    return "|".join(map(re.escape, office.names()))


def rebuild_each(office):
    loaded = office.loaded()
    for disc in [loaded] + [d for d in office.discs() if d != loaded]:
        office.insert(disc)
        office.nb("catalog", "rebuild")


def finish(office):
    office.nb("catalog", "rebuild", "--finish")


def rebuild_this(office):
    office.nb("catalog", "rebuild")


def adopt(office):
    """Under the name that is on the disc; if that is taken, as it says."""
    name = office.name_on(office.loaded())
    volume = office.volume_id()
    said = office.nb("adopt", "--as", name, "--volume-id", volume)[1]
    lost = re.search(r"broken or lost: nightburn catalog lost (%s)\b"
                     % one_of(office), said)
    if lost and lost.group(1) in lost_discs(office):
        say_lost(office)
        office.nb("adopt", "--as", name, "--volume-id", volume)
        return
    other = re.search(r"nightburn adopt --as (%s)\b" % one_of(office), said)
    if other:
        office.nb("adopt", "--as", other.group(1), "--volume-id", volume)


def lost_discs(office):
    return getattr(office, "lost", [])


def say_lost(office):
    """A person knows which one."""
    for disc in lost_discs(office):
        office.nb("catalog", "lost", disc)
    office.lost = []


def verify(office):
    office.nb("verify")


def verify_with(name):
    """Then the disc that was loaded is wanted again."""
    def do(office):
        loaded = office.loaded()
        insert(name)(office)
        if office.nb("verify")[0] and name in lost_discs(office):
            say_lost(office)
        office.insert(loaded)
    return do


def insert(name):
    def do(office):
        if name in office.discs():
            office.insert(name)
        else:
            office.told.append("there is no disc %s" % name)
    return do


def another(office):
    others = [d for d in office.discs() if d != office.loaded()]
    office.insert(others[0])


def blank(office):
    if office.unused():
        office.insert(office.unused()[0])
    else:
        office.told.append("there is no blank disc")


def take_over(office):
    """A person knows whose machine that is."""
    said = office.nb("pool", "take-over")[1]
    host = re.search(r"--from '([^']*)'", said)
    if host:
        office.nb("pool", "take-over", "--from", host.group(1))


def rebuild_and_take_over(office):
    """With the disc that was to be written to in the drive at the end."""
    loaded = office.loaded()
    rebuild_each(office)
    office.insert(loaded)
    take_over(office)


HINTS = [
    (r"with each disc of the pool, then nightburn pool take-over",
     rebuild_and_take_over),
    (r"catalog rebuild with each", rebuild_each),
    (r"catalog rebuild --finish", finish),
    (r"catalog rebuild with that|nightburn catalog rebuild(?! with| --)",
     rebuild_this),
    (r"nightburn adopt --as NAME", adopt),
    (r"nightburn verify", verify),
    (r"nightburn catalog lost", say_lost),
    (r"insert a blank disc", blank),
    (r"insert another disc|insert the disc whose", another),
]


def ways_out(said, office, words):
    """(what the hint says, what is done) for each remedy that is named."""
    hints = " ".join(re.findall(r"hint: (.*(?:\n(?!nightburn).*)*)", said))
    hints = re.sub(r" -[cj] \S+", "", re.sub(r"\s+", " ", hints))
    ways = [(m.group(0), do) for pattern, do in HINTS
            if (m := re.search(pattern, hints))]
    if not lost_discs(office):
        ways = [w for w in ways if w[1] is not say_lost]
    which = re.search(r"nightburn verify with disc (%s) first; if that is the "
                      r"one that cannot be read, nightburn catalog lost"
                      % one_of(office), hints)
    if which:
        ways = [w for w in ways if w[1] not in (verify, say_lost)]
        ways.append(("verify with " + which.group(1),
                     verify_with(which.group(1))))
    others = [w for w in ways if w[1] is not blank]
    if others and not office.unused():
        ways = others
    if any(do is rebuild_and_take_over for _, do in ways):
        ways = [w for w in ways if w[1] is not rebuild_each]
    # Finishing is for those who have read what they have.
    if any(do is rebuild_each for _, do in ways):
        done = any("with each" in word for word in words)
        ways = [w for w in ways if w[1] is not (
            rebuild_each if done else finish)]
    ways += [("insert " + name, insert(name)) for name in sorted(set(
        re.findall(r"insert (?:disc )?(%s)\b" % one_of(office), hints)))
             if name != office.loaded() and name in office.discs()]
    return ways
