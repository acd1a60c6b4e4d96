/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/sqlite/sqlite.h"

#include <string.h>

#define TABLES                                                 \
	"select type, name, tbl_name, sql from sqlite_schema " \
	"where name not like 'sqlite_%' order by type, name"

enum nb_err
nb_sqlite_load_seal(struct nb_catalog_store *store, struct nb_seal *seal)
{
	struct nb_sql sql =
		nb_sql_prepare(nb_sqlite_of(store), "select * from seal");
	struct nb_bytes sum;

	seal->version = NB_SEAL_NONE;
	if (nb_sql_row(&sql)) {
		/* Up to schema 3 there was no column for the version. */
		int64_t version = sqlite3_column_count(sql.stmt) > 2
			? nb_sql_get_int(&sql, 2)
			: NB_SEAL_NATIVE;

		sum = nb_sql_get_bytes(&sql, 1);
		if (sum.at && sum.size == sizeof seal->sum) {
			memcpy(seal->sum, sum.at, sizeof seal->sum);
			seal->version = version;
		}
	}
	return nb_sql_end(&sql);
}

enum nb_err
nb_sqlite_save_seal(struct nb_catalog_store *store, const struct nb_seal *seal)
{
	struct nb_sql sql = nb_sql_prepare(
		nb_sqlite_of(store),
		"insert or replace into seal (one, sum, version) "
		"values (1, ?, ?)");

	nb_sql_blob(&sql, seal->sum, sizeof seal->sum);
	nb_sql_int(&sql, seal->version);
	nb_sql_again(&sql);
	return nb_sql_end(&sql);
}

enum nb_err
nb_sqlite_describe(struct nb_catalog_store *store,
		   enum nb_err (*fn)(void *ctx, const char *text), void *ctx)
{
	struct nb_sql sql = nb_sql_prepare(nb_sqlite_of(store), TABLES);

	while (nb_sql_row(&sql))
		for (int i = 0; !sql.err && i < 4; i++)
			sql.err = fn(ctx, nb_sql_get_must(&sql, i));
	return nb_sql_end(&sql);
}

/* The input of seals of version 1, unchanged. */
static const char *const native[] = {
	TABLES,
	"select * from pools order by name",
	"select * from discs order by id",
	"select * from sessions order by id",
	"select * from backups order by id",
	"select * from parts order by backup_id, number, session_id",
	"select * from sources order by backup_id, number",
};

/* A column with its type and length.  The length was hashed in the byte order
 * of the machine, and all machines that wrote one were little-endian. */
static void
hash_column(struct nb_sha256 *sha256, sqlite3_stmt *stmt, int column)
{
	uint8_t type = (uint8_t)sqlite3_column_type(stmt, column);
	const void *bytes = sqlite3_column_blob(stmt, column);
	uint32_t n = (uint32_t)sqlite3_column_bytes(stmt, column);
	uint8_t length[4] = { n & 0xff, n >> 8 & 0xff, n >> 16 & 0xff,
			      n >> 24 & 0xff };

	nb_sha256_add(sha256, &type, sizeof type);
	nb_sha256_add(sha256, length, sizeof length);
	if (n)
		nb_sha256_add(sha256, bytes, n);
}

static enum nb_err
hash_rows(struct nb_sqlite *sqlite, const char *query, struct nb_sha256 *sha256)
{
	struct nb_sql sql = nb_sql_prepare(sqlite, query);

	while (nb_sql_row(&sql))
		for (int i = 0; i < sqlite3_column_count(sql.stmt); i++)
			hash_column(sha256, sql.stmt, i);
	return nb_sql_end(&sql);
}

enum nb_err
nb_sqlite_native_sum(struct nb_catalog_store *store,
		     uint8_t sum[NB_SHA256_SIZE])
{
	struct nb_sha256 *sha256 = NULL;
	enum nb_err err = nb_sha256_new(&sha256);

	for (size_t i = 0; !err && i < sizeof native / sizeof *native; i++)
		err = hash_rows(nb_sqlite_of(store), native[i], sha256);
	if (!err)
		nb_sha256_finish(sha256, sum);
	nb_sha256_free(sha256);
	return err;
}
