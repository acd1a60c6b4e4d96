/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/disc/doubt.h"

#include <string.h>

#include "base/log.h"
#include "model/volume_id.h"
#include "store/unread.h"

#define DATE_DIGITS 8 /* at the end of a volume id */

static bool
has_volume_id(const struct nb_pool_view *view, const struct nb_pool_disc *disc,
	      const char *volume_id)
{
	char own[NB_VOLUME_ID_SIZE];

	if ((disc->state != NB_DISC_GOOD && disc->state != NB_DISC_SUSPECT)
	    || !disc->backup_id[0])
		return false;
	nb_volume_id_make(view->name, disc->name, disc->backup_id, own);
	return !strcmp(own, volume_id);
}

/* NULL: none, or several. */
static const struct nb_pool_disc *
by_volume_id(const struct nb_pool_view *view, const char *volume_id)
{
	const struct nb_pool_disc *found = NULL;

	for (size_t i = 0; volume_id[0] && i < view->discs.count; i++) {
		const struct nb_pool_disc *d = &view->discs.at[i];

		if (!has_volume_id(view, d, volume_id))
			continue;
		if (found)
			return NULL;
		found = d;
	}
	return found;
}

/* The newest session was a backup that counts. */
static const struct nb_pool_disc *
by_earlier(const struct nb_pool_context *context,
	   const struct nb_inspection *look)
{
	const struct nb_label *label = &look->earlier;
	const struct nb_pool_disc *d;

	if (!nb_pool_context_signed(context, label)
	    || strcmp(label->pool, context->view.name) != 0)
		return NULL;
	d = nb_pool_by_id(&context->view, label->disc_id);
	return d && d->state == NB_DISC_GOOD
			&& d->generation > label->generation
		? d
		: NULL;
}

/* Is it the volume id of a disc of the pool, of any date? */
static bool
is_of_pool(const struct nb_pool_view *view, const char *volume_id)
{
	char own[NB_VOLUME_ID_SIZE];
	size_t n = strlen(volume_id);

	for (size_t i = 0; n > DATE_DIGITS && i < view->discs.count; i++) {
		nb_volume_id_make(view->name, view->discs.at[i].name,
				  volume_id + n - DATE_DIGITS, own);
		if (!strcmp(own, volume_id))
			return true;
	}
	return false;
}

/* Could it be any disc of the pool, as far as it can be read? */
static bool
is_unread(const struct nb_pool_context *context,
	  const struct nb_inspection *look)
{
	switch (look->medium.state) {
	case NB_MEDIUM_NONE:
	case NB_MEDIUM_BLANK:
		return false;
	case NB_MEDIUM_DAMAGED:
		return true;
	default:
		return !look->has_earlier
			&& (!look->volume_id[0]
			    || is_of_pool(&context->view, look->volume_id));
	}
}

static bool
is_of_drive(const struct nb_pool_context *context,
	    const struct nb_inspection *look)
{
	const struct nb_names *drives = &context->pool->drives;

	for (size_t i = 0; i < drives->count; i++)
		if (!strcmp(drives->at[i], look->config->name))
			return true;
	return false;
}

/* Nobody knows which disc it is: none of the pool is blanked until the one with
 * the newest backup was verified. */
static enum nb_err
doubt_all(struct nb_pool_context *context, const struct nb_inspection *look)
{
	if (!context->state || !is_unread(context, look)
	    || !is_of_drive(context, look))
		return NB_OK;
	return nb_unread_add(context->state->dir, &context->view,
			     context->lock != NULL);
}

enum nb_err
nb_doubt(struct nb_pool_context *context, const struct nb_inspection *look)
{
	const struct nb_pool_disc *disc;
	char id[NB_ID_HEX + 1];

	/* A file that is no drive of the configuration is a copy. */
	if (!look->config || look->label_state == NB_LABEL_GOOD
	    || !context->catalog || context->view.stale)
		return NB_OK;
	disc = look->has_earlier
		? by_earlier(context, look)
		: by_volume_id(&context->view, look->volume_id);
	if (!disc)
		return doubt_all(context, look);
	if (disc->state != NB_DISC_GOOD)
		return NB_OK;
	nb_log(NB_WARNING,
	       "%s: by its volume id disc %s, but the label of its newest "
	       "backup cannot be read: the disc is suspect\n"
	       "hint: clean it and run nightburn verify; if it is broken, "
	       "nightburn catalog lost %s",
	       look->device, disc->name, disc->name);
	memcpy(id, disc->disc_id, sizeof id);
	nb_pool_doubt(&context->view, id);
	return context->lock
		? nb_catalog_set_disc(context->catalog, id, NB_DISC_SUSPECT,
				      "its label cannot be read")
		: NB_OK;
}

static bool
is_first_of_pool(const struct nb_config_jobs *jobs, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!strcmp(jobs->at[i].pool, jobs->at[at].pool))
			return false;
	return true;
}

enum nb_err
nb_doubt_in_pools(struct nightburn *nb, const struct nb_inspection *look)
{
	struct nb_pool_context context;
	enum nb_err err = NB_OK;

	if (!nb || !look->config || !nb_catalog_exists(nb))
		return NB_OK;
	for (size_t i = 0; !err && i < nb->config->jobs.count; i++) {
		if (!is_first_of_pool(&nb->config->jobs, i))
			continue;
		err = nb_pool_context_open(nb, nb->config->jobs.at[i].name,
					   NB_POOL_WORK, &context);
		if (err)
			return err;
		err = nb_pool_context_key(&context, false);
		if (!err)
			err = nb_doubt(&context, look);
		nb_pool_context_close(&context);
	}
	return err;
}
