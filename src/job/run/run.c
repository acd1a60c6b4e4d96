/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "job/jobs.h"
#include "job/disc/choose_drive.h"
#include "job/backup/hooked.h"
#include "job/last_size.h"
#include "job/run/record_dead.h"
#include "job/power.h"
#include "job/run/nights.h"
#include "job/run/run_summary.h"
#include "job/backup/shrink.h"
#include "job/run/waiting.h"
#include "job/run/write.h"

/* Sources are not read for a plan. */
static void
tell_shrunk(const struct nb_pool_view *view, const struct nb_plan_info *plan)
{
	if (plan->plan == NB_PLAN_BLANK_FRESH
	    && view->generation > view->complete)
		nb_log(NB_NOTE,
		       "%s: generation %llu lacks something of the one before "
		       "it; as long as that is so, no disc is blanked",
		       plan->job, (unsigned long long)view->generation);
}

enum nb_err
nb_job_plan(struct nightburn *nb, const struct nb_drive_choice *choice,
	    struct nb_plan_info *out)
{
	const struct nb_drive_choice nothing = { .device = NULL };
	struct nb_decision decision;
	struct nb_inspection look = { 0 };
	struct nb_pool_context context;
	enum nb_err err;

	memset(out, 0, sizeof *out);
	err = nb_pool_context_open(nb, choice ? choice->job : NULL,
				   NB_POOL_PEEK, &context);
	if (err)
		return err;
	err = nb_pool_context_key(&context, false);
	if (!err)
		err = nb_choose_to_write(&context, choice ? choice : &nothing,
					 NB_INTENT_RUN, &look, &decision);
	if (!err) {
		nb_plan_fill(&context, &look, &decision, out);
		out->generation = 1;
		if (context.catalog)
			err = nb_catalog_next_generation(context.catalog,
							 context.pool->name,
							 &out->generation);
		if (!err)
			err = nb_last_size_tell(&context, out);
		tell_shrunk(&context.view, out);
	}
	nb_inspect_close(&look);
	nb_pool_context_close(&context);
	if (err) {
		memset(out, 0, sizeof *out);
		return err;
	}
	err = nb_power_permit(nb, NB_WORK_DUMP);
	return out->err ? out->err : err;
}

/* What can be checked before the dump: a wrong disc is reported now, and does
 * not prevent the dump. */
static enum nb_err
first_look(struct nb_pool_context *context,
	   const struct nb_run_options *options, enum nb_intent intent,
	   struct nb_run_result *result)
{
	const struct nb_drive_choice choice = {
		.device = options->device,
		.drive = options->drive,
	};
	struct nb_decision decision;
	struct nb_inspection look = { 0 };
	enum nb_err err;

	err = nb_choose_to_write(context, &choice, intent, &look, &decision);
	if (err)
		return err;
	nb_plan_fill(context, &look, &decision, result->plan);
	nb_inspect_close(&look);
	return NB_OK;
}

/* A recorder that is missing is no reason to have no dump, either. */
static bool
may_dump(enum nb_err looked, const struct nb_run_options *options,
	 const struct nb_backup *backup)
{
	return (looked == NB_ENOTFOUND || looked == NB_EIO) && !options->dry_run
		&& !options->resume && !nb_backup_is_by_hand(backup);
}

/*
 * What a user appends does not move a disc in the rotation: it belongs to the
 * backup that is there.  On a blank disc it would become the pool's newest
 * generation, and the next run could blank the last dump.
 */
static enum nb_err
check_by_hand(const struct nb_backup *backup, const struct nb_plan_info *plan)
{
	char hint[NB_HINT_MAX];

	if (!nb_backup_is_by_hand(backup) || plan->plan != NB_PLAN_FRESH)
		return NB_OK;
	return nb_fail(
		NB_EWRONG,
		"%s: the disc is blank, but paths can only be appended "
		"after a backup\nhint: %s",
		plan->device,
		nb_pool_context_hint(
			backup->context,
			"start nightburn run first, or insert a disc with a "
			"backup",
			hint));
}

/* A refusal that was logged at the first inspection is not logged again. */
static enum nb_err
refuse_once(const struct nb_plan_info *reported,
	    const struct nb_plan_info *plan)
{
	if (reported->err == plan->err && reported->reason == plan->reason
	    && !strcmp(reported->device, plan->device))
		return plan->err;
	return nb_plan_refused(plan);
}

/* A disc that turns out to be too small does not hide one in another drive. */
static enum nb_err
choose_and_plan(const struct nb_write *w, const struct nb_drive_choice *choice,
		struct nb_decision *decision, struct nb_session **session)
{
	bool again = true;
	enum nb_err err = NB_OK;

	while (!err && again) {
		nb_inspect_close(w->look);
		err = nb_choose_to_write(w->context, choice, w->intent, w->look,
					 decision);
		if (!err)
			err = nb_write_plan(w, decision, session);
		if (err || *session)
			break;
		err = nb_choose_pass_over(w->context, w->look, &again);
	}
	return err;
}

static enum nb_err
write_backup(struct nb_backup *backup, const struct nb_run_options *options,
	     enum nb_intent intent, struct nb_run_result *result)
{
	const struct nb_drive_choice choice = {
		.device = options->device,
		.drive = options->drive,
	};
	struct nb_session *session = NULL;
	const struct nb_plan_info reported = *result->plan;
	struct nb_decision decision;
	struct nb_inspection look = { 0 };
	struct nb_write w = { backup->context, backup, &look, intent };
	size_t told = 0;
	enum nb_err err;

	err = choose_and_plan(&w, &choice, &decision, &session);
	if (!err) {
		nb_plan_fill(backup->context, &look, &decision, result->plan);
		nb_backup_tell_shrinks(backup);
		told = backup->shrinks.count;
		err = session ? check_by_hand(backup, result->plan)
			      : refuse_once(&reported, result->plan);
	}
	if (!err)
		err = nb_write_session(&w, &decision, session, result);
	if (session)
		nb_backup_tell_lost(backup, told);
	result->shrunk = backup->shrinks.count;
	result->accepted = backup->accepted.count;
	if (!err && intent == NB_INTENT_RUN)
		err = nb_count_nights(backup, result);
	nb_session_free(session);
	nb_inspect_close(&look);
	return err;
}

/* The dump stays in staging until a disc with it is verified. */
static enum nb_err
finish(struct nb_backup *backup, enum nb_err err, enum nb_intent intent,
       struct nb_run_result *result)
{
	if (!err)
		return nb_waiting_end(backup, result);
	result->staged = true;
	nb_waiting_tell_kept(backup, intent, result->plan);
	return err;
}

/* Trees that the user named are not kept in staging. */
static enum nb_err
finish_by_hand(struct nb_backup *backup, enum nb_err err)
{
	enum nb_err discarded = nb_backup_discard(backup);

	return err ? err : discarded;
}

static enum nb_err
collect(struct nb_backup *backup, const struct nb_run_options *options,
	struct nb_run_result *result)
{
	enum nb_err err;

	err = options->resume ? nb_backup_resume(backup)
			      : nb_backup_collect(backup, false);
	if (!err && nb_backup_is_staged(backup))
		nb_hooked_read(backup->hooked);
	if (!err && !options->resume && !nb_backup_is_by_hand(backup))
		err = nb_waiting_replace(backup);
	if (err == NB_EFULL)
		nb_waiting_tell(backup);
	if (!err)
		snprintf(result->backup_id, sizeof result->backup_id, "%s",
			 backup->staged.manifest.backup_id);
	return err;
}

/* What waits is burned, so that there is room for the new dump. */
static enum nb_err
burn_waiting(struct nb_pool_context *context,
	     const struct nb_run_options *options, enum nb_intent intent,
	     const struct nb_plan_info *plan)
{
	struct nb_run_options resume = *options;
	struct nb_plan_info first = *plan;
	struct nb_run_result result = { .plan = &first };
	struct nb_backup backup;
	enum nb_err err;

	resume.resume = true;
	if (plan->err)
		return nb_plan_refused(plan);
	err = nb_backup_prepare(context, &resume, &backup);
	if (!err)
		err = collect(&backup, &resume, &result);
	if (!err) {
		err = write_backup(&backup, &resume, intent, &result);
		err = finish(&backup, err, intent, &result);
	}
	nb_backup_clear(&backup);
	return err;
}

/* Everything that has to be there for the dump. */
static enum nb_err
prepare_dump(struct nb_backup *backup, const struct nb_run_options *options,
	     enum nb_intent intent, struct nb_run_result *result)
{
	struct nb_pool_context *context = backup->context;
	bool must_burn = false;
	enum nb_err err;

	if (nb_backup_is_by_hand(backup) || options->resume)
		return NB_OK;
	err = nb_power_permit(context->nb, NB_WORK_DUMP);
	if (!err)
		err = nb_waiting_make_room(backup, &must_burn);
	if (!err && must_burn)
		err = burn_waiting(context, options, intent, result->plan);
	return err;
}

/* What comes before any backup.  *DONE: there is nothing else to do. */
static enum nb_err
begin_locked(struct nb_pool_context *context,
	     const struct nb_run_options *options, struct nb_run_result *result,
	     bool *done)
{
	enum nb_err err = NB_OK;

	if (context->lock && context->dead.disc_id[0])
		err = nb_record_dead(context);
	if (!err)
		err = nb_pool_context_accept(context, options->accept_shrink);
	if (!err && !options->path_count && !options->dry_run)
		nb_waiting_tell_others(context);
	if (!err && options->resume && !options->dry_run)
		err = nb_record_resumed(context, result, done);
	return err;
}

static enum nb_err
run_locked(struct nb_pool_context *context,
	   const struct nb_run_options *options, enum nb_intent intent,
	   struct nb_hooked *hooked, struct nb_run_result *result)
{
	struct nb_backup backup;
	bool no_drive, done = false;
	enum nb_err err = begin_locked(context, options, result, &done);

	if (err || done)
		return err;
	err = nb_backup_prepare(context, options, &backup);
	if (err)
		return err;
	err = first_look(context, options, intent, result);
	no_drive = may_dump(err, options, &backup);
	if (no_drive)
		err = NB_OK;
	if (!err && result->plan->err)
		err = options->dry_run || nb_backup_is_by_hand(&backup)
				|| options->resume
			? nb_plan_refused(result->plan)
			: (nb_plan_refused(result->plan), NB_OK);
	if (!err)
		err = check_by_hand(&backup, result->plan);
	if (err || options->dry_run)
		goto out;
	err = prepare_dump(&backup, options, intent, result);
	backup.hooked = hooked;
	if (!err)
		err = nb_hooked_before(hooked);
	if (err)
		goto out;
	err = collect(&backup, options, result);
	if (err)
		goto out;
	err = write_backup(&backup, options, intent, result);
	if (no_drive && may_dump(err, options, &backup))
		err = NB_ENOMEDIUM;
	err = nb_backup_is_by_hand(&backup)
		? finish_by_hand(&backup, err)
		: finish(&backup, err, intent, result);
out:
	nb_backup_clear(&backup);
	return err;
}

/* Without the lock, which recording the result takes. */
static enum nb_err
run_proof(struct nightburn *nb, const struct nb_run_options *options,
	  nb_prove_fn *prove, struct nb_run_result *result)
{
	const struct nb_config_job *job;
	enum nb_err err;

	if (!prove || !result->verified)
		return NB_OK;
	err = nb_config_job(nb->config, options->job, &job);
	return err ? err : prove(nb, job, result);
}

static enum nb_err
run(struct nightburn *nb, const struct nb_run_options *options,
    enum nb_intent intent, nb_prove_fn *prove, struct nb_run_result *result)
{
	struct nb_pool_context context;
	struct nb_hooked *hooked = NULL;
	enum nb_err err;

	err = nb_hooked_new(nb, options, result, &hooked);
	if (!err)
		err = nb_pool_context_open(nb, options->job,
					   options->dry_run ? NB_POOL_PEEK
							    : NB_POOL_WORK,
					   &context);
	if (err)
		return nb_hooked_end(hooked, err);
	err = nb_pool_context_key(&context, false);
	if (!err)
		err = run_locked(&context, options, intent, hooked, result);
	nb_pool_context_close(&context);
	if (!err)
		err = run_proof(nb, options, prove, result);
	err = nb_hooked_end(hooked, err);
	return nb_run_verdict(err, result);
}

enum nb_err
nb_job_run(struct nightburn *nb, const struct nb_run_options *options,
	   nb_prove_fn *prove, struct nb_run_result *result)
{
	return run(nb, options, NB_INTENT_RUN, prove, result);
}

enum nb_err
nb_job_append(struct nightburn *nb, const struct nb_run_options *options,
	      struct nb_run_result *result)
{
	return run(nb, options, NB_INTENT_APPEND, NULL, result);
}
