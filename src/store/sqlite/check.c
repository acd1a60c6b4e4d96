/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sqlite/sqlite.h"

#include <string.h>

/* The check of the whole file by SQLite, which reads all of it.  It is a
 * statement, because some versions take the argument of the function of the
 * same name for a table. */
#define WHOLE_CHECK "pragma quick_check(1)"

static const char reference_check[] =
	"select 'a row of ' || \"table\" || ' refers to nothing' "
	"from pragma_foreign_key_check limit 1";

/* Only the tables on which decisions depend, with their indexes (an index of
 * "files" is as large as the table). */
static const char *const table_checks[] = {
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

#define COUNT(list) (sizeof list / sizeof *list)

static enum nb_err
ask(struct nb_sqlite *sqlite, const char *query)
{
	struct nb_sql sql = nb_sql_prepare(sqlite, query);
	enum nb_err err = NB_OK;

	if (nb_sql_row(&sql) && strcmp(nb_sql_get_must(&sql, 0), "ok") != 0)
		err = nb_catalog_damaged(&sqlite->store,
					 nb_sql_get_text(&sql, 0));
	if (sql.err)
		err = sql.err;
	nb_sql_end(&sql);
	return err;
}

enum nb_err
nb_sqlite_check(struct nb_catalog_store *store, bool whole)
{
	struct nb_sqlite *sqlite = nb_sqlite_of(store);
	enum nb_err err = whole ? ask(sqlite, WHOLE_CHECK) : NB_OK;

	if (!err && whole)
		err = ask(sqlite, reference_check);
	for (size_t i = 0; !err && i < COUNT(table_checks); i++)
		err = ask(sqlite, table_checks[i]);
	return err;
}
