/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sql.h"

#include <stdio.h>

/*
 * Each text brings the schema from its index to the next version.  They are
 * never changed, only added to.
 */
static const char *const migrations[] = {
	"create table discs ("
	"  id text primary key, pool text not null, name text not null,"
	"  state text not null, note text, profile text,"
	"  capacity integer not null default 0,"
	"  verified integer not null default 0,"
	"  cycles integer not null default 0,"
	"  named integer not null default 1) strict;"
	"create unique index disc_names on discs (pool, name) where named = 1;"
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
	"create table clones ("
	"  name text primary key, id text not null, source text not null,"
	"  target text not null, state text not null, note text,"
	"  started integer not null, finished integer not null,"
	"  checked integer not null, files integer not null,"
	"  transferred integer not null, deleted integer not null,"
	"  bytes integer not null) strict;",
};

#define NEWEST (int)(sizeof migrations / sizeof *migrations)

static enum nb_err
migrate(struct nb_catalog *catalog, int version)
{
	char pragma[64];
	enum nb_err err;

	err = nb_sql_run(catalog, "begin immediate");
	for (; !err && version < NEWEST; version++)
		err = nb_sql_run(catalog, migrations[version]);
	snprintf(pragma, sizeof pragma, "pragma user_version = %d", NEWEST);
	if (!err)
		err = nb_sql_run(catalog, pragma);
	if (!err)
		err = nb_sql_run(catalog, "commit");
	if (err)
		sqlite3_exec(catalog->db, "rollback", NULL, NULL, NULL);
	return err;
}

enum nb_err
nb_schema_prepare(struct nb_catalog *catalog)
{
	struct nb_sql sql = nb_sql_prepare(catalog, "pragma user_version");
	int version = nb_sql_row(&sql) ? (int)nb_sql_get_int(&sql, 0) : 0;
	enum nb_err err = nb_sql_end(&sql);

	if (err)
		return err;
	if (version > NEWEST)
		return nb_fail(NB_ECORRUPT, "%s: schema %d, this program "
			       "knows %d\nhint: use the nightburn that wrote "
			       "it, or a newer one", catalog->path, version,
			       NEWEST);
	return version < NEWEST ? migrate(catalog, version) : NB_OK;
}
