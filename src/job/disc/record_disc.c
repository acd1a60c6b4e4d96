/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/record_disc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "disc/read/readback.h"
#include "job/disc/disc_contents.h"
#include "store/journal.h"

struct conflict {
	const struct nb_label *label;
	uint64_t newest; /* generation of the pool */
	bool found;
	char twin[NB_NAME_MAX + 1]; /* a good disc with the same backup,
					   the newest; "": none */
};

static enum nb_err
is_conflict(void *ctx, const struct nb_catalog_backup *row)
{
	struct conflict *c = ctx;

	bool same = !strcmp(row->id, c->label->backup_id);

	if (row->disc_id && !strcmp(row->disc_id, c->label->disc_id))
		return NB_OK;
	if (same != (row->generation == c->label->generation))
		c->found = true;
	else if (same && row->disc && row->generation == c->newest
		 && row->disc_state == NB_DISC_GOOD)
		snprintf(c->twin, sizeof c->twin, "%s", row->disc);
	return NB_OK;
}

/* Each session's label and manifest are ours, and of this disc. */
static enum nb_err
check_label(const struct nb_pool_context *context,
	    const struct nb_inspection *look,
	    const struct nb_disc_content *found)
{
	const struct nb_label *label = &found->label;

	if (nb_pool_context_signed(context, label)
	    && !strcmp(label->disc_id, look->label.disc_id)) {
		if (found->mac != NB_MAC_WRONG)
			return NB_OK;
		return nb_fail(NB_ECORRUPT,
			       "%s: the manifest of backup %s is "
			       "not the one that was written",
			       look->label.disc, label->backup_id);
	}
	return nb_fail(NB_ECORRUPT,
		       "%s: the label of backup %s is not that "
		       "of this disc",
		       look->label.disc, label->backup_id);
}

/* After a death the next night may have used the generation again.  Or the
 * same backup was burned on another disc: while that is the newest, two discs
 * that must not be blanked would be in each other's way. */
static enum nb_err
check_generation(struct nb_pool_context *context, const struct nb_label *label)
{
	struct conflict c = { label, context->view.generation, false, "" };
	enum nb_err err = nb_catalog_backups(context->catalog, label->pool,
					     is_conflict, &c);

	if (!err && c.twin[0])
		return nb_fail(NB_EWRONG,
			       "%s: not recorded: disc %s holds the "
			       "same backup, the newest\nhint: verify it again "
			       "after the next night, or nightburn adopt",
			       label->disc, c.twin);
	if (err || !c.found)
		return err;
	return nb_fail(NB_EWRONG,
		       "%s: generation %llu is another backup by "
		       "now\nhint: nightburn adopt makes the disc usable again",
		       label->disc, (unsigned long long)label->generation);
}

static enum nb_err
commit(struct nb_pool_context *context, const struct nb_inspection *look,
       const struct nb_disc_content *found)
{
	struct nb_catalog_session session = {
		.label = &found->label,
		.manifest = &found->manifest,
		.entries = &found->entries,
		.number = found->number,
		.start = found->start,
		.blocks = found->blocks,
		.profile = look->medium.profile_name,
		.capacity = look->medium.capacity,
		.first = found->number == 1,
		.verified = nb_clock_date(),
	};

	memcpy(session.checksum, found->checksum, sizeof session.checksum);
	return nb_catalog_commit(context->catalog, &session);
}

/* May what is FOUND be recorded?  *KNOWN: it is, of this disc. */
static enum nb_err
check(struct nb_pool_context *context, const struct nb_inspection *look,
      const struct nb_disc_content *found, bool *known)
{
	enum nb_err err =
		nb_catalog_holds(context->catalog, found->label.backup_id,
				 look->label.disc_id, known);

	if (err || *known)
		return err;
	err = check_label(context, look, found);
	return err ? err : check_generation(context, &found->label);
}

/* All of it or, where one may not be, nothing: a disc of which the catalog knew
 * the older sessions only would be refused for ever, and wait for its turn. */
static enum nb_err
learn(struct nb_pool_context *context, const struct nb_inspection *look,
      const struct nb_disc_contents *list, size_t *learnt)
{
	enum nb_err err = NB_OK;
	bool known;

	for (size_t i = 0; !err && i < list->count; i++)
		err = check(context, look, &list->at[i], &known);
	for (size_t i = 0; !err && i < list->count; i++) {
		err = check(context, look, &list->at[i], &known);
		if (err || known)
			continue;
		err = commit(context, look, &list->at[i]);
		*learnt += !err;
	}
	return err;
}

enum nb_err
nb_record_disc(struct nb_pool_context *context,
	       const struct nb_inspection *look, size_t *learnt)
{
	struct nb_disc_contents list = NB_ARRAY_INIT;
	enum nb_err err;

	*learnt = 0;
	err = nb_disc_contents_load(
		look, context->has_key ? &context->key : NULL, &list);
	if (!err)
		err = learn(context, look, &list, learnt);
	nb_disc_contents_free(&list);
	return err;
}

static enum nb_err
check_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, "verify", done, total);
}

enum nb_err
nb_record_check(struct nightburn *nb, const struct nb_inspection *look,
		struct nb_verify_result *result)
{
	struct nb_readback_result seen = { 0 };
	struct nb_readback spec = {
		.start = nb_inspect_start(look),
		.progress = check_progress,
		.ctx = nb,
	};
	enum nb_err err = nb_drive_blocks(look->drive, &spec.blocks);

	if (err)
		return err;
	spec.count = spec.blocks->count;
	err = nb_readback_run(&spec, &seen);
	nb_blocks_free(spec.blocks);
	result->files = seen.files;
	result->bytes = seen.bytes;
	result->bad = seen.bad;
	return err;
}

/* Is what it wrote on the disc in this drive, whole?  Then that is recorded. */
static enum nb_err
learn_whole(struct nb_pool_context *context, const struct nb_inspection *look,
	    bool *done)
{
	const struct nb_label *label = &context->dead;
	struct nb_verify_result result = { 0 };
	size_t learnt = 0;
	enum nb_err err;

	if (look->label_state != NB_LABEL_GOOD
	    || !nb_pool_context_signed(context, &look->label)
	    || strcmp(look->label.disc_id, label->disc_id)
	    || strcmp(look->label.backup_id, label->backup_id))
		return NB_OK;
	err = nb_record_check(context->nb, look, &result);
	if (err)
		return err == NB_ECANCELED ? err : NB_OK;
	err = nb_record_disc(context, look, &learnt);
	if (!err)
		err = nb_catalog_verified(context->catalog, label->disc_id,
					  nb_clock_date());
	*done = !err;
	return err;
}

/* Is it in this drive, blank or whole?  Then that is recorded. */
static enum nb_err
learn_in(struct nb_pool_context *context, const char *drive, bool *done)
{
	const struct nb_label *label = &context->dead;
	struct nb_inspection look = { 0 };
	enum nb_err err = nb_inspect_open(context->nb, drive, &look);

	if (err)
		return err == NB_ECANCELED ? err : NB_OK;
	if (!context->died_blanking) {
		err = learn_whole(context, &look, done);
	} else if (look.medium.state == NB_MEDIUM_BLANK) {
		err = nb_catalog_set_disc(context->catalog, label->disc_id,
					  NB_DISC_BLANKED, "blanked");
		*done = !err;
	}
	nb_inspect_close(&look);
	return err == NB_EWRONG || err == NB_ECORRUPT ? NB_OK : err;
}

/* Asked to stop before it was known: the next run shall look. */
static void
remember(const struct nb_pool_context *context)
{
	struct nb_journal dead = { context->died_blanking ? NB_STEP_BLANK
							  : NB_STEP_VERIFY,
				   context->dead };

	nb_journal_begin(context->state->dir, &dead);
}

enum nb_err
nb_record_dead(struct nb_pool_context *context)
{
	const struct nb_label *label = &context->dead;
	enum nb_err err = NB_OK;
	bool done = false;

	for (size_t i = 0; !err && !done && i < context->pool->drives.count;
	     i++)
		err = learn_in(context, context->pool->drives.at[i], &done);
	if (err == NB_ECANCELED)
		remember(context);
	if (!err && done) {
		if (context->died_blanking)
			nb_log(NB_NOTE, "%s: is blank, although the run died",
			       label->disc);
		else
			nb_log(NB_NOTE,
			       "%s: generation %llu, whose run died, "
			       "is good and recorded",
			       label->disc,
			       (unsigned long long)label->generation);
		err = nb_pool_context_refresh(context);
	}
	return err;
}
