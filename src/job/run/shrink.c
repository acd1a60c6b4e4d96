/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/shrink.h"

#include "base/log.h"
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

static enum nb_err
compare_one(struct nb_backup *backup, const struct nb_holding *was,
	    const struct nb_holdings *now)
{
	double ratio = nb_backup_min_ratio(backup, was);
	const struct nb_holding *is =
		nb_holdings_find(now, was->kind, was->name);
	struct nb_shrink shrink = { .kind = was->kind,
				    .name = was->name,
				    .what = NB_SHRINK_GONE };

	if (ratio <= 0 || (is && !nb_shrink_of(was, is, ratio, &shrink)))
		return NB_OK;
	return nb_shrinks_add(&backup->shrinks, &shrink);
}

enum nb_err
nb_backup_compare(struct nb_backup *backup, const struct nb_manifest *m,
		  const struct nb_entries *entries)
{
	const struct nb_pool_context *context = backup->context;
	struct nb_holdings was = NB_ARRAY_INIT, now = NB_ARRAY_INIT;
	enum nb_err err;

	nb_shrinks_free(&backup->shrinks);
	if (context->accept_shrink || !context->catalog
	    || nb_backup_is_by_hand(backup))
		return NB_OK;
	err = nb_catalog_last_holdings(context->catalog, context->job->name,
				       &was);
	if (!err)
		err = nb_holdings_take(m, entries, &now);
	for (size_t i = 0; !err && i < was.count; i++)
		err = compare_one(backup, &was.at[i], &now);
	nb_holdings_free(&was);
	nb_holdings_free(&now);
	return err;
}

void
nb_backup_tell_shrinks(const struct nb_backup *backup)
{
	char text[NB_SHRINK_TEXT], hint[NB_HINT_MAX];

	for (size_t i = 0; i < backup->shrinks.count; i++)
		nb_log(NB_ERROR, "%s",
		       nb_shrink_text(&backup->shrinks.at[i], text));
	if (backup->shrinks.count)
		nb_log(NB_ERROR,
		       "%s: the backup shrank, so no disc is blanked for "
		       "it\nhint: %s",
		       backup->context->job->name,
		       nb_pool_context_hint(
			       backup->context,
			       "restore what was lost; if this is intended, "
			       "run nightburn run --accept-shrink",
			       hint));
}
