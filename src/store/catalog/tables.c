/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "store/catalog_driver.h"

#define NUMBER(row, field)                                                   \
	{                                                                    \
#field, NB_COLUMN_NUMBER, false, offsetof(struct row, field) \
	}
#define TEXT(row, field)                                                   \
	{                                                                  \
#field, NB_COLUMN_TEXT, false, offsetof(struct row, field) \
	}
#define TEXT_OR_NULL(row, field)                                          \
	{                                                                 \
#field, NB_COLUMN_TEXT, true, offsetof(struct row, field) \
	}
#define BYTES(row, field)                                                   \
	{                                                                   \
#field, NB_COLUMN_BYTES, false, offsetof(struct row, field) \
	}
#define BYTES_OR_NULL(row, field)                                          \
	{                                                                  \
#field, NB_COLUMN_BYTES, true, offsetof(struct row, field) \
	}

static const struct nb_column pools[] = {
	TEXT(nb_pool_record, name),
	NUMBER(nb_pool_record, generation),
	NUMBER(nb_pool_record, sequence),
};

static const struct nb_column discs[] = {
	TEXT(nb_disc_record, id),
	TEXT(nb_disc_record, pool),
	TEXT(nb_disc_record, name),
	TEXT(nb_disc_record, state),
	TEXT_OR_NULL(nb_disc_record, note),
	TEXT_OR_NULL(nb_disc_record, profile),
	NUMBER(nb_disc_record, capacity),
	NUMBER(nb_disc_record, verified),
	NUMBER(nb_disc_record, cycles),
	NUMBER(nb_disc_record, named),
};

static const struct nb_column sessions[] = {
	NUMBER(nb_session_record, id),      TEXT(nb_session_record, disc_id),
	NUMBER(nb_session_record, number),  NUMBER(nb_session_record, start),
	NUMBER(nb_session_record, blocks),  BYTES(nb_session_record, checksum),
	NUMBER(nb_session_record, written), NUMBER(nb_session_record, gone),
};

static const struct nb_column backups[] = {
	TEXT(nb_backup_record, id),           TEXT(nb_backup_record, pool),
	TEXT(nb_backup_record, job),          TEXT(nb_backup_record, host),
	NUMBER(nb_backup_record, generation), NUMBER(nb_backup_record, created),
	NUMBER(nb_backup_record, bytes),      NUMBER(nb_backup_record, files),
};

static const struct nb_column parts[] = {
	TEXT(nb_part_record, backup_id),
	NUMBER(nb_part_record, number),
	NUMBER(nb_part_record, session_id),
};

static const struct nb_column sources[] = {
	TEXT(nb_source_record, backup_id),
	NUMBER(nb_source_record, number),
	TEXT(nb_source_record, kind),
	TEXT(nb_source_record, name),
	TEXT_OR_NULL(nb_source_record, database),
	TEXT_OR_NULL(nb_source_record, format),
	TEXT_OR_NULL(nb_source_record, path),
	TEXT_OR_NULL(nb_source_record, compression),
	TEXT_OR_NULL(nb_source_record, server_version),
	NUMBER(nb_source_record, bytes),
	NUMBER(nb_source_record, stored),
};

static const struct nb_column files[] = {
	TEXT(nb_file_record, backup_id),
	BYTES(nb_file_record, path),
	NUMBER(nb_file_record, type),
	NUMBER(nb_file_record, mode),
	NUMBER(nb_file_record, uid),
	NUMBER(nb_file_record, gid),
	NUMBER(nb_file_record, mtime),
	NUMBER(nb_file_record, size),
	BYTES_OR_NULL(nb_file_record, target),
	BYTES_OR_NULL(nb_file_record, sha256),
};

static const struct nb_column clones[] = {
	TEXT(nb_clone_record, name),
	TEXT(nb_clone_record, id),
	TEXT(nb_clone_record, source),
	TEXT(nb_clone_record, target),
	TEXT(nb_clone_record, state),
	TEXT_OR_NULL(nb_clone_record, note),
	NUMBER(nb_clone_record, started),
	NUMBER(nb_clone_record, finished),
	NUMBER(nb_clone_record, checked),
	NUMBER(nb_clone_record, files),
	NUMBER(nb_clone_record, transferred),
	NUMBER(nb_clone_record, deleted),
	NUMBER(nb_clone_record, bytes),
};

static const struct nb_column drills[] = {
	TEXT(nb_drill_record, backup_id), NUMBER(nb_drill_record, date),
	TEXT(nb_drill_record, state),     NUMBER(nb_drill_record, databases),
	NUMBER(nb_drill_record, tables),  NUMBER(nb_drill_record, rows),
	NUMBER(nb_drill_record, files),
};

static const struct nb_column checks[] = {
	TEXT(nb_check_record, backup_id), TEXT(nb_check_record, disc_id),
	NUMBER(nb_check_record, date),    TEXT(nb_check_record, state),
	NUMBER(nb_check_record, bad),
};

static const struct nb_column holdings[] = {
	TEXT(nb_holding_record, backup_id),
	NUMBER(nb_holding_record, number),
	NUMBER(nb_holding_record, files),
	NUMBER(nb_holding_record, tables),
	NUMBER(nb_holding_record, rows),
	TEXT_OR_NULL(nb_holding_record, form),
	TEXT_OR_NULL(nb_holding_record, mount),
};

static const struct nb_column shrinks[] = {
	TEXT(nb_shrink_record, backup_id),
	NUMBER(nb_shrink_record, number),
	TEXT(nb_shrink_record, kind),
	TEXT(nb_shrink_record, name),
	TEXT(nb_shrink_record, what),
	NUMBER(nb_shrink_record, previous),
	NUMBER(nb_shrink_record, present),
	TEXT_OR_NULL(nb_shrink_record, mount),
};

static const struct nb_column remarks[] = {
	TEXT(nb_remark_record, disc_id),
	TEXT(nb_remark_record, remark),
};

#define COUNT(list) (int)(sizeof list / sizeof *list)
#define TABLE(list, keys, numbered, row)                                     \
	{                                                                    \
#list, list, COUNT(list), keys, numbered, sizeof(struct row) \
	}

const struct nb_table nb_catalog_tables[NB_TABLES] = {
	[NB_TABLE_POOLS] = TABLE(pools, 1, false, nb_pool_record),
	[NB_TABLE_DISCS] = TABLE(discs, 1, false, nb_disc_record),
	[NB_TABLE_SESSIONS] = TABLE(sessions, 1, true, nb_session_record),
	[NB_TABLE_BACKUPS] = TABLE(backups, 1, false, nb_backup_record),
	[NB_TABLE_PARTS] = TABLE(parts, 3, false, nb_part_record),
	[NB_TABLE_SOURCES] = TABLE(sources, 2, false, nb_source_record),
	[NB_TABLE_FILES] = TABLE(files, 2, false, nb_file_record),
	[NB_TABLE_CLONES] = TABLE(clones, 1, false, nb_clone_record),
	[NB_TABLE_DRILLS] = TABLE(drills, 1, false, nb_drill_record),
	[NB_TABLE_CHECKS] = TABLE(checks, 2, false, nb_check_record),
	[NB_TABLE_HOLDINGS] = TABLE(holdings, 2, false, nb_holding_record),
	[NB_TABLE_SHRINKS] = TABLE(shrinks, 2, false, nb_shrink_record),
	[NB_TABLE_REMARKS] = TABLE(remarks, 1, false, nb_remark_record),
};

int64_t
nb_column_number(const struct nb_column *column, const void *row)
{
	return *(const int64_t *)((const char *)row + column->offset);
}

const char *
nb_column_text(const struct nb_column *column, const void *row)
{
	return *(const char *const *)((const char *)row + column->offset);
}

struct nb_bytes
nb_column_bytes(const struct nb_column *column, const void *row)
{
	return *(const struct nb_bytes *)((const char *)row + column->offset);
}

/* Copies N bytes at FROM and adds a NUL; NULL stays NULL. */
static bool
duplicate(const void *from, size_t n, void *to)
{
	char *copy = from ? malloc(n + 1) : NULL;

	if (copy) {
		memcpy(copy, from, n);
		copy[n] = '\0';
	}
	memcpy(to, &copy, sizeof copy);
	return copy || !from;
}

enum nb_err
nb_row_copy(const struct nb_table *table, const void *row, void *out)
{
	bool copied = true;

	memcpy(out, row, table->size);
	for (int i = 0; i < table->count; i++) {
		const struct nb_column *column = &table->columns[i];
		char *field = (char *)out + column->offset;
		const char *text;
		struct nb_bytes bytes;

		if (column->kind == NB_COLUMN_TEXT) {
			text = nb_column_text(column, row);
			copied &=
				duplicate(text, text ? strlen(text) : 0, field);
		} else if (column->kind == NB_COLUMN_BYTES) {
			bytes = nb_column_bytes(column, row);
			copied &= duplicate(bytes.at, bytes.size, field);
		}
	}
	if (copied)
		return NB_OK;
	nb_row_clear(table, out);
	return nb_fail_memory();
}

void
nb_row_clear(const struct nb_table *table, void *row)
{
	for (int i = 0; i < table->count; i++) {
		const struct nb_column *column = &table->columns[i];
		void *owned = NULL;

		if (column->kind != NB_COLUMN_NUMBER)
			memcpy(&owned, (char *)row + column->offset,
			       sizeof owned);
		free(owned);
	}
	memset(row, 0, table->size);
}

enum nb_err
nb_catalog_damaged(const struct nb_catalog_store *store, const char *what)
{
	if (store->tolerant)
		return NB_ECORRUPT;
	return nb_fail(NB_ECORRUPT,
		       "%s: the catalog is damaged: %s\nhint: "
		       "run nightburn catalog rebuild with each disc of the "
		       "pool; until then nothing is written to a disc",
		       store->path, what ? what : "it cannot be read");
}
