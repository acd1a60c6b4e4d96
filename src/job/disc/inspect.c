/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/inspect.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "disc/library.h"

static enum nb_err
drive_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, what, done * NB_BLOCK, total * NB_BLOCK);
}

static const struct nb_config_drive *
find_drive(const struct nightburn *nb, const char *device)
{
	if (!nb)
		return NULL;
	if (device)
		return nb_config_drive(nb->config, device);
	return nb->config->drives.count ? &nb->config->drives.at[0] : NULL;
}

uint32_t
nb_look_start(const struct nb_look *look)
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
nb_look_again(struct nb_look *look)
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
	look->label_state = nb_reader_label(blocks, nb_look_start(look),
					    &look->label,
					    look->label_sha256);
	nb_reader_volume_id(blocks, nb_look_start(look), look->volume_id);
	nb_blocks_free(blocks);
	return look->label_state == NB_LABEL_GOOD ? NB_OK
		: nb_look_behind(look);
}

/* Is it the recorder that the configuration means? */
static enum nb_err
check_serial(const struct nb_look *look)
{
	const char *wanted = look->config ? look->config->serial : NULL;

	if (!wanted || !strcmp(wanted, look->medium.drive_serial))
		return NB_OK;
	return nb_fail(NB_EWRONG, "%s: the drive's serial number is \"%s\", "
		       "not \"%s\"\nhint: see nightburn drives, and device and "
		       "serial in the configuration", look->device,
		       look->medium.drive_serial, wanted);
}

enum nb_err
nb_look_open(struct nightburn *nb, const char *device, struct nb_look *look)
{
	struct nb_drive_options options = { 0 };
	enum nb_err err;

	memset(look, 0, sizeof *look);
	look->config = find_drive(nb, device);
	if (look->config) {
		options.device = look->config->device;
		options.speed = look->config->speed;
		options.capacity = look->config->capacity;
		options.keep_tray_shut = look->config->keep_tray_shut;
		options.timeout = (unsigned int)look->config->timeout;
	} else if (device) {
		options.device = device;
	} else {
		return nb_fail(NB_EUSAGE, "no drive named\n"
			       "hint: use --device or a configuration");
	}
	snprintf(look->device, sizeof look->device, "%s", options.device);
	err = nb_job_check(nb);
	if (!err)
		err = nb_library_begin();
	if (err)
		return err;
	err = nb_drive_open(&options, drive_progress, nb, &look->drive);
	if (!err)
		err = nb_look_again(look);
	if (!err)
		err = check_serial(look);
	if (err) {
		nb_drive_close(look->drive);
		look->drive = NULL;
		nb_library_end();
	}
	return err;
}

void
nb_look_close(struct nb_look *look)
{
	if (look->drive) {
		nb_drive_close(look->drive);
		nb_library_end();
	}
	memset(look, 0, sizeof *look);
}

struct nb_decision
nb_look_decide(const struct nb_site *site, const struct nb_look *look,
	       enum nb_intent intent, struct nb_need need)
{
	struct nb_plan_facts facts = {
		.intent = intent,
		.medium = &look->medium,
		.label_state = look->label_state,
		.label = look->label_state == NB_LABEL_GOOD
			? &look->label : NULL,
		.label_signed = look->label_state == NB_LABEL_GOOD
			&& nb_site_signed(site, &look->label),
		.earlier = look->has_earlier
			&& nb_site_signed(site, &look->earlier)
			? &look->earlier : NULL,
		.pool = &site->view,
		.rotation = site->pool->rotation,
		.append_on_same_disc = site->pool->append_on_same_disc,
		.max_verify_age = site->pool->max_verify_age,
		.now = nb_clock_date(),
		.need_fresh = need.fresh,
		.need_append = need.append,
	};

	return nb_plan_decide(&facts);
}

enum nb_err
nb_look_heed(struct nb_site *site, const struct nb_look *look)
{
	const struct nb_label *label = &look->label;
	bool behind = false;
	enum nb_err err;

	if (!site->catalog || look->label_state != NB_LABEL_GOOD
	    || !nb_site_signed(site, label)
	    || strcmp(label->installation, site->view.installation)
	    || strcmp(label->pool, site->view.name))
		return NB_OK;
	err = nb_catalog_witness(site->catalog, label, &behind);
	if (err || !behind)
		return err;
	if (!site->view.behind)
		nb_log(NB_WARNING, "%s: holds generation %llu, of which the "
		       "catalog knows nothing: it is an old copy",
		       label->disc, (unsigned long long)label->generation);
	site->view.behind = true;
	return NB_OK;
}

/* A look that is better than none: with a disc rather than without. */
static void
keep_better(struct nb_look *best, struct nb_decision *best_decision,
	    struct nb_look *look, const struct nb_decision *decision)
{
	if (!best->drive || (best->medium.state == NB_MEDIUM_NONE
			     && look->medium.state != NB_MEDIUM_NONE)) {
		nb_look_close(best);
		*best = *look;
		*best_decision = *decision;
	} else {
		nb_look_close(look);
	}
}

enum nb_err
nb_look_choose(struct nb_site *site, const char *drive,
	       enum nb_intent intent, struct nb_look *look,
	       struct nb_decision *decision)
{
	const struct nb_names *drives = &site->pool->drives;
	struct nb_look best = { 0 }, next;
	struct nb_decision best_decision = { 0 }, next_decision;
	enum nb_err err = NB_OK, first_error = NB_OK;

	for (size_t i = 0; i < (drive ? 1 : drives->count); i++) {
		err = nb_look_open(site->nb, drive ? drive : drives->at[i],
				   &next);
		if (err) {
			if (!first_error || err == NB_ECANCELED)
				first_error = err;
			continue;
		}
		err = nb_look_heed(site, &next);
		if (err) {
			nb_look_close(&next);
			nb_look_close(&best);
			return err;
		}
		next_decision = nb_look_decide(site, &next, intent,
					       (struct nb_need){ 0, 0 });
		if (next_decision.plan != NB_PLAN_REFUSE) {
			nb_look_close(&best);
			*look = next;
			*decision = next_decision;
			return NB_OK;
		}
		keep_better(&best, &best_decision, &next, &next_decision);
	}
	if (!best.drive)
		return first_error;
	*look = best;
	*decision = best_decision;
	return NB_OK;
}

void
nb_plan_tell(const struct nb_site *site, const struct nb_look *look,
	     const struct nb_decision *decision, struct nb_plan_info *out)
{
	memset(out, 0, sizeof *out);
	snprintf(out->job, sizeof out->job, "%s", site->job->name);
	snprintf(out->pool, sizeof out->pool, "%s", site->pool->name);
	if (look->config)
		snprintf(out->drive, sizeof out->drive, "%s",
			 look->config->name);
	memcpy(out->device, look->device, sizeof out->device);
	snprintf(out->plan, sizeof out->plan, "%s",
		 nb_plan_name(decision->plan));
	snprintf(out->reason, sizeof out->reason, "%s",
		 nb_reason_code(decision->reason));
	out->text = nb_reason_text(decision->reason);
	out->hint = nb_reason_hint(decision->reason);
	memcpy(out->disc, decision->disc, sizeof out->disc);
	memcpy(out->wanted, decision->wanted, sizeof out->wanted);
	out->need = decision->need;
	out->available = decision->available;
	out->err = decision->err;
}

enum nb_err
nb_plan_refused(const struct nb_plan_info *plan)
{
	char sizes[96] = "", wanted[96] = "";

	if (plan->need)
		snprintf(sizes, sizeof sizes,
			 ": %llu blocks needed, %llu available",
			 (unsigned long long)plan->need,
			 (unsigned long long)plan->available);
	if (plan->wanted[0])
		snprintf(wanted, sizeof wanted, " (insert %s)", plan->wanted);
	nb_log(NB_ERROR, "%s: %s%s%s%s%s", plan->drive[0] ? plan->drive
	       : plan->device, plan->text, sizes,
	       plan->hint ? "\nhint: " : "", plan->hint ? plan->hint : "",
	       wanted);
	return plan->err;
}
