/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "disc/read/bad_blocks.h"
#include "job/disc/check_disc.h"
#include "job/disc/choose_drive.h"
#include "job/jobs.h"
#include "job/disc/fallback_session.h"
#include "job/disc/manifest_mac.h"
#include "job/disc/record_disc.h"
#include "job/disc/unlabelled.h"

struct outcome {
	enum nb_err err; /* of the verification */
	bool lost;       /* the catalog was lost: record everything on the
			    disc */
	struct nb_disc_contents *contents; /* when ERR is NB_OK */
};

/* The newest backup ever seen of the pool is good and recorded: the catalog now
 * has again what must be kept. */
static enum nb_err
catch_up(struct nb_pool_context *context, const struct nb_inspection *look)
{
	char hint[NB_HINT_MAX];
	struct nb_reach reach;
	enum nb_err err =
		nb_catalog_reach(context->catalog, context->view.name, &reach);

	if (err || !reach.stale)
		return err;
	if (look->label.generation < reach.marked) {
		nb_log(NB_WARNING,
		       "%s: recorded; the catalog still lacks "
		       "generation %llu\nhint: %s",
		       look->label.disc, (unsigned long long)reach.marked,
		       nb_pool_context_hint(
			       context,
			       "run nightburn catalog rebuild with that disc, "
			       "or nightburn catalog accept if it is lost",
			       hint));
		return NB_OK;
	}
	return nb_catalog_accept(context->catalog, context->view.name);
}

/* The disc is good: records what the catalog lacks of it, as after a run that
 * died. */
static enum nb_err
record_good(struct nb_pool_context *context, const struct nb_inspection *look,
	    struct nb_disc_contents *contents)
{
	size_t recorded;
	enum nb_err err = nb_record_disc(context, look, contents, &recorded);

	if (!err)
		err = nb_catalog_verified(context->catalog, look->label.disc_id,
					  nb_clock_date());
	if (!err)
		err = nb_warn_suspect(context, look->label.disc_id);
	return err ? err : catch_up(context, look);
}

/* Is it a copy of an earlier state of the disc?  The catalog has that backup on
 * the disc with this id, and newer ones. */
static enum nb_err
is_copy(const struct nb_pool_context *context, const struct nb_pool_disc *disc,
	const struct nb_label *label, bool *copy)
{
	*copy = disc->state == NB_DISC_BLANKED;
	if (*copy
	    || (disc->generation == label->generation
		&& !strcmp(disc->backup_id, label->backup_id)))
		return NB_OK;
	return nb_catalog_holds(context->catalog, label->backup_id,
				label->disc_id, copy);
}

/* A copy or a forgery says nothing about the disc whose id it has.  *LESS: the
 * newer backups of the disc are in its bad sessions. */
static enum nb_err
find_disc(const struct nb_pool_context *context,
	  const struct nb_inspection *look, const struct nb_pool_disc **out,
	  bool *less)
{
	const struct nb_label *label = &look->label;
	const struct nb_pool_disc *disc;
	bool copy = false;
	enum nb_err err;

	*out = NULL;
	disc = nb_pool_by_id(&context->view, label->disc_id);
	if (!disc)
		return NB_OK;
	err = is_copy(context, disc, label, &copy);
	if (err)
		return err;
	*less = copy && look->session && disc->state != NB_DISC_BLANKED;
	copy = copy && !*less;
	if (!nb_pool_context_signed(context, label))
		nb_log(NB_WARNING,
		       "%s: not recorded: the label was not made with the key "
		       "of this installation",
		       label->disc);
	else if (copy)
		nb_log(NB_WARNING, "%s: not recorded: an old copy of the disc",
		       label->disc);
	else
		*out = disc;
	return NB_OK;
}

/* Records everything on a disc of ours after the catalog was lost. */
static enum nb_err
record_lost(struct nb_pool_context *context, const struct nb_inspection *look,
	    struct nb_disc_contents *contents)
{
	const struct nb_label *label = &look->label;

	if (!nb_pool_context_signed(context, label))
		return nb_fail(NB_EFOREIGN,
			       "%s: not recorded: the label was not made with "
			       "the key of this installation\n"
			       "hint: nightburn key import",
			       label->disc);
	if (!nb_pool_by_name(&context->view, label->disc))
		return nb_fail(NB_EFOREIGN,
			       "%s: not recorded: no disc of "
			       "pool %s in the configuration",
			       label->disc, label->pool);
	return record_good(context, look, contents);
}

/* The newest session of this disc is lost, and a backup with it. */
static enum nb_err
record_less(struct nb_pool_context *context, const struct nb_inspection *look,
	    const struct nb_pool_disc *disc)
{
	enum nb_err err = nb_catalog_set_disc(context->catalog, disc->disc_id,
					      NB_DISC_SUSPECT,
					      "the newest session is bad");

	if (err)
		return err;
	return nb_fail(NB_ECORRUPT,
		       "%s: generation %llu is damaged, the earlier generation "
		       "%llu is good\nhint: nightburn restore --to DIR %llu "
		       "restores the good one",
		       disc->name, (unsigned long long)disc->generation,
		       (unsigned long long)look->label.generation,
		       (unsigned long long)look->label.generation);
}

/* What a failed burn left is bad; the rest is everything that was ever recorded
 * for the disc, and is good. */
static enum nb_err
record_shortened(struct nb_pool_context *context,
		 const struct nb_inspection *look,
		 const struct nb_inspection *newest)
{
	bool labelled = newest->label_state == NB_LABEL_GOOD
		&& nb_pool_context_signed(context, &newest->label);

	return nb_catalog_shortened(
		context->catalog, look->label.disc_id, nb_clock_date(),
		labelled ? newest->label.generation : 0,
		"the newest session is bad, the earlier ones are good");
}

/* Records the result of verifying the session of LOOK; NEWEST is the newest
 * session if that is another one. */
static enum nb_err
record_at(struct nb_pool_context *context, const struct nb_inspection *look,
	  const struct nb_inspection *newest, struct outcome outcome)
{
	const struct nb_pool_disc *disc;
	bool less = false;
	enum nb_err err = nb_pool_context_key(context, false);

	/* Without the key, the owner of the disc is unknown. */
	if (err && !outcome.lost) {
		nb_log(NB_WARNING,
		       "%s: not recorded: the key of this installation cannot "
		       "be read",
		       look->label.disc);
		return NB_OK;
	}
	if (err)
		return err;
	if (outcome.lost && outcome.err == NB_OK
	    && !nb_pool_by_id(&context->view, look->label.disc_id)) {
		err = record_lost(context, look, outcome.contents);
		return err || !look->session
			? err
			: record_shortened(context, look, newest);
	}
	err = find_disc(context, look, &disc, &less);
	if (err || !disc)
		return err;
	if (outcome.err == NB_OK && less)
		return record_less(context, look, disc);
	if (outcome.err == NB_OK) {
		err = record_good(context, look, outcome.contents);
		return err || !look->session
			? err
			: record_shortened(context, look, newest);
	}
	if (outcome.err == NB_ECORRUPT || outcome.err == NB_EIO)
		return nb_catalog_set_disc(context->catalog, disc->disc_id,
					   NB_DISC_SUSPECT,
					   "a verification failed");
	return NB_OK;
}

/* Only discs in the catalog are recorded, unless it was LOST; any other disc
 * can be verified as well. */
static enum nb_err
record(struct nightburn *nb, const struct nb_inspection *look,
       const struct nb_inspection *newest, struct outcome outcome)
{
	struct nb_pool_context context;
	enum nb_err err = NB_OK;

	for (size_t i = 0; nb && i < nb->config->jobs.count; i++) {
		const struct nb_config_job *job = &nb->config->jobs.at[i];

		if (strcmp(job->pool, look->label.pool))
			continue;
		err = nb_pool_context_open(nb, job->name,
					   outcome.lost ? NB_POOL_REBUILD
							: NB_POOL_WORK,
					   &context);
		if (err)
			return err;
		err = record_at(&context, look, newest, outcome);
		nb_pool_context_close(&context);
		return err;
	}
	if (outcome.lost)
		return nb_fail(NB_EFOREIGN,
			       "%s: not recorded: no job has the "
			       "pool %s",
			       look->label.disc, look->label.pool);
	return NB_OK;
}

static enum nb_err
check_files(struct nightburn *nb, const struct nb_inspection *look,
	    struct nb_disc_contents *contents, struct nb_verify_result *result)
{
	const struct nb_label *label = &look->label;

	memcpy(result->disc, label->disc, sizeof result->disc);
	memcpy(result->backup_id, label->backup_id, sizeof result->backup_id);
	result->generation = label->generation;
	result->session = look->session;
	return nb_check_disc(nb, look, contents, result);
}

/* Verifies all files of the session of LOOK. */
static enum nb_err
check_session(struct nightburn *nb, const struct nb_inspection *look,
	      struct nb_disc_contents *contents,
	      struct nb_verify_result *result)
{
	memset(result, 0, sizeof *result);
	nb_disc_contents_free(contents);
	return look->label_state == NB_LABEL_GOOD
		? check_files(nb, look, contents, result)
		: NB_EFOREIGN;
}

/* NB_EFOREIGN: it is not even an image. */
static enum nb_err
check_image(struct nightburn *nb, struct nb_inspection *look,
	    struct nb_disc_contents *contents, struct nb_verify_result *result)
{
	enum nb_err err = nb_unlabelled_identify(look);

	if (err)
		return err == NB_ENOTFOUND ? NB_EFOREIGN : err;
	return check_files(nb, look, contents, result);
}

/*
 * Verifies the newest session, or else the newest good one before it: LOOK is
 * at that then.  If there is none, LOOK and RESULT describe the newest one that
 * has a label, and its error is returned.  NEWEST always describes the newest
 * session.  CONTENTS, to be freed, are of LOOK if it is good.
 */
static enum nb_err
check_disc(struct nightburn *nb, struct nb_inspection *look,
	   struct nb_disc_contents *contents, struct nb_verify_result *newest,
	   struct nb_verify_result *result)
{
	enum nb_err err = check_session(nb, look, contents, newest);
	enum nb_err first = err, back;
	struct nb_verify_result next;
	struct nb_inspection at = *look;

	*result = next = *newest;
	while (err == NB_EFOREIGN || nb_fallback_may_help(err)) {
		back = err == NB_ECORRUPT && next.bad && !next.incomplete
			? nb_fallback_earlier(&at)
			: nb_fallback_session(&at);
		if (back)
			return back == NB_ENOTFOUND ? first : back;
		err = check_session(nb, &at, contents, &next);
		if (!err || first == NB_EFOREIGN) {
			*look = at;
			*result = next;
			first = err;
		}
	}
	/* A modified manifest is not an accident, so this is no reason to fall
	 * back to another session. */
	return err ? err : nb_manifest_macs_check(contents);
}

static enum nb_err
verify(struct nightburn *nb, const struct nb_drive_choice *choice, bool lost,
       struct nb_verify_result *result)
{
	struct nb_verify_result first;
	struct nb_disc_contents contents = { .blocks = NULL };
	struct nb_inspection look, newest;
	struct nb_block_runs bad = NB_ARRAY_INIT;
	enum nb_err err, recorded;

	memset(result, 0, sizeof *result);
	err = lost ? nb_choose_to_rebuild(nb, choice, &look)
		   : nb_choose_to_verify(nb, choice, &look);
	if (err)
		return err;
	look.bad_blocks = &bad;
	newest = look;
	if (look.medium.state == NB_MEDIUM_NONE)
		err = nb_fail(NB_ENOMEDIUM, "%s: no disc", look.device);
	else
		err = check_disc(nb, &look, &contents, &first, result);
	if (err == NB_EFOREIGN && !lost && look.label_state != NB_LABEL_GOOD)
		err = check_image(nb, &look, &contents, result);
	if (look.label_state == NB_LABEL_GOOD) {
		recorded = err == NB_ECANCELED
			? NB_OK
			: record(nb, &look, &newest,
				 (struct outcome){ err, lost, &contents });
		/* Report what is wrong rather than what is good. */
		if (!err && recorded && first.disc[0])
			*result = first;
		if (!err)
			err = recorded;
	} else if (err == NB_EFOREIGN) {
		nb_fail(err, "%s: no nightburn label on this disc",
			look.device);
	}
	nb_disc_contents_free(&contents);
	nb_inspect_close(&look);
	nb_bad_blocks_tidy(&bad);
	result->bad_blocks = bad.at;
	result->bad_block_runs = bad.count;
	return err;
}

enum nb_err
nb_job_verify(struct nightburn *nb, const struct nb_drive_choice *choice,
	      struct nb_verify_result *result)
{
	return verify(nb, choice, false, result);
}

enum nb_err
nb_job_rebuild(struct nightburn *nb, const struct nb_drive_choice *choice,
	       struct nb_verify_result *result)
{
	return verify(nb, choice, true, result);
}

enum nb_err
nb_accept(struct nightburn *nb, const char *job, bool *changed)
{
	struct nb_reach reach;
	struct nb_pool_context context;
	enum nb_err err;

	*changed = false;
	err = nb_pool_context_open(nb, job, NB_POOL_WORK, &context);
	if (err)
		return err;
	err = nb_catalog_reach(context.catalog, context.view.name, &reach);
	if (!err && reach.stale) {
		err = nb_catalog_accept(context.catalog, context.view.name);
		*changed = !err;
	}
	nb_pool_context_close(&context);
	return err;
}
