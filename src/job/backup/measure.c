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

struct nb_least
nb_backup_least(const struct nb_backup *backup, const struct nb_holding *was)
{
	const struct nb_least nothing = { .ratio = 0 };
	const struct nb_config_source *source = source_of(backup, was);
	struct nb_least least = nothing;

	if (source && nb_source_ops(source)->least)
		least = nb_source_ops(source)->least(source);
	return least.ratio > 0 ? least : nothing;
}

bool
nb_backup_covers(const struct nb_backup *backup, const struct nb_holding *was)
{
	return source_of(backup, was) != NULL;
}

static bool
leaves_out(const struct nb_config_source *source, const char *path)
{
	const struct nb_source_ops *ops = nb_source_ops(source);

	return ops->leaves_out && ops->leaves_out(source, path);
}

bool
nb_backup_leaves_out(const struct nb_backup *backup,
		     const struct nb_holding *was, const char *path)
{
	const struct nb_config_source *source = source_of(backup, was);

	return source && leaves_out(source, path);
}

/* nb_shrink_of, or if OTHER, which has mount points of its own, nb_shrink_less,
 * without the mount points and tables that the options of SOURCE leave out:
 * somebody excluded them. */
static bool
shrank(const struct nb_config_source *source, const struct nb_holding *was,
       const struct nb_holding *now, double ratio, bool other,
       struct nb_shrink *out)
{
	char **inner = calloc(was->inner.count + 1, sizeof *inner);
	struct nb_property *filled =
		calloc(was->filled.count + 1, sizeof *filled);
	struct nb_holding mine = *was;
	bool known = inner && filled, shrank;

	mine.inner.at = inner;
	mine.filled.at = filled;
	mine.inner.count = mine.filled.count = 0;
	for (size_t i = 0; known && !other && i < was->inner.count; i++)
		if (!leaves_out(source, was->inner.at[i]))
			inner[mine.inner.count++] = was->inner.at[i];
	for (size_t i = 0; known && i < was->filled.count; i++)
		if (!leaves_out(source, was->filled.at[i].what))
			filled[mine.filled.count++] = was->filled.at[i];
	if (other)
		mine.mount = NULL;
	shrank = (other ? nb_shrink_less : nb_shrink_of)(known ? &mine : was,
							 now, ratio, out);
	free(inner);
	free(filled);
	return shrank;
}

bool
nb_backup_lacks(const struct nb_backup *backup, const struct nb_holding *was,
		const struct nb_holdings *now, struct nb_shrink *out)
{
	double ratio = nb_backup_least(backup, was).ratio;
	const struct nb_holding *is =
		nb_holdings_find(now, was->kind, was->name, was->database);

	*out = (struct nb_shrink){ .kind = was->kind,
				   .name = was->name,
				   .what = NB_SHRINK_GONE };
	return ratio > 0
		&& (!is
		    || shrank(source_of(backup, was), was, is, ratio, false,
			      out));
}

enum nb_err
nb_backup_add_lacks(const struct nb_backup *backup,
		    const struct nb_holding *was, const struct nb_holdings *now,
		    struct nb_shrinks *out)
{
	const struct nb_holding *is =
		nb_holdings_find(now, was->kind, was->name, was->database);
	struct nb_shrink shrink;
	enum nb_err err;

	if (!nb_backup_lacks(backup, was, now, &shrink))
		return NB_OK;
	err = nb_shrinks_add(out, &shrink);
	if (err || shrink.what != NB_SHRINK_OTHER)
		return err;
	return shrank(source_of(backup, was), was, is,
		      nb_backup_least(backup, was).ratio, true, &shrink)
		? nb_shrinks_add(out, &shrink)
		: NB_OK;
}
