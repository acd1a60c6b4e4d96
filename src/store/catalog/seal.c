/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seal, version 2: SHA-256 of all rows on which decisions depend, the same
 * on every machine.  ARCHITECTURE.md, "The seal", describes its input.
 */
#include <string.h>

#include "store/catalog/private.h"

#define HEAD "nightburn seal 2\n"

/* The type of a piece, which precedes it. */
enum tag {
	TAG_NULL,
	TAG_NUMBER,
	TAG_TEXT,
	TAG_BYTES,
	TAG_TABLE,      /* name of a table, followed by its rows, column by
			   column */
	TAG_DESCRIPTION /* a statement that creates tables */
};

/* Those that the schema has.  Without the files of backups, of which there are
 * many, and without clones and drills, on which no write depends. */
static const enum nb_table_id sealed[] = {
	NB_TABLE_POOLS,   NB_TABLE_DISCS,    NB_TABLE_SESSIONS,
	NB_TABLE_BACKUPS, NB_TABLE_PARTS,    NB_TABLE_SOURCES,
	NB_TABLE_CHECKS,  NB_TABLE_HOLDINGS, NB_TABLE_SHRINKS,
	NB_TABLE_REMARKS,
};

struct sum {
	struct nb_sha256 *sha256;
	const struct nb_table *table;
};

static void
add_tag(struct sum *sum, enum tag tag)
{
	uint8_t byte = (uint8_t)tag;

	nb_sha256_add(sum->sha256, &byte, 1);
}

/* Eight bytes, little-endian on every machine. */
static void
add_number(struct sum *sum, uint64_t number)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(number >> 8 * i);
	nb_sha256_add(sum->sha256, bytes, sizeof bytes);
}

static void
add_bytes(struct sum *sum, enum tag tag, const void *bytes, size_t n)
{
	add_tag(sum, tag);
	add_number(sum, n);
	if (n)
		nb_sha256_add(sum->sha256, bytes, n);
}

static enum nb_err
add_description(void *ctx, const char *text)
{
	add_bytes(ctx, TAG_DESCRIPTION, text, strlen(text));
	return NB_OK;
}

static void
add_column(struct sum *sum, const struct nb_column *column, const void *row)
{
	struct nb_bytes bytes = { NULL, 0 };
	enum tag tag = TAG_BYTES;

	if (column->kind == NB_COLUMN_NUMBER) {
		add_tag(sum, TAG_NUMBER);
		add_number(sum, (uint64_t)nb_column_number(column, row));
		return;
	}
	if (column->kind == NB_COLUMN_TEXT) {
		tag = TAG_TEXT;
		bytes.at = nb_column_text(column, row);
		bytes.size = bytes.at ? strlen(bytes.at) : 0;
	} else {
		bytes = nb_column_bytes(column, row);
	}
	if (bytes.at)
		add_bytes(sum, tag, bytes.at, bytes.size);
	else
		add_tag(sum, TAG_NULL);
}

static enum nb_err
add_row(void *ctx, const void *row)
{
	struct sum *sum = ctx;

	for (int i = 0; i < sum->table->count; i++)
		add_column(sum, &sum->table->columns[i], row);
	return NB_OK;
}

static enum nb_err
add_all(struct nb_catalog *catalog, int tables, struct sum *sum)
{
	const struct nb_catalog_driver *driver = catalog->store->driver;
	enum nb_err err = NB_OK;

	nb_sha256_add(sum->sha256, HEAD, strlen(HEAD));
	if (driver->describe)
		err = driver->describe(catalog->store, add_description, sum);
	for (size_t i = 0; !err && i < sizeof sealed / sizeof *sealed; i++) {
		if ((int)sealed[i] >= tables)
			continue;
		sum->table = &nb_catalog_tables[sealed[i]];
		add_bytes(sum, TAG_TABLE, sum->table->name,
			  strlen(sum->table->name));
		err = nb_catalog_each(catalog, sealed[i], 0, NULL, add_row,
				      sum);
	}
	return err;
}

/* With the first TABLES of nb_catalog_tables. */
static enum nb_err
portable_sum(struct nb_catalog *catalog, int tables,
	     uint8_t out[NB_SHA256_SIZE])
{
	struct sum sum = { NULL, NULL };
	enum nb_err err = nb_sha256_new(&sum.sha256);

	if (!err)
		err = add_all(catalog, tables, &sum);
	if (!err)
		nb_sha256_finish(sum.sha256, out);
	nb_sha256_free(sum.sha256);
	return err;
}

enum nb_err
nb_catalog_seal(struct nb_catalog *catalog)
{
	struct nb_seal seal = { .version = NB_SEAL_PORTABLE };
	enum nb_err err = portable_sum(catalog, NB_TABLES, seal.sum);

	return err ? err
		   : catalog->store->driver->save_seal(catalog->store, &seal);
}

enum nb_err
nb_catalog_check_seal(struct nb_catalog *catalog)
{
	const struct nb_catalog_driver *driver = catalog->store->driver;
	uint8_t sum[NB_SHA256_SIZE];
	struct nb_schema schema;
	struct nb_seal seal;
	bool same = false;
	enum nb_err err = driver->load_seal(catalog->store, &seal);

	/* Another process may have upgraded it since it was opened. */
	if (!err)
		err = driver->schema(catalog->store, &schema);
	if (err)
		return err;
	if (seal.version == NB_SEAL_PORTABLE) {
		err = portable_sum(catalog, schema.tables, sum);
		same = !err && !memcmp(seal.sum, sum, sizeof sum);
	} else if (seal.version == NB_SEAL_NATIVE && driver->native_sum) {
		err = driver->native_sum(catalog->store, sum);
		same = !err && !memcmp(seal.sum, sum, sizeof sum);
	}
	return err || same ? err
			   : nb_catalog_damaged(
				   catalog->store,
				   "its content is not what was last written");
}
