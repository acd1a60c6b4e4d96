/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/measure.h"

#include "model/decide/shrink.h"

double
nb_backup_min_ratio(const struct nb_backup *backup,
		    const struct nb_holding *was)
{
	const struct nb_config_sources *sources = backup->sources;

	for (size_t i = 0; i < sources->count; i++) {
		const struct nb_config_source *source = &sources->at[i];
		const struct nb_source_ops *ops = nb_source_ops(source);

		if (nb_source_covers(source, was->kind, was->name,
				     was->database))
			return ops->min_ratio ? ops->min_ratio(source) : 0;
	}
	return 0;
}

bool
nb_backup_covers(const struct nb_backup *backup, const struct nb_holding *was)
{
	const struct nb_config_sources *sources = backup->sources;

	for (size_t i = 0; i < sources->count; i++)
		if (nb_source_covers(&sources->at[i], was->kind, was->name,
				     was->database))
			return true;
	return false;
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
	return ratio > 0 && (!is || nb_shrink_of(was, is, ratio, out));
}
