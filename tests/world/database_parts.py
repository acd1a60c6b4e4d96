# SPDX-License-Identifier: GPL-2.0-or-later
"""What the databases of a world are made of."""

# Encoding, and what CREATE DATABASE says beside it.
KINDS = [
    ("UTF8", "lc_collate 'C' lc_ctype 'C'"),
    ("UTF8", "lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'"),
    ("UTF8", "locale_provider icu icu_locale 'und' locale 'C.UTF-8'"),
    ("LATIN1", "lc_collate 'C' lc_ctype 'C'"),
    ("SQL_ASCII", "lc_collate 'C' lc_ctype 'C'"),
    ("EUC_JP", "lc_collate 'C' lc_ctype 'C'"),
]
# The same, and a text of that encoding.
MORE_KINDS = [
    ("UTF8", "locale_provider icu icu_locale 'de-u-co-phonebk' locale 'C'",
     "Straße"),
    ("WIN1252", "lc_collate 'C' lc_ctype 'C'", "5 € – “äöü”"),
    ("LATIN2", "lc_collate 'C' lc_ctype 'C'", "žluťoučký"),
    ("KOI8R", "lc_collate 'C' lc_ctype 'C'", "текст"),
    ("LATIN9", "lc_collate 'C' lc_ctype 'C'", "œuvre €"),
]
MORE_PROPERTIES = [
    "alter database %s set tablespace space",
    "alter database %s is_template true",
    "alter database %s set default_transaction_isolation to 'serializable'",
    "alter database %s set timezone to 'Asia/Tokyo'",
    "revoke temporary on database %s from public",
    "alter role postgres in database %s set lock_timeout to '1h'",
]
# They need the table t of Database.fill, and no two have the same name.
MORE_PARTS = [
    ["create extension hstore with schema \"my schema\"",
     "create table h (v \"my schema\".hstore)"],
    ["create extension postgres_fdw",
     "create server far foreign data wrapper postgres_fdw "
     "options (host 'nowhere.invalid')",
     "create user mapping for app server far options (user 'x', "
     "password 'it''s')", "create foreign table ft (n int) server far"],
    ["create domain positive as int check (value > 0)",
     "create table d (v positive, r int4range, a text[], c point)",
     "insert into d values (1, '[1,5)', '{a,NULL,\"b c\"}', '(1,2)')"],
    ["create table ruled (n int)",
     "create rule none as on delete to ruled do instead nothing"],
    ["alter table t enable row level security",
     "create policy own on t for select to app using (n > 5)"],
    ["create table gen (n int generated always as identity (start 5), "
     "d int generated always as (7 * 6) stored)",
     "insert into gen default values"],
    ["create function trg() returns trigger language plpgsql as "
     "'begin return new; end'", "create trigger tr before update on t "
     "for each row execute function trg()"],
    ["create function evt() returns event_trigger language plpgsql as "
     "'begin end'",
     "create event trigger ev on ddl_command_end execute function evt()"],
    ["create publication pub for all tables"],
    ["alter default privileges in schema public grant select on tables to "
     "app", "alter default privileges for role app revoke execute on "
     "functions from public"],
    ["create unlogged table un (n int)", "insert into un values (7)"],
    ["create table parent (n int)",
     "create table child (m int) inherits (parent)",
     "insert into child values (1, 2)"],
    ["create statistics st (dependencies) on n, x from t"],
    ["select lo_from_bytea(0, decode(repeat('00ff5a', 500000), 'hex'))",
     "select format('grant select on large object %s to app', max(oid)) "
     "from pg_largeobject_metadata \\gexec\nselect 1"],
    ["create table big (v text)",
     "alter table big alter v set storage external",
     "insert into big values (repeat('0123456789', 200000))"],
    ["create table hp (n int, v text) partition by hash (n)",
     "create table hp0 partition of hp for values with (modulus 2, "
     "remainder 0)", "create table hp1 partition of hp for values with "
     "(modulus 2, remainder 1)",
     "insert into hp select n, 'v' from generate_series(1, 50) n"],
    ["create table lp (k text, n int) partition by list (k)",
     "create table lpd partition of lp default partition by range (n)",
     "create table lpd1 partition of lpd for values from (0) to (9)",
     "insert into lp values ('a', 1)"],
    ["create sequence \"odd 'seq\" increment -3 maxvalue 100 cycle",
     "select nextval('\"odd ''seq\"')"],
    ["create type comp as (a int, b text)", "create table ct (c comp)",
     "insert into ct values ((1, 'x,\"y'))"],
    ["create text search configuration tsc (copy = simple)"],
    ["create operator ### (function = int4pl, leftarg = int, "
     "rightarg = int)"],
    ["create aggregate agg (int) (sfunc = int4pl, stype = int, "
     "initcond = '0')"],
    ["create collation own (provider = icu, locale = 'und-u-kn-true', "
     "deterministic = false)"],
    ["grant select (x), update (b) on t to app with grant option"],
    ["revoke all on schema public from public",
     "grant usage on schema public to " + '"Read Only"'],
    ["create index on t (lower(x)) where n > 3",
     "create index on t using gin (j)", "alter table t cluster on t_pkey"],
    ["create table placed (n int) tablespace space",
     "insert into placed values (1)"],
    ["create procedure pr(inout a int) language sql as 'select 1'"],
    ["create view sec with (security_barrier) as select 1 as one",
     "comment on view sec is 'it''s'"],
]
