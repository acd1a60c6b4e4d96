/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of backups. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/catalog/private.h"

typedef enum nb_err file_fn(void *ctx, const struct nb_catalog_file *row);

struct files {
	const struct nb_rows *rows;
	const struct nb_backup_record *backup;
	const char *pattern; /* NULL: all */
	file_fn *fn;
	void *ctx;
};

/* Copies them, followed by a NUL; false when out of memory. */
static bool
copy_bytes(struct nb_bytes bytes, char **out)
{
	*out = bytes.at ? calloc(1, bytes.size + 1) : NULL;
	if (*out)
		memcpy(*out, bytes.at, bytes.size);
	return *out || !bytes.at;
}

static enum nb_err
read_file(const struct nb_file_record *row, struct nb_entry *e)
{
	e->type = row->type >= NB_ENTRY_FILE && row->type <= NB_ENTRY_SOCKET
		? (enum nb_entry_type)row->type
		: NB_ENTRY_FILE;
	e->mode = (mode_t)row->mode;
	e->uid = (uid_t)row->uid;
	e->gid = (gid_t)row->gid;
	e->mtime = row->mtime;
	e->size = (uint64_t)row->size;
	e->hashed = row->sha256.at && row->sha256.size == NB_SHA256_SIZE;
	if (e->hashed)
		memcpy(e->sha256, row->sha256.at, NB_SHA256_SIZE);
	return copy_bytes(row->path, &e->path)
			&& copy_bytes(row->target, &e->target)
		? NB_OK
		: nb_fail_memory();
}

static bool
matches(const char *pattern, const char *path)
{
	const char *name = strrchr(path, '/');
	const char *subject = strchr(pattern, '/') || !name ? path : name + 1;

	if (!strpbrk(pattern, "*?["))
		return strstr(subject, pattern) != NULL;
	return fnmatch(pattern, subject, 0) == 0;
}

/* One row for each disc that has it. */
static enum nb_err
pass_places(const struct files *f, const struct nb_entry *e)
{
	struct nb_catalog_file row = {
		.backup_id = f->backup->id,
		.generation = (uint64_t)f->backup->generation,
		.entry = e,
	};
	const struct nb_placement *place;
	enum nb_err err = NB_OK;
	size_t at = 0;

	do {
		place = nb_rows_place(f->rows, f->backup->id, &at);
		if (!place && row.disc)
			break;
		row.disc = place ? place->disc->name : NULL;
		row.lost = place && nb_disc_is(place->disc, NB_DISC_REPLACED);
		err = f->fn(f->ctx, &row);
	} while (!err && place);
	return err;
}

static enum nb_err
pass_file(void *ctx, const void *row)
{
	const struct files *f = ctx;
	struct nb_entry e = { 0 };
	enum nb_err err = read_file(row, &e);

	if (!err && (!f->pattern || matches(f->pattern, e.path)))
		err = pass_places(f, &e);
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
each_file(struct nb_catalog *catalog, struct files *f)
{
	const struct nb_file_record like = { .backup_id = f->backup->id };

	return nb_catalog_each(catalog, NB_TABLE_FILES, 1, &like, pass_file, f);
}

enum nb_err
nb_catalog_files(struct nb_catalog *catalog, const char *backup_id, file_fn *fn,
		 void *ctx)
{
	struct nb_rows rows;
	struct files f = { .rows = &rows, .fn = fn, .ctx = ctx };
	enum nb_err err, damaged = nb_rows_load(catalog, &rows);

	if (damaged && damaged != NB_ECORRUPT)
		return damaged;
	f.backup = nb_rows_backup(&rows, backup_id);
	err = f.backup ? each_file(catalog, &f) : NB_OK;
	nb_rows_free(&rows);
	return err ? err : damaged;
}

static enum nb_err
find_in_all(struct nb_catalog *catalog, struct files *f)
{
	struct nb_backup_list list = NB_ARRAY_INIT;
	enum nb_err err = nb_catalog_read(catalog);

	if (err)
		return err;
	err = nb_rows_newest_first(f->rows, &list);
	for (size_t i = 0; !err && i < list.count; i++) {
		f->backup = list.at[i];
		err = each_file(catalog, f);
	}
	nb_catalog_read_end(catalog);
	nb_array_free(&list);
	return err;
}

enum nb_err
nb_catalog_find(struct nb_catalog *catalog, const char *pattern, file_fn *fn,
		void *ctx)
{
	struct nb_rows rows;
	struct files f = { &rows, NULL, pattern, fn, ctx };
	enum nb_err err, damaged = nb_rows_load(catalog, &rows);

	if (damaged && damaged != NB_ECORRUPT)
		return damaged;
	err = find_in_all(catalog, &f);
	nb_rows_free(&rows);
	return err ? err : damaged;
}
