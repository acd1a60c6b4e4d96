/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/inhibit.h"
#include "base/log.h"
#include "job/disc/fallback_session.h"
#include "job/disc/record_disc.h"
#include "job/run/write.h"
#include "store/journal.h"

/* Between two looks at a drive whose disc a person changes. */
#define WAIT_STEP_MS 2000
#define WAIT_DEFAULT_S 3600

static enum nb_err
blank_awake(struct nb_pool_context *context, struct nb_inspection *look)
{
	int awake = nb_inhibit("a disc is being blanked");
	enum nb_err err = nb_write_blank(context, look, NULL);

	nb_fd_close(&awake);
	return err;
}

static enum nb_err
blank_locked(struct nb_pool_context *context,
	     const struct nb_media_options *options,
	     struct nb_plan_info *result)
{
	struct nb_decision decision;
	struct nb_inspection look = { 0 };
	enum nb_err err;

	err = nb_inspect_choose(context, options->drive, NB_INTENT_BLANK, &look,
				&decision);
	if (err)
		return err;
	nb_plan_tell(context, &look, &decision, result);
	if (decision.plan == NB_PLAN_REFUSE)
		err = nb_plan_refused(result);
	else if (decision.plan == NB_PLAN_BLANK_FRESH && !options->dry_run)
		err = blank_awake(context, &look);
	nb_inspect_close(&look);
	return err;
}

enum nb_err
nb_blank(struct nightburn *nb, const struct nb_media_options *options,
	 struct nb_plan_info *result)
{
	struct nb_pool_context context;
	enum nb_err err;

	memset(result, 0, sizeof *result);
	err = nb_pool_context_open(
		nb, options->job,
		options->dry_run ? NB_POOL_PEEK : NB_POOL_WORK, &context);
	if (err)
		return err;
	err = nb_pool_context_key(&context, false);
	if (!err)
		err = blank_locked(&context, options, result);
	nb_pool_context_close(&context);
	return err;
}

/* Is a disc in that the next night can write without a wish left open? */
static bool
is_wanted(const struct nb_decision *decision)
{
	return decision->plan == NB_PLAN_FRESH
		|| decision->plan == NB_PLAN_BLANK_FRESH
		|| decision->reason == NB_REASON_ROOM_LEFT;
}

static void
name_wanted(const struct nb_pool_context *context, struct nb_plan_info *result)
{
	const struct nb_pool_disc *next = nb_rotation_next(&context->view);

	if (next && !result->wanted[0])
		snprintf(result->wanted, sizeof result->wanted, "%s",
			 next->name);
}

/* One look.  *DONE when the right disc is in; else the tray is opened once. */
static enum nb_err
look_once(struct nb_pool_context *context,
	  const struct nb_media_options *options, bool *ejected, bool *done,
	  struct nb_plan_info *result)
{
	struct nb_decision decision;
	struct nb_inspection look = { 0 };
	enum nb_err err;

	err = nb_inspect_choose(context, options->drive, NB_INTENT_RUN, &look,
				&decision);
	if (err)
		return err;
	nb_plan_tell(context, &look, &decision, result);
	name_wanted(context, result);
	*done = is_wanted(&decision);
	if (!*done && !*ejected && !options->dry_run
	    && look.medium.state != NB_MEDIUM_NONE) {
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
	if (!err && !done && !options->dry_run)
		nb_log(NB_NOTE, "insert disc %s",
		       result->wanted[0] ? result->wanted : "(a blank one)");
	while (!err && !done && options->wait && !options->dry_run) {
		if (nb_clock_ms() >= deadline)
			return nb_fail(NB_EWRONG,
				       "%s: the wanted disc did not "
				       "come within %lld s",
				       result->device, (long long)seconds);
		err = nb_job_progress(context->nb, "waiting", 0, 0);
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
nb_rotate(struct nightburn *nb, const struct nb_media_options *options,
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

/* The label that tells which disc it is; NULL: none does. */
static const struct nb_label *
telling_label(const struct nb_inspection *look)
{
	if (look->label_state == NB_LABEL_GOOD)
		return &look->label;
	return look->has_earlier ? &look->earlier : NULL;
}

/* What a person's word cannot override: the pool's newest good backup, and a
 * name that a good disc of the pool still has. */
static enum nb_err
check_adoption(const struct nb_pool_context *context,
	       const struct nb_media_options *options,
	       const struct nb_inspection *look)
{
	const struct nb_label *label = telling_label(look);
	const struct nb_pool_disc *known, *named;

	if (look->medium.state == NB_MEDIUM_NONE)
		return nb_fail(NB_ENOMEDIUM, "%s: no disc", look->device);
	if (!look->medium.random_access && !look->medium.erasable
	    && look->medium.state != NB_MEDIUM_BLANK)
		return nb_fail(NB_EWRONG, "%s: the disc cannot be made blank",
			       look->device);
	if (label && strcmp(label->pool, context->view.name)
	    && nb_config_pool(context->nb->config, label->pool))
		return nb_fail(NB_EWRONG,
			       "%s: a disc of pool %s\nhint: adopt "
			       "it with --job, for the job of that pool",
			       label->disc, label->pool);
	known = label ? nb_pool_by_id(&context->view, label->disc_id) : NULL;
	if (known && known->generation
	    && known->generation == context->view.generation)
		return nb_fail(NB_EWRONG,
			       "%s: holds the newest good backup "
			       "of pool %s\nhint: adopt another disc",
			       known->name, context->view.name);
	named = options->as ? nb_pool_by_name(&context->view, options->as)
			    : NULL;
	if (!named)
		return nb_fail(NB_EUSAGE,
			       "%s: no disc of this name in pool "
			       "%s",
			       options->as ? options->as : "--as",
			       context->view.name);
	if (named->generation && named->generation == context->view.generation)
		return nb_fail(NB_EWRONG,
			       "%s: this disc holds the newest "
			       "good backup; its name is taken",
			       named->name);
	return NB_OK;
}

/*
 * Does the disc hold, in the session that LOOK is at or in one before it, a
 * good backup that is newer than what any disc is known to hold?  What a burn
 * or a verification found bad may be the newest session alone.
 */
static enum nb_err
find_newer(const struct nb_pool_context *context, struct nb_inspection look,
	   bool *newer)
{
	struct nb_verify_result unused;
	enum nb_err err = NB_OK;

	if (look.label_state != NB_LABEL_GOOD)
		err = nb_fallback_session(&look);
	while (!err && look.label.generation > context->view.generation
	       && nb_pool_context_signed(context, &look.label)
	       && !strcmp(look.label.pool, context->view.name)) {
		err = nb_record_check(context->nb, &look, &unused);
		*newer = !err;
		if (!err || !nb_fallback_may_help(err))
			break;
		err = nb_fallback_session(&look);
	}
	return err == NB_ENOTFOUND ? NB_OK : err;
}

static enum nb_guard
ask_guard(const struct nb_pool_context *context,
	  const struct nb_media_options *options,
	  const struct nb_inspection *before, const struct nb_inspection *now,
	  bool newer)
{
	struct nb_guard_facts facts = nb_write_facts(context, before, now);

	facts.typed = options->volume_id;
	facts.first_volume = before->volume_id;
	facts.second_volume = now->volume_id;
	facts.holds_newer = newer;
	facts.blank_only = true;
	return nb_guard_check(&facts);
}

/* Of a disc without a label of ours nothing can be recorded, whichever disc it
 * says that it is; when blanking it is cut short, it is what it was: an unknown
 * disc. */
static enum nb_err
adopt_disc(struct nb_pool_context *context,
	   const struct nb_media_options *options, struct nb_inspection *look)
{
	struct nb_journal intent = { NB_STEP_BLANK, look->label };
	bool known = look->label_state == NB_LABEL_GOOD
		&& nb_pool_context_signed(context, &look->label);
	bool newer = false;
	struct nb_inspection before = *look;
	enum nb_guard answer;
	enum nb_err err = find_newer(context, *look, &newer);

	if (!err && known)
		err = nb_journal_begin(context->state->dir, &intent);
	if (err)
		return err;
	err = nb_inspect_again(look);
	if (err && known)
		nb_journal_end(context->state->dir);
	if (err)
		return err;
	answer = ask_guard(context, options, &before, look, newer);
	if (answer != NB_GUARD_PERMIT)
		err = nb_fail(
			NB_EWRONG, "%s: not adopted: %s%s", look->device,
			nb_guard_text(answer),
			newer ? "\nhint: nightburn verify tells what is good "
				"on it; nightburn run with another disc first"
			      : "");
	else
		err = nb_job_check(context->nb);
	if (!err && look->medium.state != NB_MEDIUM_BLANK)
		err = nb_drive_blank(look->drive, answer);
	if (!err)
		err = nb_catalog_release_name(context->catalog,
					      context->view.name, options->as);
	if (known && err != NB_ESUSPECT)
		nb_journal_end(context->state->dir);
	return err;
}

static enum nb_err
adopt_site(struct nb_pool_context *context,
	   const struct nb_media_options *options, struct nb_disc_info *info)
{
	struct nb_inspection look;
	int awake;
	enum nb_err err;

	err = nb_inspect_open(context->nb,
			      options->drive ? options->drive
					     : context->pool->drives.at[0],
			      &look);
	if (err)
		return err;
	nb_inspect_tell(context->nb, &look, info);
	err = nb_pool_context_key(context, false);
	if (!err)
		err = nb_inspect_heed(context, &look);
	if (!err)
		err = check_adoption(context, options, &look);
	if (!err
	    && (!options->volume_id
		|| strcmp(options->volume_id, look.volume_id)))
		err = nb_fail(NB_EFOREIGN,
			      "%s: the volume id of this disc is "
			      "\"%s\"\nhint: type exactly this to adopt it",
			      look.device, look.volume_id);
	awake = !err && !options->dry_run
		? nb_inhibit("a disc is being blanked")
		: -1;
	if (!err && !options->dry_run)
		err = adopt_disc(context, options, &look);
	nb_fd_close(&awake);
	nb_inspect_close(&look);
	return err;
}

enum nb_err
nb_adopt(struct nightburn *nb, const struct nb_media_options *options,
	 struct nb_disc_info *info)
{
	struct nb_pool_context context;
	enum nb_err err;

	memset(info, 0, sizeof *info);
	err = nb_pool_context_open(nb, options->job, NB_POOL_WORK, &context);
	if (err)
		return err;
	err = adopt_site(&context, options, info);
	nb_pool_context_close(&context);
	return err;
}
