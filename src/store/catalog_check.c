/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "store/catalog.h"
#include "store/sql.h"

/* What SQLite finds by itself in the whole file: it reads all of it. */
static const char *const whole_checks[] = {
	"select * from pragma_quick_check(1) where quick_check <> 'ok'",
	"select 'a row of ' || \"table\" || ' refers to nothing' "
	"from pragma_foreign_key_check limit 1",
};

/* And in the tables that decide, with their indexes (of "files" they are the
 * table). */
static const char *const sqlite_checks[] = {
	"select * from pragma_integrity_check('discs') "
	"where integrity_check <> 'ok' limit 1",
	"select * from pragma_integrity_check('sessions') "
	"where integrity_check <> 'ok' limit 1",
	"select * from pragma_integrity_check('backups') "
	"where integrity_check <> 'ok' limit 1",
	"select * from pragma_integrity_check('parts') "
	"where integrity_check <> 'ok' limit 1",
	"select * from pragma_integrity_check('clones') "
	"where integrity_check <> 'ok' limit 1",
};

/* What must hold among the rows, as queries for what does not. */
static const char *const invariants[] = {
	"select 'disc ' || name || ': no such state' from discs where state "
	"not in ('good', 'suspect', 'blanked', 'retired') limit 1",
	"select 'disc ' || d.name || ': good, and nothing is on it' "
	"from discs d where d.state = 'good' and not exists (select 1 "
	"from sessions s join parts p on p.session_id = s.id "
	"where s.disc_id = d.id and not s.gone) limit 1",
	"select 'disc ' || d.name || ': blank, and something is on it' "
	"from discs d join sessions s on s.disc_id = d.id "
	"where d.state = 'blanked' and not s.gone limit 1",
	"select 'backup ' || b.id || ': on a disc of another pool' "
	"from backups b join parts p on p.backup_id = b.id "
	"join sessions s on s.id = p.session_id "
	"join discs d on d.id = s.disc_id where d.pool <> b.pool limit 1",
	"select 'backup ' || b.id || ': newer than its pool' from backups b "
	"left join pools p on p.name = b.pool "
	"where b.generation > coalesce(p.generation, 0) limit 1",
};

/* Everything that decides, in an order of its own, and the tables themselves;
 * not the files of backups, which are many. */
static const char *const sealed[] = {
	("select type, name, tbl_name, sql from sqlite_schema "
	 "where name not like 'sqlite_%' order by type, name"),
	"select * from pools order by name",
	"select * from discs order by id",
	"select * from sessions order by id",
	"select * from backups order by id",
	"select * from parts order by backup_id, number, session_id",
	"select * from sources order by backup_id, number",
};

#define COUNT(list) (sizeof list / sizeof *list)

static enum nb_err
ask(struct nb_catalog *catalog, const char *query)
{
	struct nb_sql sql = nb_sql_prepare(catalog, query);
	enum nb_err err = NB_OK;

	if (nb_sql_row(&sql))
		err = nb_sql_damaged(catalog, nb_sql_get_text(&sql, 0));
	if (sql.err)
		err = sql.err;
	nb_sql_end(&sql);
	return err;
}

/* A column with its type and length, so that no two rows look the same. */
static void
hash_column(struct nb_sha256 *sha256, sqlite3_stmt *stmt, int column)
{
	uint8_t type = (uint8_t)sqlite3_column_type(stmt, column);
	const void *bytes = sqlite3_column_blob(stmt, column);
	uint32_t n = (uint32_t)sqlite3_column_bytes(stmt, column);

	nb_sha256_add(sha256, &type, sizeof type);
	nb_sha256_add(sha256, &n, sizeof n);
	if (n)
		nb_sha256_add(sha256, bytes, n);
}

static enum nb_err
hash_rows(struct nb_catalog *catalog, const char *query,
	  struct nb_sha256 *sha256)
{
	struct nb_sql sql = nb_sql_prepare(catalog, query);

	while (nb_sql_row(&sql))
		for (int i = 0; i < sqlite3_column_count(sql.stmt); i++)
			hash_column(sha256, sql.stmt, i);
	return nb_sql_end(&sql);
}

static enum nb_err
hash_all(struct nb_catalog *catalog, uint8_t sum[NB_SHA256_SIZE])
{
	struct nb_sha256 *sha256 = NULL;
	enum nb_err err = nb_sha256_new(&sha256);

	for (size_t i = 0; !err && i < COUNT(sealed); i++)
		err = hash_rows(catalog, sealed[i], sha256);
	if (!err)
		nb_sha256_finish(sha256, sum);
	nb_sha256_free(sha256);
	return err;
}

enum nb_err
nb_catalog_seal(struct nb_catalog *catalog)
{
	uint8_t sum[NB_SHA256_SIZE];
	struct nb_sql sql;
	enum nb_err err = hash_all(catalog, sum);

	if (err)
		return err;
	sql = nb_sql_prepare(catalog,
			     "insert or replace into seal (one, sum) "
			     "values (1, ?)");
	nb_sql_blob(&sql, sum, sizeof sum);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

static enum nb_err
check_seal(struct nb_catalog *catalog)
{
	uint8_t sum[NB_SHA256_SIZE];
	struct nb_sql sql;
	enum nb_err err = hash_all(catalog, sum);
	bool same;

	if (err)
		return err;
	sql = nb_sql_prepare(catalog, "select sum from seal");
	same = nb_sql_row(&sql)
		&& sqlite3_column_bytes(sql.stmt, 0) == (int)sizeof sum
		&& !memcmp(sqlite3_column_blob(sql.stmt, 0), sum, sizeof sum);
	err = nb_sql_end(&sql);
	return err || same ? err
			   : nb_sql_damaged(catalog,
					    "what it holds is "
					    "not what was written");
}

static enum nb_err
check_all(struct nb_catalog *catalog, bool whole)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && whole && i < COUNT(whole_checks); i++)
		err = ask(catalog, whole_checks[i]);
	for (size_t i = 0; !err && i < COUNT(sqlite_checks); i++)
		err = ask(catalog, sqlite_checks[i]);
	if (!err)
		err = check_seal(catalog);
	for (size_t i = 0; !err && i < COUNT(invariants); i++)
		err = ask(catalog, invariants[i]);
	return err;
}

/* In one transaction, so that a run that writes meanwhile is not in it. */
enum nb_err
nb_catalog_check(struct nb_catalog *catalog, bool whole)
{
	enum nb_err err = nb_sql_run(catalog, "begin");

	if (err)
		return err;
	err = check_all(catalog, whole);
	sqlite3_exec(catalog->db, "rollback", NULL, NULL, NULL);
	return err;
}
