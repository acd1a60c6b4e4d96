/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/inspect.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/str.h"
#include "disc/library.h"
#include "job/disc/doubt.h"
#include "job/disc/fallback_session.h"
#include "job/renamed.h"
#include "store/owners.h"

static enum nb_err
drive_progress(void *ctx, enum nb_work work, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, work, done * NB_BLOCK, total * NB_BLOCK);
}

/* Finds a drive by its name or its device.  *NAMED: by its name. */
static const struct nb_config_drive *
find_drive(const struct nightburn *nb, const char *device, bool *named)
{
	const struct nb_config_drives *list = nb ? &nb->config->drives : NULL;
	const struct nb_config_drive *drive;

	drive = nb ? nb_config_drive(nb->config, device) : NULL;
	*named = drive != NULL;
	for (size_t i = 0; list && !drive && i < list->count; i++)
		if (!strcmp(list->at[i].device, device))
			drive = &list->at[i];
	return drive;
}

uint32_t
nb_inspect_start(const struct nb_inspection *look)
{
	if (look->session)
		return look->start;
	return look->medium.random_access ? 0 : look->medium.last_start;
}

static bool
has_content(const struct nb_medium *medium)
{
	return medium->state == NB_MEDIUM_APPENDABLE
		|| medium->state == NB_MEDIUM_CLOSED
		|| medium->state == NB_MEDIUM_OVERWRITABLE;
}

enum nb_err
nb_inspect_again(struct nb_inspection *look)
{
	struct nb_blocks *blocks = NULL;
	enum nb_err err;

	look->label_state = NB_LABEL_NONE;
	memset(&look->label, 0, sizeof look->label);
	look->volume_id[0] = '\0';
	look->has_earlier = false;
	look->session = 0;
	err = nb_drive_inspect(look->drive, &look->medium);
	if (err)
		return err;
	snprintf(look->identity, sizeof look->identity, "%s %s",
		 look->medium.address, look->medium.drive_serial);
	if (!has_content(&look->medium))
		return NB_OK;
	err = nb_drive_blocks(look->drive, &blocks);
	if (err)
		return err;
	look->label_state = nb_reader_label(blocks, nb_inspect_start(look),
					    &look->label, look->label_sha256);
	nb_reader_volume_id(blocks, nb_inspect_start(look), look->volume_id);
	nb_blocks_free(blocks);
	return look->label_state == NB_LABEL_GOOD ? NB_OK
						  : nb_fallback_label(look);
}

/* Checks that it is the configured recorder. */
static enum nb_err
check_serial(const struct nb_inspection *look)
{
	const char *wanted = look->config ? look->config->serial : NULL;

	if (!wanted || !strcmp(wanted, look->medium.drive_serial))
		return NB_OK;
	return nb_fail(NB_EWRONG,
		       "%s: the drive's serial number is \"%s\", "
		       "not \"%s\"\nhint: compare nightburn drives with device "
		       "and serial in the configuration",
		       look->device, look->medium.drive_serial, wanted);
}

enum nb_err
nb_inspect_open(struct nightburn *nb, const char *device,
		struct nb_inspection *look)
{
	struct nb_drive_options options = { 0 };
	bool named;
	enum nb_err err;

	memset(look, 0, sizeof *look);
	look->config = find_drive(nb, device, &named);
	if (look->config) {
		options.device = look->config->device;
		options.speed = look->config->speed;
		options.capacity = look->config->capacity;
		options.keep_tray_shut = look->config->keep_tray_shut;
		options.timeout = (unsigned int)look->config->timeout;
	} else {
		options.device = device;
	}
	snprintf(look->device, sizeof look->device, "%s", options.device);
	err = nb_job_check(nb);
	if (!err)
		err = nb_library_begin();
	if (err)
		return err;
	err = nb_drive_open(&options, drive_progress, nb, &look->drive);
	if (!err)
		err = nb_inspect_again(look);
	if (!err && named)
		err = check_serial(look);
	if (err) {
		nb_drive_close(look->drive);
		look->drive = NULL;
		nb_library_end();
	}
	return err;
}

void
nb_inspect_close(struct nb_inspection *look)
{
	if (look->drive) {
		nb_drive_close(look->drive);
		nb_library_end();
	}
	memset(look, 0, sizeof *look);
}

/* Without an answer it is one that the catalog does not have. */
static bool
is_apart(const struct nb_pool_context *context,
	 const struct nb_inspection *look)
{
	bool apart = false;

	return context->catalog && look->label_state == NB_LABEL_GOOD
		&& !nb_pool_by_id(&context->view, look->label.disc_id)
		&& !nb_catalog_is_apart(context->catalog, look->label.disc_id,
					&apart)
		&& apart;
}

static bool
is_lost(const struct nb_pool_context *context, const struct nb_inspection *look)
{
	bool lost = false;

	return context->catalog && look->label_state == NB_LABEL_GOOD
		&& !nb_pool_by_id(&context->view, look->label.disc_id)
		&& !nb_catalog_is_lost(context->catalog, look->label.disc_id,
				       &lost)
		&& lost;
}

struct nb_decision
nb_inspect_decide(const struct nb_pool_context *context,
		  const struct nb_inspection *look, enum nb_intent intent,
		  struct nb_need need)
{
	struct nb_plan_facts facts = {
		.intent = intent,
		.medium = &look->medium,
		.label_state = look->label_state,
		.label = look->label_state == NB_LABEL_GOOD ? &look->label
							    : NULL,
		.label_signed = look->label_state == NB_LABEL_GOOD
			&& nb_pool_context_signed(context, &look->label),
		.earlier = look->has_earlier
				&& nb_pool_context_signed(context,
							  &look->earlier)
			? &look->earlier
			: NULL,
		.pool = &context->view,
		.rotation = context->pool->rotation,
		.append_on_same_disc = context->pool->append_on_same_disc,
		.max_verify_age = context->pool->max_verify_age,
		.now = nb_clock_date(),
		.need_fresh = need.fresh,
		.need_append = need.append,
		.shrunk = need.shrunk,
		.apart = is_apart(context, look),
		.lost = is_lost(context, look),
	};

	return nb_plan_decide(&facts);
}

/* A run died while it wrote to this disc: without the lock, the view becomes
 * what the next run makes of it, if what was burned is good. */
static void
foresee(struct nb_pool_context *context, const struct nb_inspection *look)
{
	const struct nb_label *dead = &context->dead;
	struct nb_pool_view *view = &context->view;
	struct nb_pool_disc *disc = NULL;

	for (size_t i = 0; i < view->discs.count; i++)
		if (!strcmp(view->discs.at[i].disc_id, dead->disc_id))
			disc = &view->discs.at[i];
	if (!disc)
		return;
	if (context->died_blanking) {
		if (look->medium.state == NB_MEDIUM_BLANK)
			disc->state = NB_DISC_BLANKED;
		return;
	}
	if (look->label_state != NB_LABEL_GOOD
	    || strcmp(look->label.backup_id, dead->backup_id) != 0)
		return;
	nb_log(NB_NOTE,
	       "%s: a run died before generation %llu was verified; the next "
	       "one reads it, and this is the plan if it is good",
	       dead->disc, (unsigned long long)dead->generation);
	disc->state = NB_DISC_GOOD;
	disc->generation = disc->complete = dead->generation;
	memcpy(disc->backup_id, dead->backup_id, sizeof disc->backup_id);
	disc->verified = nb_clock_date();
	if (view->generation < dead->generation)
		view->generation = view->complete = dead->generation;
}

enum nb_err
nb_inspect_heed_owner(struct nb_pool_context *context,
		      const struct nb_label *label)
{
	struct nb_pool_owner *owner = &context->view.owner;

	if (!strcmp(label->installation, context->view.installation)
	    || label->take_overs < owner->take_overs
	    || label->take_overs <= owner->fenced)
		return NB_OK;
	owner->fenced = label->take_overs;
	if (!context->lock)
		return NB_OK;
	return nb_owners_add(context->state->dir, true, label->installation,
			     label->take_overs, label->pool);
}

void
nb_inspect_warn_fenced(const char *disc, const char *pool)
{
	nb_log(NB_WARNING,
	       "%s: another machine took pool %s over: this one writes to none "
	       "of its discs\nhint: %s",
	       disc, pool, nb_plan_reason_hint(NB_REASON_TAKEN_OVER));
}

void
nb_inspect_tell_moved(const struct nb_pool_context *context, char *text,
		      size_t size)
{
	char here[NB_HOST_SIZE] = "";

	gethostname(here, sizeof here - 1);
	snprintf(text, size, "of host %.50s, and this is %s%.50s",
		 context->view.owner.moved_from,
		 strcmp(here, context->view.owner.moved_from) != 0
			 ? "host "
			 : "another machine, also ",
		 here);
}

enum nb_err
nb_inspect_heed(struct nb_pool_context *context,
		const struct nb_inspection *look)
{
	const struct nb_label *label = &look->label;
	bool stale = false;
	enum nb_err err;

	if (!context->lock && context->dead.disc_id[0])
		foresee(context, look);
	err = look->label_state == NB_LABEL_GOOD
			&& nb_pool_context_signed(context, label)
		? nb_pool_heed_name(context, label)
		: nb_doubt(context, look);
	if (err || !context->catalog || look->label_state != NB_LABEL_GOOD
	    || !nb_pool_context_signed(context, label)
	    || !strcmp(label->disc_id, context->dead.disc_id)
	    || strcmp(label->pool, context->view.name))
		return err;
	err = nb_inspect_heed_owner(context, label);
	if (err || !nb_pool_owns(&context->view, label))
		return err;
	err = nb_catalog_witness(context->catalog, label, &stale);
	if (err || !stale)
		return err;
	if (!context->view.stale)
		nb_log(NB_WARNING,
		       "%s: holds generation %llu, which the catalog lacks: "
		       "the catalog is an old copy",
		       label->disc, (unsigned long long)label->generation);
	context->view.stale = true;
	return NB_OK;
}

void
nb_plan_fill(const struct nb_pool_context *context,
	     const struct nb_inspection *look,
	     const struct nb_decision *decision, struct nb_plan_info *out)
{
	const struct nb_pool_disc *disc;

	memset(out, 0, sizeof *out);
	snprintf(out->job, sizeof out->job, "%s", context->job->name);
	snprintf(out->pool, sizeof out->pool, "%s", context->pool->name);
	if (look->config)
		snprintf(out->drive, sizeof out->drive, "%s",
			 look->config->name);
	memcpy(out->device, look->device, sizeof out->device);
	out->plan = decision->plan;
	out->reason = decision->reason;
	memcpy(out->disc, decision->disc, sizeof out->disc);
	memcpy(out->wanted, decision->wanted, sizeof out->wanted);
	out->need = decision->need;
	out->available = decision->available;
	out->err = decision->err;
	disc = nb_pool_by_name(&context->view, decision->disc);
	if (disc && decision->reason == NB_REASON_ONLY_COPY)
		snprintf(out->about, sizeof out->about, "%s", disc->alone);
	if (decision->reason == NB_REASON_NOT_REWRITABLE)
		snprintf(out->about, sizeof out->about, "%s, pool %s",
			 look->medium.profile_name, context->pool->name);
	if (decision->reason == NB_REASON_MOVED)
		nb_inspect_tell_moved(context, out->about, sizeof out->about);
	if (!nb_renamed_tell(context, &look->label, decision, out)
	    && nb_plan_hint(decision)) {
		char hint[NB_HINT_MAX];

		nb_hint_disc(nb_plan_hint(decision), out->wanted,
			     nb_pool_is_new(context, out->wanted), hint);
		nb_pool_context_hint(context, hint, out->hint);
	}
}

enum nb_err
nb_plan_refused(const struct nb_plan_info *plan)
{
	char more[160] = "", need[16], room[16];

	if (plan->need)
		snprintf(more, sizeof more, ": %s needed, %s available",
			 nb_str_size(plan->need * NB_BLOCK, need),
			 nb_str_size(plan->available * NB_BLOCK, room));
	else if (plan->about[0])
		snprintf(more, sizeof more, ": %s", plan->about);
	nb_log(NB_ERROR, "%s: %s%s%s%s",
	       plan->drive[0] ? plan->drive : plan->device,
	       nb_plan_reason_text(plan->reason), more,
	       plan->hint[0] ? "\nhint: " : "", plan->hint);
	return plan->err;
}
