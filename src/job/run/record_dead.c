/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/record_dead.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/disc/check_disc.h"
#include "job/disc/record_disc.h"
#include "store/journal.h"
#include "store/staging.h"

/* If the session of the dead run is complete on the disc in this drive, records
 * it. */
static enum nb_err
record_whole(struct nb_pool_context *context, const struct nb_inspection *look,
	     bool *done)
{
	const struct nb_label *label = &context->dead;
	struct nb_verify_result result = { 0 };
	struct nb_disc_contents contents;
	size_t recorded = 0;
	enum nb_err err;

	if (look->label_state != NB_LABEL_GOOD
	    || !nb_pool_context_signed(context, &look->label)
	    || strcmp(look->label.disc_id, label->disc_id)
	    || strcmp(look->label.backup_id, label->backup_id))
		return NB_OK;
	err = nb_check_disc(context->nb, look, &contents, &result);
	if (err) {
		nb_disc_contents_free(&contents);
		return err == NB_ECANCELED ? err : NB_OK;
	}
	err = nb_record_disc(context, look, &contents, &recorded, NULL);
	nb_disc_contents_free(&contents);
	if (!err)
		err = nb_catalog_verified(context->catalog, label->disc_id,
					  nb_clock_date());
	*done = !err;
	return err;
}

/* If the disc is in this drive, blank or complete, records it. */
static enum nb_err
record_in(struct nb_pool_context *context, const char *drive, bool *done)
{
	const struct nb_label *label = &context->dead;
	struct nb_inspection look = { 0 };
	enum nb_err err = nb_inspect_open(context->nb, drive, &look);

	if (err)
		return err == NB_ECANCELED ? err : NB_OK;
	if (!context->died_blanking) {
		err = record_whole(context, &look, done);
	} else if (look.medium.state == NB_MEDIUM_BLANK) {
		err = nb_catalog_set_disc(context->catalog, label->disc_id,
					  NB_DISC_BLANKED, "blanked");
		*done = !err;
	}
	nb_inspect_close(&look);
	return err == NB_EWRONG || err == NB_ECORRUPT ? NB_OK : err;
}

/* This process was asked to stop before the state was known: the next run must
 * check. */
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
		err = record_in(context, context->pool->drives.at[i], &done);
	if (err == NB_ECANCELED)
		remember(context);
	if (!err && done) {
		if (context->died_blanking)
			nb_log(NB_NOTE,
			       "%s: the disc is blank, although the run died",
			       label->disc);
		else
			nb_log(NB_NOTE,
			       "%s: generation %llu of the run that died is "
			       "good and has been recorded",
			       label->disc,
			       (unsigned long long)label->generation);
		err = nb_pool_context_refresh(context);
	}
	return err;
}

static enum nb_err
fill_result(void *ctx, const struct nb_catalog_backup *row)
{
	struct nb_run_result *result = ctx;

	snprintf(result->backup_id, sizeof result->backup_id, "%s", row->id);
	result->generation = row->generation;
	result->files = row->files;
	result->bytes = row->bytes;
	result->session = row->session;
	snprintf(result->plan->disc, sizeof result->plan->disc, "%s",
		 row->disc ? row->disc : "");
	result->verified = true;
	nb_log(NB_NOTE,
	       "%s: this backup is on disc %s already, verified: nothing is "
	       "burned",
	       row->id, result->plan->disc);
	return NB_OK;
}

enum nb_err
nb_record_resumed(struct nb_pool_context *context, struct nb_run_result *result,
		  bool *done)
{
	const char *staging = context->nb->config->staging_dir;
	const struct nb_line line = nb_pool_context_line(context);
	struct nb_staged staged = { .dir = -1 };
	enum nb_err err =
		nb_staging_find(staging, &line, &context->view, &staged);

	if (err == NB_ENOTFOUND)
		return NB_OK;
	if (!err)
		err = nb_catalog_holds(context->catalog,
				       staged.manifest.backup_id, NULL, done);
	if (!err && *done)
		err = nb_catalog_backup(context->catalog,
					staged.manifest.backup_id, fill_result,
					result);
	if (!err && *done)
		return nb_staging_remove(staging, &staged);
	nb_staged_free(&staged);
	return err;
}
