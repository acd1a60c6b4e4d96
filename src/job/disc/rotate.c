/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/disc/choose_drive.h"
#include "job/jobs.h"

/* Between two inspections of a drive while the user changes the disc. */
#define WAIT_STEP_MS 2000
#define WAIT_DEFAULT_S 3600

/* Is the disc in the drive the one that the next run should write? */
static bool
is_wanted(const struct nb_decision *decision)
{
	return decision->plan == NB_PLAN_FRESH
		|| decision->plan == NB_PLAN_BLANK_FRESH
		|| decision->reason == NB_REASON_ROOM_LEFT;
}

/* The disc with the newest backup. */
static const struct nb_pool_disc *
find_newest(const struct nb_pool_view *view)
{
	for (size_t i = 0; i < view->discs.count; i++) {
		const struct nb_pool_disc *d = &view->discs.at[i];

		if (d->state == NB_DISC_GOOD && d->generation
		    && d->generation == view->generation)
			return d;
	}
	return NULL;
}

/* The disc to insert instead of the one in the drive: if no other is due, the
 * one with the newest backup.  None if that is in the drive. */
static void
name_wanted(const struct nb_pool_context *context, struct nb_plan_info *result)
{
	const struct nb_pool_disc *next = nb_rotation_next(&context->view);

	if (result->wanted[0] || result->reason == NB_REASON_LOST
	    || nb_pool_is_fenced(&context->view)
	    || nb_pool_is_moved(&context->view))
		return;
	if (!next)
		next = find_newest(&context->view);
	if (next && strcmp(next->name, result->disc) != 0)
		snprintf(result->wanted, sizeof result->wanted, "%s",
			 next->name);
}

/* Is there a drive into which the wanted disc can be put, so that no other one
 * must be taken out? */
static bool
has_empty_drive(struct nb_pool_context *context,
		const struct nb_media_options *options,
		const struct nb_inspection *taken)
{
	const struct nb_config_pool *pool = context->pool;
	bool empty = false;

	if (options->device || options->drive)
		return false;
	for (size_t i = 0; !empty && i < pool->drives.count; i++) {
		struct nb_inspection look = { 0 };

		if (taken->config
		    && !strcmp(pool->drives.at[i], taken->config->name))
			continue;
		empty = !nb_inspect_open(context->nb, pool->drives.at[i], &look)
			&& look.medium.state == NB_MEDIUM_NONE;
		nb_inspect_close(&look);
	}
	return empty;
}

/* One inspection.  *DONE if the right disc is in the drive; else opens the tray
 * once. */
static enum nb_err
look_once(struct nb_pool_context *context,
	  const struct nb_media_options *options, bool *ejected, bool *done,
	  struct nb_plan_info *result)
{
	const struct nb_drive_choice choice = {
		.device = options->device,
		.drive = options->drive,
	};
	struct nb_decision decision;
	struct nb_inspection look = { 0 };
	enum nb_err err;

	err = nb_choose_to_write(context, &choice, NB_INTENT_RUN, &look,
				 &decision);
	if (err)
		return err;
	nb_plan_fill(context, &look, &decision, result);
	name_wanted(context, result);
	/* Where no other disc is due, the next run uses this one. */
	*done = is_wanted(&decision)
		|| (decision.plan != NB_PLAN_REFUSE && !result->wanted[0]);
	if (decision.reason == NB_REASON_NOT_REWRITABLE && !*ejected
	    && !options->dry_run)
		nb_plan_refused(result);
	if (!*done && !*ejected && !options->dry_run && result->wanted[0]
	    && look.medium.state != NB_MEDIUM_NONE
	    && !has_empty_drive(context, options, &look)) {
		nb_log(NB_NOTE, "%s: ejecting %s", look.device,
		       look.label.disc[0] ? look.label.disc : "the disc");
		err = nb_drive_eject(look.drive);
		*ejected = true;
	}
	nb_inspect_close(&look);
	return err;
}

static enum nb_err
rotate_site(struct nb_pool_context *context,
	    const struct nb_media_options *options, struct nb_plan_info *result)
{
	int64_t seconds =
		options->wait_seconds ? options->wait_seconds : WAIT_DEFAULT_S;
	int64_t deadline = nb_clock_ms() + seconds * 1000;
	bool ejected = false, done = false;
	enum nb_err err;

	err = look_once(context, options, &ejected, &done, result);
	if (!err && !done && !options->dry_run && !result->wanted[0])
		return nb_plan_refused(result);
	if (!err && !done && !options->dry_run)
		nb_log(NB_NOTE, "insert %s %s",
		       nb_pool_is_new(context, result->wanted)
			       ? "a blank disc, which becomes"
			       : "disc",
		       result->wanted);
	while (!err && !done && options->wait && !options->dry_run) {
		if (nb_clock_ms() >= deadline)
			return nb_fail(NB_EWRONG,
				       "%s: the wanted disc was not inserted "
				       "within %lld s",
				       result->device, (long long)seconds);
		err = nb_job_progress(context->nb, NB_WORK_INSERT, 0, 0);
		if (!err) {
			poll(NULL, 0, WAIT_STEP_MS);
			err = look_once(context, options, &ejected, &done,
					result);
		}
	}
	if (!err && done)
		result->err = NB_OK;
	return err;
}

enum nb_err
nb_job_rotate(struct nightburn *nb, const struct nb_media_options *options,
	      struct nb_plan_info *result)
{
	struct nb_pool_context context;
	enum nb_err err;

	memset(result, 0, sizeof *result);
	err = nb_pool_context_open(nb, options->job, NB_POOL_PEEK, &context);
	if (err)
		return err;
	err = nb_pool_context_key(&context, false);
	if (!err)
		err = rotate_site(&context, options, result);
	nb_pool_context_close(&context);
	return err;
}
