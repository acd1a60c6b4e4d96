/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sqlite/sqlite.h"

#include <string.h>

/* What SQLite finds by itself in the whole file: it reads all of it.  As a
 * statement: some versions take the limit of the function of that name for a
 * table. */
#define WHOLE_CHECK "pragma quick_check(1)"

static const char reference_check[] =
	"select 'a row of ' || \"table\" || ' refers to nothing' "
	"from pragma_foreign_key_check limit 1";

/* And in the tables that decide, with their indexes (of "files" they are the
 * table). */
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
