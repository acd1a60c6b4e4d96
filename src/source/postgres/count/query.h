/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queries that count.  They require search_path = pg_catalog. */
#ifndef NB_SOURCE_POSTGRES_COUNT_QUERY_H
#define NB_SOURCE_POSTGRES_COUNT_QUERY_H

#include "base/str.h"

/* From this version of the server on, a value is converted to the same text in
 * all later ones; before, this was not so for floating-point numbers. */
#define NB_PG_TEXT_SINCE 120000

/* Settings with which the text of a row depends only on its values, and without
 * limits that would end a query. */
extern const char nb_pg_count_settings[];

/*
 * The tables with rows of their own that pg_dump dumps: no views, nothing that
 * belongs to an extension, no foreign tables; partitioned ones by their
 * partitions.
 */
enum {
	NB_PG_TABLE_SCHEMA,
	NB_PG_TABLE_NAME,
	NB_PG_TABLE_OID,
	NB_PG_TABLE_NODE,
	/* its columns in the order of their names, if CONTENT is set */
	NB_PG_TABLE_COLUMNS
};
const char *nb_pg_tables_query(bool content);
/* Schema and name of each sequence. */
extern const char nb_pg_sequences_query[];
/* Schema and name of each table below one that is partitioned by hash, and
 * schema and name of the topmost such one. */
extern const char nb_pg_hashed_query[];
/* Schema and name of each table that pg_dump dumps, and that is in another file
 * now than in the snapshot of the transaction: it was truncated or rewritten.
 * It has to be the first query that uses pg_extension: the new lock makes the
 * server look at what others did. */
extern const char nb_pg_rewritten_query[];
/* Name and version of each extension. */
extern const char nb_pg_extensions_query[];
/* Schema, name and why, of what pg_dump leaves out: "extension X", a table that
 * belongs to it, which may have rows; "unlogged", a table on a standby, where
 * none can be read; "prepared", a transaction, without a schema. */
extern const char nb_pg_missing_query[];

/* Appends SCHEMA.NAME, quoted. */
void nb_pg_add_relation(struct nb_str *s, const char *schema, const char *name);

/* Returns one row if that table has any. */
void nb_pg_add_row_query(struct nb_str *s, const char *schema,
			 const char *name);

/*
 * Rows, checksum, and the number of the file that the table is in now: another
 * one if it was rewritten or truncated since.  COLUMNS NULL: rows alone.
 *
 * The checksum does not depend on the order of rows: the sum of the first 64
 * bits of the MD5 of each row's text, as numbers with a sign.
 */
void nb_pg_add_table_query(struct nb_str *s, const char *schema,
			   const char *name, const char *oid,
			   const char *columns);

/* Number of large objects; with CONTENT a checksum of their pages, NULL if
 * these may not be read. */
const char *nb_pg_large_query(bool content);

#endif
