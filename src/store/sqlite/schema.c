/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sqlite/sqlite.h"

#include <stdio.h>

/*
 * Each brings the schema from its index to the next version.  They are never
 * changed, only new ones are added: their texts are sealed with the rows.
 */
static const struct migration {
	const char *text;
	int tables;  /* number of tables after it */
	int columns; /* columns in all of them */
	bool sealed; /* whether a seal is one of them */
} migrations[] = {
	{ "create table discs ("
	  "  id text primary key, pool text not null, name text not null,"
	  "  state text not null, note text, profile text,"
	  "  capacity integer not null default 0,"
	  "  verified integer not null default 0,"
	  "  cycles integer not null default 0,"
	  "  named integer not null default 1) strict;"
	  "create unique index disc_names on discs (pool, name) where named = "
	  "1;"
	  "create table sessions ("
	  "  id integer primary key, disc_id text not null references discs,"
	  "  number integer not null, start integer not null,"
	  "  blocks integer not null, checksum blob not null,"
	  "  written integer not null, gone integer not null default 0) strict;"
	  "create index session_discs on sessions (disc_id);"
	  "create table backups ("
	  "  id text primary key, pool text not null, job text not null,"
	  "  host text not null, generation integer not null,"
	  "  created integer not null, bytes integer not null,"
	  "  files integer not null) strict;"
	  "create index backup_generations on backups (pool, generation);"
	  "create table parts ("
	  "  backup_id text not null references backups,"
	  "  number integer not null,"
	  "  session_id integer not null references sessions,"
	  "  primary key (backup_id, number, session_id)) strict;"
	  "create index part_sessions on parts (session_id);"
	  "create table sources ("
	  "  backup_id text not null references backups,"
	  "  number integer not null, kind text not null, name text not null,"
	  "  database text, format text, path text, compression text,"
	  "  server_version text, bytes integer not null,"
	  "  stored integer not null,"
	  "  primary key (backup_id, number)) strict;"
	  "create table files ("
	  "  backup_id text not null references backups, path blob not null,"
	  "  type integer not null, mode integer not null,"
	  "  uid integer not null, gid integer not null,"
	  "  mtime integer not null, size integer not null, target blob,"
	  "  sha256 blob, primary key (backup_id, path)"
	  ") strict, without rowid;",
	  6, 50, false },
	{ "create table clones ("
	  "  name text primary key, id text not null, source text not null,"
	  "  target text not null, state text not null, note text,"
	  "  started integer not null, finished integer not null,"
	  "  checked integer not null, files integer not null,"
	  "  transferred integer not null, deleted integer not null,"
	  "  bytes integer not null) strict;",
	  7, 63, false },
	{ "create table pools ("
	  "  name text primary key, generation integer not null,"
	  "  sequence integer not null) strict;"
	  "insert into pools select pool, max(generation), 1 from backups"
	  "  group by pool;"
	  "create table seal ("
	  "  one integer primary key check (one = 1), sum blob not null"
	  ") strict;",
	  9, 68, true },
	/* The version of the seal: seals before this migration were of version
	 * 1. */
	{ "alter table seal add column version integer not null default 1;", 9,
	  69, true },
	{ "create table drills ("
	  "  backup_id text primary key references backups,"
	  "  date integer not null, state text not null,"
	  "  databases integer not null, tables integer not null,"
	  "  rows integer not null, files integer not null) strict;",
	  10, 76, true },
	/* What was last found of a backup on a disc. */
	{ "create table checks ("
	  "  backup_id text not null references backups,"
	  "  disc_id text not null references discs,"
	  "  date integer not null, state text not null,"
	  "  bad integer not null,"
	  "  primary key (backup_id, disc_id)) strict;",
	  11, 81, true },
	/* What a backup holds of each source, and what it lacks of the one
	 * before it. */
	{ "create table holdings ("
	  "  backup_id text not null references backups,"
	  "  number integer not null, files integer not null,"
	  "  tables integer not null, rows integer not null,"
	  "  form text, mount text,"
	  "  primary key (backup_id, number)) strict;"
	  "create table shrinks ("
	  "  backup_id text not null references backups,"
	  "  number integer not null, kind text not null, name text not null,"
	  "  what text not null, previous integer not null,"
	  "  present integer not null, mount text,"
	  "  primary key (backup_id, number)) strict;",
	  13, 96, true },
	/* What the notes of discs told until then. */
	{ "create table remarks ("
	  "  disc_id text primary key references discs,"
	  "  remark text not null) strict;"
	  "insert into remarks select id, 'drill' from discs"
	  "  where state = 'suspect' and note = 'a drill failed';"
	  "insert into remarks select id, 'rest' from discs where note ="
	  "  'the newest session is bad, the earlier ones are good';"
	  "insert into remarks select id, 'lost' from discs where note ="
	  "  'the newest session is bad and may have been a backup; earlier "
	  "ones are good';",
	  14, 98, true },
};

#define NEWEST (int)(sizeof migrations / sizeof *migrations)

static enum nb_err
number(struct nb_sqlite *sqlite, const char *query, int *out)
{
	struct nb_sql sql = nb_sql_prepare(sqlite, query);

	*out = nb_sql_row(&sql) ? (int)nb_sql_get_int(&sql, 0) : 0;
	return nb_sql_end(&sql);
}

/* In a transaction: another process may have done it meanwhile. */
enum nb_err
nb_sqlite_upgrade(struct nb_catalog_store *store)
{
	struct nb_sqlite *sqlite = nb_sqlite_of(store);
	char pragma[64];
	int version = 0;
	enum nb_err err = number(sqlite, "pragma user_version", &version);

	for (; !err && version < NEWEST; version++)
		err = nb_sql_run(sqlite, migrations[version].text);
	snprintf(pragma, sizeof pragma, "pragma user_version = %d", NEWEST);
	return err ? err : nb_sql_run(sqlite, pragma);
}

enum nb_err
nb_sqlite_schema(struct nb_catalog_store *store, struct nb_schema *schema)
{
	struct nb_sqlite *sqlite = nb_sqlite_of(store);
	const struct migration none = { NULL, 0, 0, false }, *expected;
	int version, tables, columns;
	enum nb_err err = number(sqlite, "pragma user_version", &version);

	if (!err)
		err = number(sqlite,
			     "select count(*) from sqlite_schema "
			     "where type = 'table' and name not like "
			     "'sqlite_%'",
			     &tables);
	if (!err)
		err = number(sqlite,
			     "select count(*) from sqlite_schema t, "
			     "pragma_table_info(t.name) where t.type = 'table' "
			     "and t.name not like 'sqlite_%'",
			     &columns);
	if (err)
		return err;
	if (version > NEWEST)
		return nb_fail(NB_EFAIL,
			       "%s: schema %d, this program supports %d\nhint: "
			       "use the version of nightburn that wrote it, or "
			       "a newer one",
			       store->path, version, NEWEST);
	expected = version > 0 ? &migrations[version - 1] : &none;
	if (version < 0 || tables != expected->tables
	    || columns != expected->columns)
		return nb_catalog_damaged(
			store, "its tables do not match its version");
	*schema = (struct nb_schema){
		.sealed = expected->sealed,
		.current = version == NEWEST,
		/* The seal is no table of the catalog's. */
		.tables = tables - expected->sealed,
	};
	return NB_OK;
}
