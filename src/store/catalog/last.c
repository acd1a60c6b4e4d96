/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run needs to know about the previous one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/catalog/private.h"

struct source {
	const char *kind, *name;
	int64_t stored;
	bool found;
};

static enum nb_err
match_source(void *ctx, const void *row)
{
	const struct nb_source_record *source = row;
	struct source *s = ctx;

	if (s->found || strcmp(source->kind, s->kind)
	    || strcmp(source->name, s->name))
		return NB_OK;
	s->stored = source->stored;
	s->found = true;
	return NB_OK;
}

static enum nb_err
find_source(struct nb_catalog *catalog, const struct nb_backup_list *list,
	    const char *job, struct source *s)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && !s->found && i < list->count; i++) {
		const struct nb_source_record like = {
			.backup_id = list->at[i]->id,
		};

		if (!strcmp(list->at[i]->job, job))
			err = nb_catalog_each(catalog, NB_TABLE_SOURCES, 1,
					      &like, match_source, s);
	}
	return err;
}

enum nb_err
nb_catalog_last_size(struct nb_catalog *catalog, const char *job,
		     const char *kind, const char *name, uint64_t *stored)
{
	struct source s = { .kind = kind, .name = name };
	struct nb_backup_list list = NB_ARRAY_INIT;
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	*stored = 0;
	if (err)
		return err;
	err = nb_rows_newest_first(&rows, &list);
	if (!err)
		err = find_source(catalog, &list, job, &s);
	*stored = (uint64_t)s.stored;
	nb_array_free(&list);
	nb_rows_free(&rows);
	return err;
}

/* A backup and its first session: session numbers only grow. */
struct recorded {
	const struct nb_backup_record *backup;
	int64_t session;
};

struct recorded_list NB_ARRAY(struct recorded);

static int
last_first(const void *a, const void *b)
{
	int64_t x = ((const struct recorded *)a)->session;
	int64_t y = ((const struct recorded *)b)->session;

	return x > y ? -1 : x < y;
}

/* The backups of POOL, in reverse order of recording. */
static enum nb_err
list_recorded(const struct nb_rows *rows, const char *pool,
	      struct recorded_list *list)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];
		const struct recorded r = { s->backup, s->session->id };
		struct recorded *last =
			list->count ? &list->at[list->count - 1] : NULL;

		if (last && last->backup == r.backup)
			last->session = last->session < r.session
				? last->session
				: r.session;
		else if (!strcmp(r.backup->pool, pool))
			err = nb_array_push(list, r);
	}
	if (!err && list->count)
		qsort(list->at, list->count, sizeof *list->at, last_first);
	return err;
}

static enum nb_err
take_hash(void *ctx, const void *row)
{
	const struct nb_file_record *file = row;

	if (file->sha256.size == NB_SHA256_SIZE)
		nb_hex(file->sha256.at, NB_SHA256_SIZE, ctx);
	return NB_OK;
}

static enum nb_err
find_hash(struct nb_catalog *catalog, const struct recorded_list *list,
	  const char *path, char hex[NB_SHA256_HEX + 1])
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && !*hex && i < list->count; i++) {
		const struct nb_file_record like = {
			.backup_id = list->at[i].backup->id,
			.path = { path, strlen(path) },
		};

		err = nb_catalog_each(catalog, NB_TABLE_FILES, 2, &like,
				      take_hash, hex);
	}
	return err;
}

enum nb_err
nb_catalog_last_hash(struct nb_catalog *catalog, const char *pool,
		     const char *path, char hex[NB_SHA256_HEX + 1])
{
	struct recorded_list list = NB_ARRAY_INIT;
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	*hex = '\0';
	if (err)
		return err;
	err = list_recorded(&rows, pool, &list);
	if (!err)
		err = find_hash(catalog, &list, path, hex);
	nb_array_free(&list);
	nb_rows_free(&rows);
	return err;
}
