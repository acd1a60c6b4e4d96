# SPDX-License-Identifier: GPL-2.0-or-later
"""Databases of a world, and two clusters: one is backed up, the other gets what
comes back."""
import os
import re
import shutil
import subprocess

from database_parts import KINDS, MORE_KINDS, MORE_PARTS, MORE_PROPERTIES

NAMES = ["plain", "My DB", "it's", "per%cent", "ünï", 'a"b', "-dash", "x" * 63,
         "back\\slash", "semi;colon", "UPPER", "$var"]
ROLES = ["app", "Read Only", "o'owner"]
TEXTS = {"UTF8": ["text", "äöü 漢字", "'quoted'", "back\\slash", "tab\t", ""],
         "LATIN1": ["text", "äöü", "'quoted'"],
         "SQL_ASCII": ["text", "'quoted'"],
         "EUC_JP": ["text", "漢字", "'quoted'"]}


def ident(name):
    return '"' + name.replace('"', '""') + '"'


def literal(text):
    return " E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Cluster:
    """A server of its own (tests/pg_cluster.sh)."""

    def __init__(self, directory, programs, made_by):
        self.directory, self.programs = directory, programs
        self.made_by = dict(os.environ, PG_BIN=made_by)
        self.script = os.path.join(os.environ["NB_TOP_SRCDIR"], "tests",
                                   "pg_cluster.sh")
        subprocess.run(["bash", self.script, "start", directory], check=True,
                       stdout=subprocess.DEVNULL, env=self.made_by)
        self.host = os.path.join(directory, "socket")
        self.env = dict(os.environ, PGHOST=self.host, PGUSER="postgres")
        self.env["PATH"] = programs.bin + ":" + self.env["PATH"]
        self.env.pop("PGDATABASE", None)
        self.make_space()

    def make_space(self):
        """Both have a tablespace of this name, each in its own place."""
        place = os.path.join(self.directory, "space")
        os.mkdir(place)
        if os.geteuid() == 0:
            shutil.chown(place, "postgres")
        self.run("postgres", "create tablespace space location '%s'" % place)

    def stop(self):
        subprocess.run(["bash", self.script, "stop", self.directory],
                       check=False, env=self.made_by)

    def run(self, database, *statements, encoding=None):
        command = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1",
                   "-d", "dbname='%s'" % re.sub(r"(['\\])", r"\\\1", database)]
        env = dict(self.env)
        if encoding:
            env["PGCLIENTENCODING"] = encoding
        done = subprocess.run(command, input="\n".join(
            s + ";" for s in statements).encode(), env=env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise RuntimeError("%s: %s" % (statements, done.stderr.decode(
                errors="replace")))
        return done.stdout

    def ask(self, database, query):
        return self.run(database, query).decode(errors="replace").strip()

    def clean(self, roles=()):
        """As it was when it was made, but for these roles."""
        mine = ("from pg_database where datname not in ('postgres', "
                "'template0', 'template1')")
        self.each("postgres",
                  "select format('alter database %I is_template false', "
                  "datname) " + mine,
                  "select format('drop database %I with (force)', datname) "
                  + mine,
                  "select format('drop role %I', rolname) from pg_roles where "
                  "rolname !~ '^pg_' and rolname <> 'postgres'",
                  *["select " + literal("create role %s login" % ident(role))
                    for role in roles])

    def each(self, database, *queries):
        """Runs the statements that these queries give."""
        return self.run(database, "\n\\gexec\n".join(queries + ("select 1 "
                                                     "where false",)))

    def dump(self, name):
        """All that pg_dump says of a database but its rows."""
        text = subprocess.run(
            ["pg_dump", "-s", "-C", "-d", "dbname='%s'" % re.sub(
                r"(['\\])", r"\\\1", name)], env=self.env, check=True,
            stdout=subprocess.PIPE).stdout
        # Sorted: the order of a database's settings means nothing.
        return sorted(line for line in text.split(b"\n")
                      if not re.match(rb"\\(un)?restrict|--|$", line))

    def describe(self, name):
        """Schema and properties by pg_dump, and a checksum of each table."""
        seen = {"schema": self.dump(name)}
        rows = self.each(
            name, "select format('select %L, count(*), md5(string_agg("
            "md5(t::text), %L order by md5(t::text))) from %I.%I t', "
            "relname, '', nspname, relname) from pg_class c join pg_namespace "
            "n on n.oid = relnamespace where relkind = 'r' and nspname "
            "!~ '^pg_' and nspname <> 'information_schema'",
            "select format('select %L, last_value, is_called from %I.%I', "
            "'sequence ' || relname, nspname, relname) from pg_class c join "
            "pg_namespace n on n.oid = relnamespace where relkind = 'S'",
            "select format('select %L, md5(lo_get(%s)), %L, %L', "
            "'large object ' || oid, oid, lomowner::regrole, lomacl) "
            "from pg_largeobject_metadata")
        for line in rows.decode(errors="replace").splitlines():
            what, _, value = line.partition("|")
            seen[what] = value
        return seen


class Database:
    """One that is backed up."""

    def __init__(self, rnd, more, cluster, name):
        self.rnd, self.cluster, self.name = rnd, cluster, name
        self.encoding, words = rnd.choice(KINDS)
        self.text = None
        if more.random() < .25:
            self.encoding, words, self.text = more.choice(MORE_KINDS)
        owner = ""
        if rnd.random() < .5:
            owner = " owner " + ident(rnd.choice(ROLES))
        cluster.run("postgres", "create database %s template template0 "
                    "encoding '%s' %s%s" % (ident(name), self.encoding, words,
                                            owner))
        self.properties(more)
        self.fill()
        self.fill_more(more)

    def properties(self, more):
        rnd, name = self.rnd, ident(self.name)
        some = [
            "revoke connect on database %s from public" % name,
            "grant create on database %s to app with grant option" % name,
            "alter database %s set search_path to 'my schema', public" % name,
            "alter database %s set work_mem to '8MB'" % name,
            "alter role app in database %s set statement_timeout to 0" % name,
            "alter database %s connection limit 7" % name,
            "comment on database %s is %s" % (name, literal(
                "it's\nour \\ own")),
        ]
        some = rnd.sample(some, rnd.randrange(len(some)))
        self.cluster.run("postgres", *some, *[
            one % name for one in MORE_PROPERTIES if more.random() < .15])

    def fill(self):
        text = self.text or self.rnd.choice(TEXTS[self.encoding])
        some = [
            ["create extension pg_trgm"],
            ["create table p (k int, v text) partition by range (k)",
             "create table p1 partition of p for values from (0) to (10)",
             "insert into p values (3, 'three')"],
            ["select lo_from_bytea(0, '\\x00ff0102')"],
            ["create view v as select count(*) from t",
             "grant select on v to " + ident("Read Only")],
            ["create function f(int) returns int language sql as "
             "'select $1 + 1'", "create type mood as enum ('sad', 'ok')"],
            ["create table s (id serial primary key, t int references t)",
             "insert into s (t) values (1), (2)"],
            ["create materialized view m as select * from t"],
            ["alter table t owner to app"],
        ]
        self.cluster.run(
            self.name, "create schema \"my schema\"",
            # Whose table t is may be there: a reference reads it as its owner.
            "grant usage on schema \"my schema\" to app",
            "create table t (n int primary key, x text, b bytea, j jsonb, "
            "w timestamptz default '2026-01-01 00:00:00+00')",
            "comment on table t is" + literal(text),
            "insert into t select n, %s || n, '\\xdeadbeef', '{\"a\": 1}' "
            "from generate_series(1, %d) n" % (
                literal(text), self.rnd.choice([10, 100, 5000])),
            *sum(self.rnd.sample(some, self.rnd.randrange(len(some))), []),
            encoding="UTF8")
        if self.encoding == "SQL_ASCII":
            self.cluster.run(self.name, "insert into t (n, x) values "
                             "(-1, E'\\xe4\\xf6')")

    def fill_more(self, more):
        parts = more.sample(MORE_PARTS, more.randrange(8))
        # Those that ICU does not know.
        if self.encoding in ("SQL_ASCII", "MULE_INTERNAL", "EUC_JIS_2004"):
            parts = [p for p in parts if "provider = icu" not in p[0]]
        self.cluster.run(self.name, *sum(parts, []))

    def night(self):
        self.cluster.run(self.name, "insert into t (n, x) select "
                         "max(n) + 1, 'night' from t")

    def describe(self):
        return self.cluster.describe(self.name)
