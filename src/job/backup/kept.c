/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "job/backup/measure.h"

/* One source for each of BACKUP->last. */
struct tally {
	const struct nb_manifest_source *source; /* NULL: is not compared */
	char *prefix;                            /* of its files, "tree/www/" */
	uint64_t had, kept;
};

struct kept {
	struct nb_backup *backup;
	const struct nb_entries *files;
	struct tally *tallies;
	size_t skip;  /* of a path in the catalog: the backup's id */
	char *before; /* a backup on two discs has two rows */
};

static enum nb_err
begin_one(struct tally *t, const struct nb_manifest_source *source)
{
	char *name = NULL;
	enum nb_err err = nb_path_encode(source->name, &name);

	if (!err)
		err = nb_str_format(&t->prefix, "%s/%s/", source->kind, name);
	free(name);
	t->source = source;
	return err;
}

/* *ANY: there is something to compare. */
static enum nb_err
begin(struct kept *k, const struct nb_manifest *m, bool *any)
{
	const struct nb_holdings *last = &k->backup->last;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < last->count; i++) {
		const struct nb_holding *was = &last->at[i];
		const struct nb_manifest_source *source =
			nb_manifest_find(m, was->kind, was->name);

		if (!source || was->files < NB_KEPT_MIN
		    || nb_shrinks_have(&k->backup->shrinks, was)
		    || nb_backup_min_kept(k->backup, was) <= 0)
			continue;
		err = begin_one(&k->tallies[i], source);
		*any = true;
	}
	return err;
}

static enum nb_err
count(void *ctx, const struct nb_catalog_file *row)
{
	struct kept *k = ctx;
	const char *path = row->entry->path, *within;
	const struct nb_entry *now;

	if (row->entry->type == NB_ENTRY_DIR || strlen(path) <= k->skip
	    || (k->before && !strcmp(k->before, path)))
		return NB_OK;
	for (size_t i = 0; i < k->backup->last.count; i++) {
		struct tally *t = &k->tallies[i];

		if (!t->source
		    || strncmp(path + k->skip, t->prefix, strlen(t->prefix)))
			continue;
		now = nb_manifest_source_file(t->source, k->files,
					      path + k->skip, &within);
		t->had++;
		t->kept += now && (now->size || !row->entry->size);
	}
	free(k->before);
	k->before = NULL;
	return nb_str_dup(path, &k->before);
}

static enum nb_err
finish(const struct kept *k)
{
	struct nb_backup *backup = k->backup;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < backup->last.count; i++) {
		const struct nb_holding *was = &backup->last.at[i];
		const struct tally *t = &k->tallies[i];
		const struct nb_shrink shrink = { .kind = was->kind,
						  .name = was->name,
						  .what = NB_SHRINK_NAMES,
						  .before = t->had,
						  .now = t->kept };

		if (t->had >= NB_KEPT_MIN
		    && (double)t->kept
			    < (double)t->had * nb_backup_min_kept(backup, was))
			err = nb_shrinks_add(&backup->shrinks, &shrink);
	}
	return err;
}

enum nb_err
nb_backup_compare_names(struct nb_backup *backup, const struct nb_manifest *m,
			const struct nb_entries *files)
{
	const struct nb_line line = nb_pool_context_line(backup->context);
	struct nb_catalog *catalog = backup->context->catalog;
	struct kept k = { .backup = backup, .files = files };
	struct nb_last_complete last = { .id = "" };
	bool any = false;
	enum nb_err err;

	k.tallies = calloc(backup->last.count + 1, sizeof *k.tallies);
	if (!k.tallies)
		return nb_fail_memory();
	err = begin(&k, m, &any);
	if (!err && any)
		err = nb_catalog_last_complete(catalog, &line, &last);
	k.skip = strlen(last.id) + 1;
	if (!err && last.id[0])
		err = nb_catalog_files(catalog, last.id, count, &k);
	if (!err)
		err = finish(&k);
	for (size_t i = 0; i < backup->last.count; i++)
		free(k.tallies[i].prefix);
	free(k.before);
	free(k.tallies);
	return err;
}
