/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "disc/readback.h"
#include "job/look.h"

static enum nb_err
verify_progress(void *ctx, uint64_t done, uint64_t total)
{
	return nb_job_progress(ctx, "verify", done, total);
}

static enum nb_err
check_disc(struct nightburn *nb, const struct nb_look *look,
	   struct nb_verify_result *result)
{
	struct nb_readback_result seen = { 0 };
	struct nb_readback spec = {
		.start = nb_look_start(look),
		.progress = verify_progress,
		.ctx = nb,
	};
	enum nb_err err;

	err = nb_drive_blocks(look->drive, &spec.blocks);
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

/* A copy, or a forgery, says nothing about the disc whose id it bears. */
static const struct nb_pool_disc *
find_disc(const struct nb_site *site, const struct nb_label *label)
{
	const struct nb_pool_disc *disc;

	disc = nb_pool_by_id(&site->view, label->disc_id);
	if (!disc)
		return NULL;
	if (!nb_site_signed(site, label)) {
		nb_log(NB_WARNING, "%s: not recorded: the label does not bear "
		       "the key of this installation", label->disc);
		return NULL;
	}
	if (disc->state == NB_DISC_GOOD
	    && (disc->generation != label->generation
		|| strcmp(disc->backup_id, label->backup_id))) {
		nb_log(NB_WARNING, "%s: not recorded: the disc holds another "
		       "backup than the catalog says", label->disc);
		return NULL;
	}
	return disc;
}

/* The catalog is told only of discs that it knows; a disc from elsewhere can
 * be verified as well. */
static enum nb_err
record(struct nightburn *nb, const struct nb_look *look, enum nb_err outcome)
{
	struct nb_site site;
	const struct nb_pool_disc *disc;
	enum nb_err err = NB_OK;

	for (size_t i = 0; nb && i < nb->config->jobs.count; i++) {
		const struct nb_config_job *job = &nb->config->jobs.at[i];

		if (strcmp(job->pool, look->label.pool))
			continue;
		err = nb_site_open(nb, job->name, NB_SITE_WORK, &site);
		if (err)
			return err;
		nb_site_key(&site, false);
		disc = find_disc(&site, &look->label);
		if (disc && outcome == NB_OK)
			err = nb_catalog_verified(site.catalog,
						  disc->disc_id,
						  nb_clock_date());
		else if (disc && (outcome == NB_ECORRUPT
				  || outcome == NB_EIO))
			err = nb_catalog_set_disc(site.catalog,
						  disc->disc_id,
						  NB_DISC_SUSPECT,
						  "a verification failed");
		nb_site_close(&site);
		return err;
	}
	return NB_OK;
}

enum nb_err
nb_verify(struct nightburn *nb, const char *device,
	  struct nb_verify_result *result)
{
	struct nb_look look;
	enum nb_err err, recorded;

	memset(result, 0, sizeof *result);
	err = nb_look_open(nb, device, &look);
	if (err)
		return err;
	if (look.medium.state == NB_MEDIUM_NONE)
		err = nb_fail(NB_ENOMEDIUM, "%s: no disc", look.device);
	else if (look.label_state != NB_LABEL_GOOD)
		err = nb_fail(NB_EFOREIGN, "%s: no label of nightburn on "
			      "this disc", look.device);
	if (!err) {
		memcpy(result->disc, look.label.disc, sizeof result->disc);
		memcpy(result->backup_id, look.label.backup_id,
		       sizeof result->backup_id);
		result->generation = look.label.generation;
		err = check_disc(nb, &look, result);
		recorded = record(nb, &look, err);
		if (!err)
			err = recorded;
	}
	nb_look_close(&look);
	return err;
}
