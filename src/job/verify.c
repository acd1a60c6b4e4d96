/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "job/found.h"
#include "job/learn.h"

/* The newest backup that was ever seen of the pool is good and recorded: now
 * the catalog knows what has to be kept. */
static enum nb_err
catch_up(struct nb_site *site, const struct nb_look *look)
{
	struct nb_reach reach;
	enum nb_err err = nb_catalog_reach(site->catalog, site->view.name,
					   &reach);

	if (err || !reach.behind)
		return err;
	if (look->label.generation < reach.marked) {
		nb_log(NB_WARNING, "%s: recorded; the catalog still lacks "
		       "generation %llu\nhint: nightburn catalog rebuild with "
		       "that disc; where it is lost, nightburn catalog accept",
		       look->label.disc, (unsigned long long)reach.marked);
		return NB_OK;
	}
	return nb_catalog_accept(site->catalog, site->view.name);
}

/* Good: what the catalog does not have yet of it is recorded, as after a run
 * that died. */
static enum nb_err
record_good(struct nb_site *site, const struct nb_look *look)
{
	size_t learnt;
	enum nb_err err = nb_learn_disc(site, look, &learnt);

	if (!err)
		err = nb_catalog_verified(site->catalog, look->label.disc_id,
					  nb_clock_date());
	return err ? err : catch_up(site, look);
}

/* Is it a copy of what the disc held before?  The catalog knows that backup,
 * and that the disc of this id went on. */
static enum nb_err
is_copy(const struct nb_site *site, const struct nb_pool_disc *disc,
	const struct nb_label *label, bool *copy)
{
	*copy = disc->state == NB_DISC_BLANKED;
	if (*copy || (disc->generation == label->generation
		      && !strcmp(disc->backup_id, label->backup_id)))
		return NB_OK;
	return nb_catalog_holds(site->catalog, label->backup_id, copy);
}

/* A copy, or a forgery, says nothing about the disc whose id it bears. */
static enum nb_err
find_disc(const struct nb_site *site, const struct nb_label *label,
	  const struct nb_pool_disc **out)
{
	const struct nb_pool_disc *disc;
	bool copy = false;
	enum nb_err err;

	*out = NULL;
	disc = nb_pool_by_id(&site->view, label->disc_id);
	if (!disc)
		return NB_OK;
	err = is_copy(site, disc, label, &copy);
	if (err)
		return err;
	if (!nb_site_signed(site, label))
		nb_log(NB_WARNING, "%s: not recorded: the label does not bear "
		       "the key of this installation", label->disc);
	else if (copy)
		nb_log(NB_WARNING, "%s: not recorded: a copy of what the disc "
		       "held before", label->disc);
	else
		*out = disc;
	return NB_OK;
}

/* A disc of ours that a lost catalog knew: all that is on it. */
static enum nb_err
record_lost(struct nb_site *site, const struct nb_look *look)
{
	const struct nb_label *label = &look->label;

	nb_site_key(site, false);
	if (!nb_site_signed(site, label))
		return nb_fail(NB_EFOREIGN, "%s: not recorded: the label does "
			       "not bear the key of this installation\n"
			       "hint: nightburn key import", label->disc);
	if (!nb_pool_by_name(&site->view, label->disc))
		return nb_fail(NB_EFOREIGN, "%s: not recorded: no disc of "
			       "pool %s in the configuration", label->disc,
			       label->pool);
	return record_good(site, look);
}

/* What came of the verification. */
static enum nb_err
record_at(struct nb_site *site, const struct nb_look *look,
	  enum nb_err outcome, bool lost)
{
	const struct nb_pool_disc *disc;
	enum nb_err err;

	nb_site_key(site, false);
	if (lost && outcome == NB_OK
	    && !nb_pool_by_id(&site->view, look->label.disc_id))
		return record_lost(site, look);
	err = find_disc(site, &look->label, &disc);
	if (err || !disc)
		return err;
	if (outcome == NB_OK)
		return record_good(site, look);
	if (outcome == NB_ECORRUPT || outcome == NB_EIO)
		return nb_catalog_set_disc(site->catalog, disc->disc_id,
					   NB_DISC_SUSPECT,
					   "a verification failed");
	return NB_OK;
}

/* The catalog is told only of discs that it knows, unless it was LOST; a disc
 * from elsewhere can be verified as well. */
static enum nb_err
record(struct nightburn *nb, const struct nb_look *look, enum nb_err outcome,
       bool lost)
{
	struct nb_site site;
	enum nb_err err = NB_OK;

	for (size_t i = 0; nb && i < nb->config->jobs.count; i++) {
		const struct nb_config_job *job = &nb->config->jobs.at[i];

		if (strcmp(job->pool, look->label.pool))
			continue;
		err = nb_site_open(nb, job->name, lost ? NB_SITE_REBUILD
				   : NB_SITE_WORK, &site);
		if (err)
			return err;
		err = record_at(&site, look, outcome, lost);
		nb_site_close(&site);
		return err;
	}
	if (lost)
		return nb_fail(NB_EFOREIGN, "%s: not recorded: no job has the "
			       "pool %s", look->label.disc, look->label.pool);
	return NB_OK;
}

static enum nb_err
verify(struct nightburn *nb, const char *device, bool lost,
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
		err = nb_learn_check(nb, &look, result);
		if (!err)
			err = nb_seals_check(nb, &look);
		recorded = err == NB_ECANCELED ? NB_OK
			: record(nb, &look, err, lost);
		if (!err)
			err = recorded;
	}
	nb_look_close(&look);
	return err;
}

enum nb_err
nb_verify(struct nightburn *nb, const char *device,
	  struct nb_verify_result *result)
{
	return verify(nb, device, false, result);
}

enum nb_err
nb_catalog_rebuild(struct nightburn *nb, const char *device,
		   struct nb_verify_result *result)
{
	return verify(nb, device, true, result);
}

enum nb_err
nb_accept(struct nightburn *nb, const char *job, bool *changed)
{
	struct nb_reach reach;
	struct nb_site site;
	enum nb_err err;

	*changed = false;
	err = nb_site_open(nb, job, NB_SITE_WORK, &site);
	if (err)
		return err;
	err = nb_catalog_reach(site.catalog, site.view.name, &reach);
	if (!err && reach.behind) {
		err = nb_catalog_accept(site.catalog, site.view.name);
		*changed = !err;
	}
	nb_site_close(&site);
	return err;
}
