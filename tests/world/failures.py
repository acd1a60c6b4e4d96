# SPDX-License-Identifier: GPL-2.0-or-later
"""Burns of a world that fail or die on write-once media: what such a burn left
is never continued, and the nights go on with another disc."""
import json
import os

RULES = ["when write nth %d then sense 3/0c/00",
         "when write nth %d then kill client",
         "when write nth %d then power loss"]
LATER = ["when close nth 1 then kill client",
         "when close nth 2 then kill client",
         "when close nth 1 then sense 5/72/00"]


class Failures:
    """Of a World."""

    def add_failures(self, job):
        """How many discs may be lost, so that there is always one more."""
        job["spare"] = 0
        if self.once and self.fail.random() < .7:
            job["spare"] = 1 if job["rotation"] == "fresh" \
                else len(job["discs"]) - 1

    def fails(self, job, first):
        """Tonight?"""
        return not first and job["spare"] and not job["loss"] \
            and not job["by hints"] and self.fail.random() < .5

    def failing_night(self, job):
        """A run that does not end well, if it gets as far.  What it burned
        may be recorded by the next one.  True: and somebody runs it again."""
        told = self.nightburn("plan", "--json", "-j", job["name"],
                              want=(0, 3)).stdout
        plan = json.loads(told)
        if plan["plan"] == "refuse":
            return True
        disc = job["drives"].disc_in(plan["drive"])
        rule = self.fail.choice(RULES * 2 + LATER)
        if "%d" in rule:
            rule %= self.fail.choice([1, 2, 4, 6, 10, 20])
        used = disc in job["files"].values()
        done = self.run_with(rule, job)
        self.diary.append("%s: %s, to %s %s: status %d" % (
            job["name"], rule, plan["plan"], disc, done.returncode))
        self.write_on(job, plan["disc"], disc)
        if done.returncode not in (0, 3):
            job["spare"] -= 1
            self.after_failure(job, used)
        elif b'"verified": true' in done.stdout:
            self.note(job, json.loads(done.stdout))
            return False
        return self.fail.random() < .5

    def run_with(self, rule, job):
        rules = os.path.join(self.work, "failing")
        with open(rules, "w", encoding="utf-8") as f:
            f.write(rule + "\n")
        self.faults = ["--faults", rules]
        done = self.nightburn("run", "-j", job["name"], "--json",
                              want=(0, 1, 3, 4, 125, 137))
        self.faults = []
        return done

    def after_failure(self, job, used):
        """What was on the disc before is good."""
        self.on_this_disc(job, *job["newest"])
        if used and self.fail.random() < .5:
            self.nightburn("verify", "-j", job["name"])
