/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/jobs.h"
#include "job/pool/adopt.h"
#include "job/disc/blank.h"
#include "job/disc/choose_drive.h"
#include "job/disc/fingerprint.h"

/* The label that identifies the disc; NULL: none. */
static const struct nb_label *
identifying_label(const struct nb_inspection *look)
{
	if (look->label_state == NB_LABEL_GOOD)
		return &look->label;
	return look->has_earlier ? &look->earlier : NULL;
}

/* What the user cannot override. */
enum obstacle {
	NOTHING,
	NO_DISC,
	WRITE_ONCE,
	NOT_REWRITABLE, /* blank, but of no use to this rotation */
	TAKEN_OVER,     /* by another machine: the pool, not the disc */
	MOVED,          /* the state directory is that of another machine */
	OTHER_MACHINE,  /* which has the same key */
	OTHER_POOL,     /* of this configuration */
	NEWEST,         /* the pool's newest good backup is on it */
	NEWEST_OF /* the same of a pool or disc that is not configured: only
		       --accept-shrink gives it up */
};

/* Does the catalog have the newest good backup of a pool on it?  The
 * configuration may have lost the name of the disc or of the pool, or be
 * another one of the same state directory.  POOL: which. */
static enum nb_err
is_kept(const struct nb_pool_context *context, const struct nb_inspection *look,
	char pool[NB_NAME_MAX + 1], bool *kept)
{
	const struct nb_label *label = identifying_label(look);
	enum nb_err err = NB_OK;

	*kept = false;
	if (label && context->catalog)
		err = nb_catalog_newest_of(context->catalog, label->disc_id,
					   pool, kept);
	if (*kept && strcmp(pool, context->view.name) != 0)
		*kept = !context->accept_shrink || !context->view.generation;
	return err;
}

static enum obstacle
find_obstacle(const struct nb_pool_context *context,
	      const struct nb_inspection *look, bool kept)
{
	const struct nb_label *label = identifying_label(look);
	const struct nb_medium *medium = &look->medium;
	const struct nb_pool_disc *known;

	if (medium->state == NB_MEDIUM_NONE)
		return NO_DISC;
	if (!medium->random_access && !medium->erasable
	    && medium->state != NB_MEDIUM_BLANK)
		return WRITE_ONCE;
	if (nb_pool_is_fenced(&context->view))
		return TAKEN_OVER;
	if (nb_pool_is_moved(&context->view))
		return MOVED;
	if (!nb_plan_suits(medium, context->pool->rotation))
		return NOT_REWRITABLE;
	if (label && nb_pool_context_signed(context, label)
	    && !nb_pool_owns(&context->view, label))
		return OTHER_MACHINE;
	if (label && strcmp(label->pool, context->view.name)
	    && nb_config_pool(context->nb->config, label->pool))
		return OTHER_POOL;
	known = label ? nb_pool_by_id(&context->view, label->disc_id) : NULL;
	if (known && nb_pool_has_newest(&context->view, known))
		return NEWEST;
	return kept ? NEWEST_OF : NOTHING;
}

/* What the plan would say of it. */
static enum nb_err
fail_as_plan(const struct nb_pool_context *context, const char *what,
	     enum nb_plan_reason reason)
{
	char hint[NB_HINT_MAX];

	return nb_fail(NB_EWRONG, "%s: %s\nhint: %s", what,
		       nb_plan_reason_text(reason),
		       nb_pool_context_hint(context,
					    nb_plan_reason_hint(reason), hint));
}

/* The job whose pool the disc belongs to has to adopt it. */
static enum nb_err
fail_other_pool(const struct nb_config *config, const struct nb_label *label)
{
	const char *job = NULL;
	char hint[NB_HINT_MAX];

	for (size_t i = 0; i < config->jobs.count; i++)
		if (!strcmp(config->jobs.at[i].pool, label->pool))
			job = config->jobs.at[i].name;
	return nb_fail(NB_EWRONG, "%s: a disc of pool %s\nhint: %s",
		       label->disc, label->pool,
		       job ? nb_hint_job("nightburn adopt --as NAME", job, hint)
			   : "insert another disc");
}

static enum nb_err
fail_newest_of(const struct nb_pool_context *context, const char *disc,
	       const char *pool)
{
	const char *how = "adopt another disc, and burn a backup to it first";
	char hint[NB_HINT_MAX];

	if (strcmp(pool, context->view.name) != 0)
		how = context->view.generation
			? "adopt another disc; or nightburn adopt "
			  "--accept-shrink --as NAME, if that backup is no "
			  "longer needed"
			: "adopt another disc, and burn a backup to it; then "
			  "nightburn adopt --accept-shrink --as NAME, if that "
			  "backup is no longer needed";
	return nb_fail(NB_EWRONG,
		       "%s: holds the newest good backup of pool %s, although "
		       "the configuration does not name it\nhint: %s",
		       disc, pool, nb_pool_context_hint(context, how, hint));
}

static enum nb_err
check_disc(const struct nb_pool_context *context,
	   const struct nb_inspection *look)
{
	const struct nb_label *label = identifying_label(look);
	char pool[NB_NAME_MAX + 1] = "";
	bool kept;
	enum nb_err err = is_kept(context, look, pool, &kept);

	if (err)
		return err;
	switch (find_obstacle(context, look, kept)) {
	case NO_DISC:
		return nb_fail(NB_ENOMEDIUM, "%s: no disc", look->device);
	case WRITE_ONCE:
		return nb_fail(NB_EWRONG,
			       "%s: the disc cannot be blanked: %s\n"
			       "hint: insert a blank or a rewritable disc",
			       look->device, look->medium.profile_name);
	case NOT_REWRITABLE:
		return nb_fail(NB_EWRONG, "%s: %s: %s, pool %s\nhint: %s",
			       look->device,
			       nb_plan_reason_text(NB_REASON_NOT_REWRITABLE),
			       look->medium.profile_name, context->view.name,
			       nb_plan_reason_hint(NB_REASON_NOT_REWRITABLE));
	case TAKEN_OVER:
		return fail_as_plan(context, context->view.name,
				    NB_REASON_TAKEN_OVER);
	case MOVED:
		return fail_as_plan(context, context->view.owner.moved_from,
				    NB_REASON_MOVED);
	case OTHER_MACHINE:
		return fail_as_plan(context, label->disc,
				    NB_REASON_OTHER_MACHINE);
	case OTHER_POOL:
		return fail_other_pool(context->nb->config, label);
	case NEWEST:
		return nb_fail(
			NB_EWRONG,
			"%s: holds the newest good backup "
			"of pool %s\nhint: adopt another disc",
			nb_pool_by_id(&context->view, label->disc_id)->name,
			context->view.name);
	case NEWEST_OF:
		return fail_newest_of(context, label->disc, pool);
	default:
		return NB_OK;
	}
}

static enum nb_err
fail_name_taken(const struct nb_pool_context *context,
		const struct nb_pool_disc *named)
{
	const struct nb_pool_disc *next = nb_rotation_next(&context->view);
	char hint[NB_HINT_MAX], text[NB_HINT_MAX];

	snprintf(text, sizeof text,
		 "if disc %s is broken or lost: nightburn catalog lost %s; "
		 "otherwise %s%s%s",
		 named->name, named->name,
		 next ? "nightburn adopt --as " : "add a name to the pool",
		 next ? next->name : "",
		 next ? ", the disc whose turn it is" : "");
	return nb_fail(NB_EWRONG,
		       "%s: this disc holds the newest good backup; its name "
		       "is taken\nhint: %s",
		       named->name, nb_pool_context_hint(context, text, hint));
}

/* A name is taken if the newest good disc of the pool has it. */
static enum nb_err
check_name(const struct nb_pool_context *context, const char *as)
{
	const struct nb_pool_disc *named =
		as ? nb_pool_by_name(&context->view, as) : NULL;
	const struct nb_pool_disc *next = nb_rotation_next(&context->view);

	if (context->pool->automatic && next && named != next)
		return nb_fail(NB_EUSAGE,
			       "%s: not the name that the next disc of pool %s "
			       "gets\nhint: give the name %s",
			       as ? as : "--as", context->view.name,
			       next->name);

	if (!named)
		return nb_fail(NB_EUSAGE, "%s: no disc of this name in pool %s",
			       as ? as : "--as", context->view.name);
	if (nb_pool_has_newest(&context->view, named))
		return fail_name_taken(context, named);
	return NB_OK;
}

static enum nb_err
rate(void *ctx, const struct nb_inspection *look, uint64_t *fit)
{
	char pool[NB_NAME_MAX + 1];
	bool kept;
	enum nb_err err = is_kept(ctx, look, pool, &kept);

	*fit = find_obstacle(ctx, look, kept) == NOTHING;
	return err;
}

#define ABOUT_SIZE (2 * NB_NAME_MAX + 128)

static const char *
what_is_on(const struct nb_inspection *look, char what[ABOUT_SIZE])
{
	const struct nb_label *label = identifying_label(look);
	char date[NB_CLOCK_TEXT];

	if (look->medium.state == NB_MEDIUM_BLANK)
		return "it is blank";
	if (!label)
		return "it has data, but no label that can be read";
	snprintf(what, ABOUT_SIZE,
		 "it has generation %llu of pool %s, disc %s, of %s",
		 (unsigned long long)label->generation, label->pool,
		 label->disc, nb_clock_text(label->created, date));
	return what;
}

/* Only the volume id of the disc that the user was shown. */
static enum nb_err
confirm(const struct nb_media_options *options,
	const struct nb_inspection *look, const struct nb_disc_info *info,
	const char **typed)
{
	char what[ABOUT_SIZE];

	*typed = options->volume_id;
	if (!*typed && options->confirm) {
		*typed = options->confirm(options->ctx, info);
		if (!*typed)
			return NB_ECANCELED;
	}
	if (*typed && !strcmp(*typed, look->volume_id))
		return NB_OK;
	return nb_fail(NB_EFOREIGN,
		       "%s: the volume id of this disc is \"%s\": %s\n"
		       "hint: all of it would be erased; confirm with exactly "
		       "this: --volume-id \"%s\"",
		       look->device, look->volume_id, what_is_on(look, what),
		       look->volume_id);
}

static enum nb_err
adopt_disc(struct nb_pool_context *context,
	   const struct nb_media_options *options, struct nb_inspection *look,
	   const struct nb_disc_info *info)
{
	char shown[NB_FINGERPRINT_SIZE], pool[NB_NAME_MAX + 1] = "";
	char alone[NB_ALONE_TEXT] = "";
	struct nb_blanking how = { .shown = shown,
				   .as = options->as,
				   .alone = alone,
				   .dry_run = options->dry_run };
	enum nb_err err;

	err = nb_fingerprint(look, shown);
	if (!err)
		err = confirm(options, look, info, &how.typed);
	if (!err)
		err = is_kept(context, look, pool, &how.newest_of);
	if (!err)
		err = nb_adopt_find_newer(context, *look, pool[0] != '\0',
					  &how.holds_newer);
	if (!err && identifying_label(look))
		err = nb_pool_context_alone(
			context, identifying_label(look)->disc_id, alone);
	return err ? err : nb_blank_disc(context, look, &how);
}

static enum nb_err
adopt_locked(struct nb_pool_context *context,
	     const struct nb_media_options *options, struct nb_disc_info *info)
{
	const struct nb_drive_choice choice = {
		.device = options->device,
		.drive = options->drive,
		.job = context->job->name,
	};
	const struct nb_search search = { NB_CHOOSE_ONLY, rate, context };
	struct nb_inspection look = { 0 };
	enum nb_err err = nb_pool_context_key(context, false);

	if (!err)
		err = check_name(context, options->as);
	if (!err)
		err = nb_choose_drive(context->nb, &choice, &search, &look);
	if (err)
		return err;
	nb_inspect_fill(context->nb, &look, info);
	err = nb_inspect_heed(context, &look);
	if (!err)
		err = check_disc(context, &look);
	if (!err)
		err = adopt_disc(context, options, &look, info);
	nb_inspect_close(&look);
	return err;
}

enum nb_err
nb_job_adopt(struct nightburn *nb, const struct nb_media_options *options,
	     struct nb_disc_info *info)
{
	struct nb_pool_context context;
	enum nb_err err;

	memset(info, 0, sizeof *info);
	err = nb_pool_context_open(nb, options->job, NB_POOL_WORK, &context);
	if (err)
		return err;
	err = nb_pool_context_accept(&context, options->accept_shrink);
	if (!err)
		err = adopt_locked(&context, options, info);
	nb_pool_context_close(&context);
	return err;
}
