/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sqlite/sqlite.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* "A, B, C" for the columns from FIRST up to END, each formatted with
 * PATTERN. */
static void
add_columns(struct nb_str *s, const struct nb_table *table, int first, int end,
	    const char *between, const char *pattern)
{
	for (int i = first; i < end; i++) {
		if (i > first)
			nb_str_add(s, between);
		for (const char *p = pattern; *p; p++)
			if (*p == '@')
				nb_str_add(s, table->columns[i].name);
			else
				nb_str_add_bytes(s, p, 1);
	}
}

/* The statement from the text S. */
static enum nb_err
prepare(struct nb_sqlite *sqlite, struct nb_str *s, struct nb_sql *sql)
{
	char *text = NULL;
	enum nb_err err = nb_str_take(s, &text);

	if (err)
		return err;
	*sql = nb_sql_prepare(sqlite, text);
	free(text);
	return sql->err;
}

static enum nb_err
prepare_each(struct nb_sqlite *sqlite, const struct nb_table *table, int keys,
	     struct nb_sql *sql)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_add(&s, "select ");
	add_columns(&s, table, 0, table->count, ", ", "@");
	nb_str_addf(&s, " from %s%s", table->name, keys ? " where " : "");
	add_columns(&s, table, 0, keys, " and ", "@ = ?");
	nb_str_add(&s, " order by ");
	add_columns(&s, table, 0, table->keys, ", ", "@");
	return prepare(sqlite, &s, sql);
}

/* A row keeps its identity when its other columns change: rows that refer to it
 * must never miss it, as they would with "replace". */
static enum nb_err
prepare_put(struct nb_sqlite *sqlite, const struct nb_table *table,
	    struct nb_sql *sql)
{
	struct nb_str s = NB_STR_INIT;

	nb_str_addf(&s, "insert into %s (", table->name);
	add_columns(&s, table, 0, table->count, ", ", "@");
	nb_str_add(&s, ") values (");
	add_columns(&s, table, 0, table->count, ", ", "?");
	nb_str_add(&s, ") on conflict (");
	add_columns(&s, table, 0, table->keys, ", ", "@");
	nb_str_add(&s,
		   table->keys < table->count ? ") do update set "
					      : ") do nothing");
	add_columns(&s, table, table->keys, table->count, ", ",
		    "@ = excluded.@");
	return prepare(sqlite, &s, sql);
}

static void
bind(struct nb_sql *sql, const struct nb_column *column, const void *row)
{
	struct nb_bytes bytes;

	switch (column->kind) {
	case NB_COLUMN_NUMBER:
		nb_sql_int(sql, nb_column_number(column, row));
		break;
	case NB_COLUMN_TEXT:
		nb_sql_text(sql, nb_column_text(column, row));
		break;
	case NB_COLUMN_BYTES:
		bytes = nb_column_bytes(column, row);
		nb_sql_blob(sql, bytes.at, bytes.size);
		break;
	}
}

static void
get(struct nb_sql *sql, int i, const struct nb_column *column, void *row)
{
	char *field = (char *)row + column->offset;
	struct nb_bytes bytes;
	const char *text;
	int64_t number;

	switch (column->kind) {
	case NB_COLUMN_NUMBER:
		number = nb_sql_get_int(sql, i);
		memcpy(field, &number, sizeof number);
		break;
	case NB_COLUMN_TEXT:
		text = column->may_be_null ? nb_sql_get_text(sql, i)
					   : nb_sql_get_must(sql, i);
		memcpy(field, &text, sizeof text);
		break;
	case NB_COLUMN_BYTES:
		bytes = nb_sql_get_bytes(sql, i);
		if (!bytes.at && !column->may_be_null)
			bytes.at = "";
		memcpy(field, &bytes, sizeof bytes);
		break;
	}
}

union row {
	struct nb_pool_record pool;
	struct nb_disc_record disc;
	struct nb_session_record session;
	struct nb_backup_record backup;
	struct nb_part_record part;
	struct nb_source_record source;
	struct nb_file_record file;
	struct nb_clone_record clone;
	struct nb_drill_record drill;
	struct nb_check_record check;
	struct nb_remark_record remark;
};

enum nb_err
nb_sqlite_each(struct nb_catalog_store *store, enum nb_table_id id, int keys,
	       const void *like, nb_row_fn *fn, void *ctx)
{
	const struct nb_table *table = &nb_catalog_tables[id];
	struct nb_sql sql = { 0 };
	enum nb_err err;

	err = prepare_each(nb_sqlite_of(store), table, keys, &sql);
	if (err)
		return err;
	for (int i = 0; i < keys; i++)
		bind(&sql, &table->columns[i], like);
	while (nb_sql_row(&sql)) {
		union row row = { .pool = { .name = NULL } };

		for (int i = 0; i < table->count; i++)
			get(&sql, i, &table->columns[i], &row);
		if (!sql.err)
			sql.err = fn(ctx, &row);
	}
	return nb_sql_end(&sql);
}

/* The statement of a table is prepared once: a backup may have a million
 * files. */
static enum nb_err
statement(struct nb_sqlite *sqlite, enum nb_table_id id, struct nb_sql **out)
{
	struct nb_sql *sql;
	enum nb_err err;

	if (sqlite->puts[id]) {
		*out = sqlite->puts[id];
		return NB_OK;
	}
	sql = calloc(1, sizeof *sql);
	if (!sql)
		return nb_fail_memory();
	err = prepare_put(sqlite, &nb_catalog_tables[id], sql);
	if (err)
		free(sql);
	else
		*out = sqlite->puts[id] = sql;
	return err;
}

enum nb_err
nb_sqlite_put(struct nb_catalog_store *store, enum nb_table_id id,
	      const void *row, int64_t *number)
{
	const struct nb_table *table = &nb_catalog_tables[id];
	struct nb_sqlite *sqlite = nb_sqlite_of(store);
	struct nb_sql *sql = NULL;
	int64_t key =
		table->numbered ? nb_column_number(&table->columns[0], row) : 0;
	enum nb_err err = statement(sqlite, id, &sql);

	if (err)
		return err;
	sql->err = NB_OK;
	if (table->numbered && !key)
		nb_sql_blob(sql, NULL, 0);
	else
		bind(sql, &table->columns[0], row);
	for (int i = 1; i < table->count; i++)
		bind(sql, &table->columns[i], row);
	err = nb_sql_again(sql);
	if (!err && number)
		*number = key ? key : sqlite3_last_insert_rowid(sqlite->db);
	return err;
}

void
nb_sqlite_end_puts(struct nb_sqlite *sqlite)
{
	for (int i = 0; i < NB_TABLES; i++) {
		if (sqlite->puts[i])
			nb_sql_end(sqlite->puts[i]);
		free(sqlite->puts[i]);
		sqlite->puts[i] = NULL;
	}
}
