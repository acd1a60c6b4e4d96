/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/shrink.h"

#include "base/log.h"
#include "model/decide/shrink.h"

/* The min_ratio of the source that produces WAS; 0: nothing is compared. */
static double
min_ratio(const struct nb_backup *backup, const struct nb_holding *was)
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
nb_backup_lacks(const struct nb_backup *backup, const struct nb_holding *was,
		const struct nb_holdings *now, struct nb_shrink *out)
{
	double ratio = min_ratio(backup, was);
	const struct nb_holding *is =
		nb_holdings_find(now, was->kind, was->name);

	*out = (struct nb_shrink){ .kind = was->kind,
				   .name = was->name,
				   .what = NB_SHRINK_GONE };
	return ratio > 0 && (!is || nb_shrink_of(was, is, ratio, out));
}

enum nb_err
nb_backup_compare(struct nb_backup *backup, const struct nb_manifest *m,
		  const struct nb_entries *entries)
{
	const struct nb_pool_context *context = backup->context;
	struct nb_holdings was = NB_ARRAY_INIT, now = NB_ARRAY_INIT;
	struct nb_shrink shrink;
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
		if (nb_backup_lacks(backup, &was.at[i], &now, &shrink))
			err = nb_shrinks_add(&backup->shrinks, &shrink);
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
