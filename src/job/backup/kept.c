/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/kept.h"

#include <stdlib.h>

#include "job/backup/measure.h"
#include "job/backup/past_files.h"

/* One source for each of BACKUP->last. */
struct tally {
	bool asked; /* it is to be compared */
	uint64_t had, kept;
};

/* Is there something to compare? */
static bool
begin(const struct nb_backup *backup, struct tally *tallies)
{
	bool any = false;

	for (size_t i = 0; i < backup->last.count; i++) {
		const struct nb_holding *was = &backup->last.at[i];

		tallies[i].asked = was->files >= NB_KEPT_MIN
			&& !nb_shrinks_have(&backup->shrinks, was)
			&& nb_backup_least(backup, was).kept > 0;
		any |= tallies[i].asked;
	}
	return any;
}

static enum nb_err
count(void *ctx, const struct nb_past_file *file)
{
	struct tally *t = &((struct tally *)ctx)[file->at];

	if (!t->asked)
		return NB_OK;
	t->had++;
	t->kept += file->now && (file->now->size || !file->was->size);
	return NB_OK;
}

static enum nb_err
finish(struct nb_backup *backup, const struct tally *tallies)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < backup->last.count; i++) {
		const struct nb_holding *was = &backup->last.at[i];
		const struct tally *t = &tallies[i];
		const struct nb_shrink shrink = { .kind = was->kind,
						  .name = was->name,
						  .what = NB_SHRINK_NAMES,
						  .before = t->had,
						  .now = t->kept };

		if (t->had >= NB_KEPT_MIN
		    && (double)t->kept < (double)t->had
				    * nb_backup_least(backup, was).kept)
			err = nb_shrinks_add(&backup->shrinks, &shrink);
	}
	return err;
}

enum nb_err
nb_backup_compare_names(struct nb_backup *backup, const struct nb_manifest *m,
			const struct nb_entries *files)
{
	const struct nb_line line = nb_backup_line(backup);
	struct nb_catalog *catalog = backup->context->catalog;
	struct nb_last_complete last = { .id = "" };
	struct tally *tallies;
	enum nb_err err = NB_OK;

	tallies = calloc(backup->last.count + 1, sizeof *tallies);
	if (!tallies)
		return nb_fail_memory();
	if (begin(backup, tallies))
		err = nb_catalog_last_complete(catalog, &line, &last);
	if (!err && last.id[0])
		err = nb_past_files(backup, m, files, last.id, count, tallies);
	if (!err)
		err = finish(backup, tallies);
	free(tallies);
	return err;
}
