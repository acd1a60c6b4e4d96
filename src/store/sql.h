/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SQLite with our errors: statements that remember the first failure, so that
 * a query reads as one.  Private to store/.
 */
#ifndef NB_STORE_SQL_H
#define NB_STORE_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/mark.h"

struct nb_catalog {
	sqlite3 *db;
	char *path, *dir;
	bool tolerant; /* only asked: damage is told, and no error */
	bool working;  /* the lock is held: the mark may be written */
	bool mark_damaged;
	struct nb_marks marks; /* in DIR, beside the file */
};

struct nb_sql {
	struct nb_catalog *catalog;
	sqlite3_stmt *stmt;
	enum nb_err err; /* the first failure; later calls do nothing */
	int next;        /* parameter to bind next */
};

/* Tells what SQLite said, once, as our code. */
enum nb_err nb_sql_fail(struct nb_catalog *catalog);

/* Tells that the catalog is damaged, and WHAT is wrong: NB_ECORRUPT. */
enum nb_err nb_sql_damaged(struct nb_catalog *catalog, const char *what);

/* Runs statements without parameters and rows. */
enum nb_err nb_sql_run(struct nb_catalog *catalog, const char *text);

struct nb_sql nb_sql_prepare(struct nb_catalog *catalog, const char *text);
/* Each binds the next parameter; TEXT NULL binds NULL. */
void nb_sql_text(struct nb_sql *sql, const char *text);
void nb_sql_blob(struct nb_sql *sql, const void *bytes, size_t n);
void nb_sql_int(struct nb_sql *sql, int64_t value);

/* The next row; false at the end or on failure (look at err). */
bool nb_sql_row(struct nb_sql *sql);
/* Columns of the current row, from 0.  A text is "" for want of memory (look at
 * err), NULL where the column is; one that may not be NULL and is, because the
 * file is damaged, reads as "" through nb_sql_get_must. */
const char *nb_sql_get_text(struct nb_sql *sql, int column);
const char *nb_sql_get_must(struct nb_sql *sql, int column);
int64_t nb_sql_get_int(struct nb_sql *sql, int column);

/* Runs to the end and makes it ready for other parameters. */
enum nb_err nb_sql_again(struct nb_sql *sql);
/* Finalises; returns the first failure. */
enum nb_err nb_sql_end(struct nb_sql *sql);

/* Makes or migrates the tables (schema.c). */
enum nb_err nb_schema_prepare(struct nb_catalog *catalog);

/*
 * Is the catalog sound: for SQLite, for our own rules, and is what it holds
 * what was written?  WHOLE: the files of backups too, which takes seconds for
 * millions.  NB_ECORRUPT. (catalog_check.c)
 */
enum nb_err nb_catalog_check(struct nb_catalog *catalog, bool whole);

/* Writes the hash of what it holds, at the end of each transaction. */
enum nb_err nb_catalog_seal(struct nb_catalog *catalog);

/* ERR ends the transaction: seal, commit and mark it, or roll back and keep
 * ERR. (catalog_write.c) */
enum nb_err nb_catalog_end(struct nb_catalog *catalog, enum nb_err err);

/* In a transaction: one more change of POOL, which knows GENERATION now.
 * (catalog_mark.c) */
enum nb_err nb_catalog_advance(struct nb_catalog *catalog, const char *pool,
			       uint64_t generation);

/* Brings the mark beside the file to where the catalog is, where it is not
 * there yet. */
enum nb_err nb_catalog_mark(struct nb_catalog *catalog);

#endif
