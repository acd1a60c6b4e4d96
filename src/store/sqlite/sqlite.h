/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The catalog in one file of SQLite (WAL, foreign keys, user_version with
 * migrations), and SQLite with our error codes: statements remember the first
 * failure, so that a query is checked once.  Private to store/sqlite/.
 */
#ifndef NB_STORE_SQLITE_SQLITE_H
#define NB_STORE_SQLITE_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/catalog_driver.h"

struct nb_sqlite {
	struct nb_catalog_store store;
	sqlite3 *db;
	struct nb_sql *puts[NB_TABLES]; /* created when first needed */
};

struct nb_sql {
	struct nb_sqlite *sqlite;
	sqlite3_stmt *stmt;
	enum nb_err err; /* the first failure; later calls do nothing */
	int next;        /* parameter to bind next */
};

/* Logs the error of SQLite, once, and returns our code. */
enum nb_err nb_sql_fail(struct nb_sqlite *sqlite);

/* Runs statements without parameters and rows. */
enum nb_err nb_sql_run(struct nb_sqlite *sqlite, const char *text);

struct nb_sql nb_sql_prepare(struct nb_sqlite *sqlite, const char *text);
/* Each binds the next parameter, which must stay valid until nb_sql_again or
 * nb_sql_end; NULL binds NULL. */
void nb_sql_text(struct nb_sql *sql, const char *text);
void nb_sql_blob(struct nb_sql *sql, const void *bytes, size_t n);
void nb_sql_int(struct nb_sql *sql, int64_t value);

/* The next row; false at the end or on failure (look at err). */
bool nb_sql_row(struct nb_sql *sql);
/* Columns of the current row, from 0.  A text is "" when out of memory (check
 * err), NULL if the column is; nb_sql_get_must returns "" instead of NULL, for
 * columns that are NULL only in a damaged file. */
const char *nb_sql_get_text(struct nb_sql *sql, int column);
const char *nb_sql_get_must(struct nb_sql *sql, int column);
int64_t nb_sql_get_int(struct nb_sql *sql, int column);
struct nb_bytes nb_sql_get_bytes(struct nb_sql *sql, int column);

/* Runs to the end and resets it for other parameters. */
enum nb_err nb_sql_again(struct nb_sql *sql);
/* Finalises; returns the first failure. */
enum nb_err nb_sql_end(struct nb_sql *sql);

/* The functions of the driver (store/catalog_driver.h). */
enum nb_err nb_sqlite_schema(struct nb_catalog_store *store,
			     struct nb_schema *schema);
enum nb_err nb_sqlite_upgrade(struct nb_catalog_store *store);
enum nb_err nb_sqlite_check(struct nb_catalog_store *store, bool whole);
enum nb_err nb_sqlite_each(struct nb_catalog_store *store,
			   enum nb_table_id table, int keys, const void *like,
			   nb_row_fn *fn, void *ctx);
enum nb_err nb_sqlite_put(struct nb_catalog_store *store,
			  enum nb_table_id table, const void *row,
			  int64_t *number);
enum nb_err nb_sqlite_load_seal(struct nb_catalog_store *store,
				struct nb_seal *seal);
enum nb_err nb_sqlite_save_seal(struct nb_catalog_store *store,
				const struct nb_seal *seal);
enum nb_err nb_sqlite_describe(struct nb_catalog_store *store,
			       enum nb_err (*fn)(void *ctx, const char *text),
			       void *ctx);
enum nb_err nb_sqlite_native_sum(struct nb_catalog_store *store,
				 uint8_t sum[NB_SHA256_SIZE]);

/* Ends the statements of nb_sqlite_put. */
void nb_sqlite_end_puts(struct nb_sqlite *sqlite);

static inline struct nb_sqlite *
nb_sqlite_of(struct nb_catalog_store *store)
{
	return (struct nb_sqlite *)store;
}

#endif
