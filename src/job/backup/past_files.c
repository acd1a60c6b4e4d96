/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/past_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/str.h"

/* One for each of BACKUP->last. */
struct place {
	const struct nb_manifest_source *source; /* NULL: M does not have it */
	char *prefix;                            /* of its files, "tree/www/" */
};

struct past {
	const struct nb_backup *backup;
	const struct nb_entries *files;
	struct place *places;
	size_t skip;  /* of a path in the catalog: the backup's id */
	char *before; /* a backup on two discs has two rows */
	enum nb_err (*fn)(void *ctx, const struct nb_past_file *file);
	void *ctx;
};

static enum nb_err
begin_one(struct place *p, const struct nb_manifest_source *source)
{
	char *name = NULL;
	enum nb_err err = nb_path_encode(source->name, &name);

	if (!err)
		err = nb_str_format(&p->prefix, "%s/%s/", source->kind, name);
	free(name);
	p->source = source;
	return err;
}

static enum nb_err
begin(struct past *past, const struct nb_manifest *m)
{
	const struct nb_holdings *last = &past->backup->last;
	enum nb_err err = NB_OK;

	past->places = calloc(last->count + 1, sizeof *past->places);
	if (!past->places)
		return nb_fail_memory();
	for (size_t i = 0; !err && i < last->count; i++) {
		const struct nb_manifest_source *source =
			nb_manifest_find(m, last->at[i].kind, last->at[i].name);

		if (source)
			err = begin_one(&past->places[i], source);
	}
	return err;
}

static enum nb_err
call(struct past *past, const struct nb_entry *was)
{
	const char *path = was->path + past->skip, *within;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < past->backup->last.count; i++) {
		const struct place *p = &past->places[i];
		struct nb_past_file file = { .at = i,
					     .path = path,
					     .was = was };

		if (!p->source || strncmp(path, p->prefix, strlen(p->prefix)))
			continue;
		file.now = nb_manifest_source_file(p->source, past->files, path,
						   &within);
		err = past->fn(past->ctx, &file);
	}
	return err;
}

static enum nb_err
take_row(void *ctx, const struct nb_catalog_file *row)
{
	struct past *past = ctx;
	const char *path = row->entry->path;
	enum nb_err err;

	if (row->entry->type == NB_ENTRY_DIR || strlen(path) <= past->skip
	    || (past->before && !strcmp(past->before, path)))
		return NB_OK;
	free(past->before);
	past->before = NULL;
	err = nb_str_dup(path, &past->before);
	return err ? err : call(past, row->entry);
}

enum nb_err
nb_past_files(const struct nb_backup *backup, const struct nb_manifest *m,
	      const struct nb_entries *files, const char *id,
	      enum nb_err (*fn)(void *ctx, const struct nb_past_file *file),
	      void *ctx)
{
	struct past past = { .backup = backup,
			     .files = files,
			     .skip = strlen(id) + 1,
			     .fn = fn,
			     .ctx = ctx };
	enum nb_err err = begin(&past, m);

	if (!err)
		err = nb_catalog_files(backup->context->catalog, id, take_row,
				       &past);
	for (size_t i = 0; past.places && i < backup->last.count; i++)
		free(past.places[i].prefix);
	free(past.places);
	free(past.before);
	return err;
}
