/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is something on a disc that is to be adopted newer than what is known? */
#include <string.h>

#include "job/pool/adopt.h"
#include "job/disc/check_disc.h"
#include "job/disc/fallback_session.h"

struct question {
	const struct nb_pool_context *context;
	/* Nothing has been burned yet, or nothing but an empty directory, so
	 * that what another installation burned, or this one before its state
	 * was lost, may be all there is. */
	bool any;
};

static bool
holds_something(const struct nb_holding *h)
{
	return h->files > 0 || h->rows > 0;
}

static enum nb_err
burned_nothing(struct nb_pool_context *context, bool *nothing)
{
	const struct nb_line line = nb_pool_context_line(context);
	struct nb_holdings last = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	*nothing = !context->view.generation;
	if (*nothing)
		return NB_OK;
	err = nb_catalog_last_holdings(context->catalog, &line, &last);
	*nothing = !err && last.count;
	for (size_t i = 0; i < last.count; i++)
		*nothing = *nothing && !holds_something(&last.at[i]);
	nb_holdings_free(&last);
	return err;
}

/* Nothing in a session is newer than its label.  What good discs have of newer
 * backups that lack something does not count. */
static bool
may_have_newer(const struct question *q, const struct nb_label *label)
{
	return q->any
		|| (label->generation > q->context->view.complete
		    && nb_pool_context_signed(q->context, label)
		    && !strcmp(label->pool, q->context->view.name));
}

/* Is it ours, and newer than any known one?  A backup that could not be checked
 * may be good.  Without a label, its manifest tells whose it is. */
static enum nb_err
is_newer(const struct question *q, const struct nb_disc_contents *contents,
	 struct nb_disc_backup *b, bool *newer)
{
	const struct nb_pool_view *view = &q->context->view;
	bool may = b->has_label ? may_have_newer(q, &b->label)
				: b->label.generation >= view->complete;
	enum nb_err err;

	if (b->check == NB_CHECK_DAMAGED || !may)
		return NB_OK;
	err = b->err ? b->err : nb_disc_backup_load(contents, b);
	if (!err)
		*newer = *newer || q->any
			|| (!strcmp(b->manifest.pool, view->name)
			    && (!b->manifest.shrinks.count
				|| b->label.generation + !b->has_label
					> view->generation));
	nb_disc_backup_unload(b);
	return err == NB_ENOMEM || err == NB_ECANCELED ? err : NB_OK;
}

/* One session.  *GOOD: all of it. */
static enum nb_err
find_newer_in(const struct question *q, const struct nb_inspection *look,
	      bool *newer, bool *good)
{
	struct nb_disc_contents contents = { .blocks = NULL };
	struct nb_verify_result unused;
	enum nb_err err =
		nb_check_disc(q->context->nb, look, &contents, &unused);

	*good = !err;
	if (nb_fallback_may_help(err))
		err = NB_OK;
	for (size_t i = 0; !err && i < contents.backups.count; i++)
		err = is_newer(q, &contents, &contents.backups.at[i], newer);
	nb_disc_contents_free(&contents);
	return err;
}

enum nb_err
nb_adopt_find_newer(struct nb_pool_context *context, struct nb_inspection look,
		    bool known, bool *newer)
{
	struct question q = { .context = context };
	bool good = false;
	enum nb_err err = known || context->accept_shrink
		? NB_OK
		: burned_nothing(context, &q.any);

	if (!err && look.label_state != NB_LABEL_GOOD)
		err = nb_fallback_session(&look);
	if (err == NB_ENOTFOUND && look.label_state == NB_LABEL_UNREADABLE)
		return find_newer_in(&q, &look, newer, &good);
	while (!err && !*newer && !good && may_have_newer(&q, &look.label)) {
		err = find_newer_in(&q, &look, newer, &good);
		if (!err && !*newer && !good)
			err = nb_fallback_session(&look);
	}
	return err == NB_ENOTFOUND ? NB_OK : err;
}
