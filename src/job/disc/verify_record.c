/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a verification means for the catalog. */
#include "job/disc/verify_record.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "disc/profile.h"
#include "job/disc/rebuild.h"
#include "job/disc/record_disc.h"

enum nb_err
nb_verified_add(struct nb_verified *v, const struct nb_disc_contents *contents)
{
	const struct nb_disc_backups *list = &contents->backups;
	bool known = false;
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < list->count; i++) {
		const struct nb_disc_backup *b = &list->at[i];
		struct nb_found_backup one = { .check = b->check,
					       .bad = b->bad,
					       .generation =
						       b->label.generation,
					       .by_hand = b->label.by_hand };
		const struct nb_found_backup *f;

		if (b->check == NB_CHECK_NONE)
			continue;
		known = true;
		strcpy(one.id, b->label.backup_id);
		f = nb_found_backup(&v->found, one.id);
		if (!f)
			err = nb_array_push(&v->found, one);
		else if (b->check == NB_CHECK_GOOD)
			v->found.at[f - v->found.at] = one;
	}
	if (!contents->nodes.count)
		v->lost_sessions = true;
	else if (!known)
		v->unknown_sessions = true;
	return err;
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

static enum nb_err
tell_lost(const struct nb_pool_context *context, const struct nb_label *label)
{
	bool lost = false;
	enum nb_err err =
		nb_catalog_is_lost(context->catalog, label->disc_id, &lost);

	if (lost && nb_pool_context_signed(context, label))
		nb_log(NB_WARNING,
		       "%s: not recorded: the disc counts as lost\n"
		       "hint: nightburn catalog rebuild records it again",
		       label->disc);
	return err;
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
		return tell_lost(context, label);
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

/* The newest session of this disc is bad, and has a backup that the catalog
 * knows. */
static enum nb_err
record_less(struct nb_pool_context *context, const struct nb_inspection *look,
	    const struct nb_pool_disc *disc, const struct nb_verified *outcome)
{
	bool lost = outcome->lost_sessions && !outcome->unknown_sessions;
	struct nb_str text = NB_STR_INIT;
	enum nb_err err =
		nb_catalog_set_disc(context->catalog, disc->disc_id,
				    NB_DISC_SUSPECT, NB_NOTE_BAD_SESSION);

	if (err)
		return err;
	if (!nb_found_backup(&outcome->found, disc->backup_id))
		nb_str_addf(&text, "generation %llu %s",
			    (unsigned long long)disc->generation,
			    lost ? "is damaged" : "could not be checked");
	nb_found_text(&outcome->found, &text);
	err = text.failed ? nb_fail_memory()
			  : nb_fail(NB_ECORRUPT,
				    "%s: %s\nhint: nightburn restore --to DIR "
				    "%llu restores one that is good",
				    disc->name, text.text,
				    (unsigned long long)look->label.generation);
	nb_str_free(&text);
	return err;
}

struct lost {
	const char *disc_id;
	bool found;
};

static enum nb_err
find_lost(void *ctx, const struct nb_catalog_disc *row)
{
	struct lost *lost = ctx;

	lost->found |= row->disc_id && row->remark == NB_REMARK_LOST
		&& !strcmp(row->disc_id, lost->disc_id);
	return NB_OK;
}

/* What is recorded on the disc is good. */
static enum nb_err
record_all_good(struct nb_pool_context *context,
		const struct nb_inspection *look,
		const struct nb_inspection *newest, struct nb_verified *outcome)
{
	struct lost lost = { look->label.disc_id, false };
	enum nb_err err =
		nb_record_good(context, look, newest, outcome->contents, NULL);

	if (!err)
		err = nb_rebuild_catch_up(context, look->label.disc);
	if (!err && look->session)
		err = nb_catalog_discs(context->catalog, find_lost, &lost);
	outcome->known = !lost.found;
	return err;
}

/* Does the result of the verification say something about the disc? */
static bool
may_be_recorded(enum nb_err err)
{
	return !err || err == NB_ECORRUPT || err == NB_EIO;
}

/* What was found of each backup. */
static enum nb_err
record_checks(struct nb_pool_context *context, const struct nb_pool_disc *disc,
	      const struct nb_verified *outcome)
{
	struct nb_catalog_checks checks = {
		.disc_id = disc->disc_id,
		.date = nb_clock_date(),
		.others_damaged =
			outcome->lost_sessions && !outcome->unknown_sessions,
	};
	enum nb_err err = NB_OK;

	if (!may_be_recorded(outcome->err))
		return NB_OK;
	for (size_t i = 0; !err && i < outcome->found.count; i++) {
		const struct nb_found_backup *f = &outcome->found.at[i];
		const struct nb_catalog_check check = { f->id, f->check,
							f->bad };

		err = nb_array_push(&checks.list, check);
	}
	if (!err)
		err = nb_catalog_put_checks(context->catalog, &checks);
	nb_array_free(&checks.list);
	return err;
}

/* A file that is no drive of the configuration: a copy of the disc, which says
 * nothing about the disc itself. */
static bool
is_copied_file(const struct nb_inspection *look)
{
	return !look->config && nb_profile_of(look->medium.profile)->grows;
}

/* What is found on a disc that another machine wrote is recorded as well. */
static enum nb_err
heed_owner(struct nb_pool_context *context, const struct nb_label *label)
{
	enum nb_err err = NB_OK;

	if (nb_pool_context_signed(context, label))
		err = nb_inspect_heed_owner(context, label);
	if (!err && nb_pool_is_fenced(&context->view))
		nb_inspect_warn_fenced(label->disc, label->pool);
	return err;
}

/* Records the result of verifying the session of LOOK; NEWEST is the newest
 * session if that is another one. */
static enum nb_err
record_at(struct nb_pool_context *context, const struct nb_inspection *look,
	  const struct nb_inspection *newest, struct nb_verified *outcome)
{
	const struct nb_pool_disc *disc;
	bool less = false;
	enum nb_err err = nb_pool_context_key(context, false);

	/* Without the key, the owner of the disc is unknown. */
	if (err && !outcome->lost) {
		nb_log(NB_WARNING,
		       "%s: not recorded: the key of this installation cannot "
		       "be read",
		       look->label.disc);
		return NB_OK;
	}
	if (!err)
		err = heed_owner(context, &look->label);
	if (err)
		return err;
	if (outcome->lost && may_be_recorded(outcome->err)
	    && !nb_pool_by_id(&context->view, look->label.disc_id))
		return nb_rebuild_disc(context, look, newest, outcome);
	err = find_disc(context, look, &disc, &less);
	if (err || !disc)
		return err;
	outcome->known = true;
	if (is_copied_file(look)) {
		nb_log(NB_WARNING,
		       "%s: not recorded: %s is no drive of the configuration, "
		       "but a copy of the disc",
		       disc->name, look->device);
		return NB_OK;
	}
	err = record_checks(context, disc, outcome);
	if (err)
		return err;
	if (outcome->unmountable)
		return nb_catalog_set_disc(context->catalog, disc->disc_id,
					   NB_DISC_SUSPECT,
					   "other systems cannot mount it");
	if (outcome->err == NB_OK && less)
		return record_less(context, look, disc, outcome);
	if (outcome->err == NB_OK)
		return record_all_good(context, look, newest, outcome);
	if (may_be_recorded(outcome->err))
		return nb_catalog_set_disc(context->catalog, disc->disc_id,
					   NB_DISC_SUSPECT,
					   "a verification failed");
	return NB_OK;
}

enum nb_err
nb_verify_record(struct nightburn *nb, const struct nb_inspection *look,
		 const struct nb_inspection *newest,
		 struct nb_verified *outcome)
{
	struct nb_pool_context context;
	enum nb_err err = NB_OK;

	for (size_t i = 0; nb && i < nb->config->jobs.count; i++) {
		const struct nb_config_job *job = &nb->config->jobs.at[i];

		if (strcmp(job->pool, look->label.pool))
			continue;
		err = nb_pool_context_open(nb, job->name,
					   outcome->lost ? NB_POOL_REBUILD
							 : NB_POOL_WORK,
					   &context);
		if (err)
			return err;
		err = record_at(&context, look, newest, outcome);
		nb_pool_context_close(&context);
		return err;
	}
	if (outcome->lost)
		return nb_fail(NB_EFOREIGN,
			       "%s: not recorded: no job has the "
			       "pool %s",
			       look->label.disc, look->label.pool);
	return NB_OK;
}
