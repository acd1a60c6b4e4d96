/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/measure.h"

#include <stdlib.h>

#include "model/decide/shrink.h"

/* The source that produces WAS, or NULL. */
static const struct nb_config_source *
source_of(const struct nb_backup *backup, const struct nb_holding *was)
{
	const struct nb_config_sources *sources = backup->sources;

	for (size_t i = 0; i < sources->count; i++)
		if (nb_source_covers(&sources->at[i], was->kind, was->name,
				     was->database))
			return &sources->at[i];
	return NULL;
}

double
nb_backup_min_ratio(const struct nb_backup *backup,
		    const struct nb_holding *was)
{
	const struct nb_config_source *source = source_of(backup, was);

	return source && nb_source_ops(source)->min_ratio
		? nb_source_ops(source)->min_ratio(source)
		: 0;
}

double
nb_backup_min_kept(const struct nb_backup *backup, const struct nb_holding *was)
{
	const struct nb_config_source *source = source_of(backup, was);

	return source && nb_source_ops(source)->min_kept
		? nb_source_ops(source)->min_kept(source)
		: 0;
}

bool
nb_backup_covers(const struct nb_backup *backup, const struct nb_holding *was)
{
	return source_of(backup, was) != NULL;
}

/* nb_shrink_of without the mount points that the options of SOURCE leave out:
 * somebody excluded them. */
static bool
shrank(const struct nb_config_source *source, const struct nb_holding *was,
       const struct nb_holding *now, double ratio, struct nb_shrink *out)
{
	const struct nb_source_ops *ops = nb_source_ops(source);
	char **kept = calloc(was->inner.count + 1, sizeof *kept);
	struct nb_holding mine = *was;
	bool shrank;

	for (size_t i = mine.inner.count = 0; kept && i < was->inner.count; i++)
		if (!ops->leaves_out
		    || !ops->leaves_out(source, was->inner.at[i]))
			kept[mine.inner.count++] = was->inner.at[i];
	mine.inner.at = kept;
	shrank = nb_shrink_of(kept ? &mine : was, now, ratio, out);
	free(kept);
	return shrank;
}

bool
nb_backup_lacks(const struct nb_backup *backup, const struct nb_holding *was,
		const struct nb_holdings *now, struct nb_shrink *out)
{
	double ratio = nb_backup_min_ratio(backup, was);
	const struct nb_holding *is =
		nb_holdings_find(now, was->kind, was->name, was->database);

	*out = (struct nb_shrink){ .kind = was->kind,
				   .name = was->name,
				   .what = NB_SHRINK_GONE };
	return ratio > 0
		&& (!is || shrank(source_of(backup, was), was, is, ratio, out));
}
