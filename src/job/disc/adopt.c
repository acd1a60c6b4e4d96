/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/log.h"
#include "job/disc/blank.h"
#include "job/disc/fallback_session.h"
#include "job/disc/record_disc.h"

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
		return nb_fail(NB_EWRONG, "%s: the disc cannot be blanked",
			       look->device);
	if (label && strcmp(label->pool, context->view.name)
	    && nb_config_pool(context->nb->config, label->pool))
		return nb_fail(NB_EWRONG,
			       "%s: a disc of pool %s\nhint: use nightburn "
			       "adopt --job with the job of that pool",
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
	struct nb_disc_contents contents = { .blocks = NULL };
	struct nb_verify_result unused;
	enum nb_err err = NB_OK;

	if (look.label_state != NB_LABEL_GOOD)
		err = nb_fallback_session(&look);
	while (!err && look.label.generation > context->view.generation
	       && nb_pool_context_signed(context, &look.label)
	       && !strcmp(look.label.pool, context->view.name)) {
		err = nb_record_check(context->nb, &look, &contents, &unused);
		nb_disc_contents_free(&contents);
		*newer = !err;
		if (!err || !nb_fallback_may_help(err))
			break;
		err = nb_fallback_session(&look);
	}
	return err == NB_ENOTFOUND ? NB_OK : err;
}

static enum nb_err
adopt_disc(struct nb_pool_context *context,
	   const struct nb_media_options *options, struct nb_inspection *look)
{
	struct nb_blanking how = {
		.typed = options->volume_id,
		.as = options->as,
	};
	enum nb_err err = find_newer(context, *look, &how.holds_newer);

	return err ? err : nb_blank_disc(context, look, &how);
}

static enum nb_err
adopt_site(struct nb_pool_context *context,
	   const struct nb_media_options *options, struct nb_disc_info *info)
{
	struct nb_inspection look;
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
			      "\"%s\"\nhint: enter exactly this to adopt it",
			      look.device, look.volume_id);
	if (!err && !options->dry_run)
		err = adopt_disc(context, options, &look);
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
