/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/pool.h"

#include <string.h>

void
nb_pool_view_clear(struct nb_pool_view *view)
{
	nb_array_free(&view->discs);
	nb_array_free(&view->owner.taken);
	memset(view, 0, sizeof *view);
}

const struct nb_pool_disc *
nb_pool_by_id(const struct nb_pool_view *view, const char *disc_id)
{
	for (size_t i = 0; disc_id[0] && i < view->discs.count; i++)
		if (!strcmp(view->discs.at[i].disc_id, disc_id))
			return &view->discs.at[i];
	return NULL;
}

const struct nb_pool_disc *
nb_pool_by_name(const struct nb_pool_view *view, const char *name)
{
	for (size_t i = 0; i < view->discs.count; i++)
		if (!strcmp(view->discs.at[i].name, name))
			return &view->discs.at[i];
	return NULL;
}

const struct nb_pool_disc *
nb_rotation_next(const struct nb_pool_view *pool)
{
	const struct nb_pool_disc *next = NULL;

	for (size_t i = 0; i < pool->discs.count; i++) {
		const struct nb_pool_disc *d = &pool->discs.at[i];

		if (d->state == NB_DISC_UNUSED || d->state == NB_DISC_BLANKED)
			return d;
		if (d->state == NB_DISC_GOOD && !d->write_once
		    && d->complete != pool->complete
		    && (!next || d->complete < next->complete))
			next = d;
	}
	return next;
}

void
nb_pool_accept_shrunk(struct nb_pool_view *view)
{
	bool none = !view->complete;

	if (none)
		view->complete = view->generation;
	for (size_t i = 0; i < view->discs.count; i++) {
		struct nb_pool_disc *d = &view->discs.at[i];

		if (none)
			d->complete = d->generation;
		memcpy(d->accepted, d->alone, sizeof d->accepted);
		d->alone[0] = '\0';
	}
}

void
nb_pool_doubt(struct nb_pool_view *view, const char *disc_id)
{
	view->generation = view->complete = 0;
	for (size_t i = 0; i < view->discs.count; i++) {
		struct nb_pool_disc *d = &view->discs.at[i];

		if (!strcmp(d->disc_id, disc_id))
			d->state = NB_DISC_SUSPECT;
		if (d->state != NB_DISC_GOOD)
			continue;
		if (d->generation > view->generation)
			view->generation = d->generation;
		if (d->complete > view->complete)
			view->complete = d->complete;
	}
}

bool
nb_pool_has_newest(const struct nb_pool_view *view,
		   const struct nb_pool_disc *disc)
{
	return (disc->generation && disc->generation == view->generation)
		|| (disc->complete && disc->complete == view->complete);
}

static bool
is_better_known(const struct nb_pool_disc *a, const struct nb_pool_disc *b)
{
	if (a->unread != b->unread)
		return b->unread;
	return a->verified > b->verified;
}

const struct nb_pool_disc *
nb_pool_newest_besides(const struct nb_pool_view *view,
		       const struct nb_pool_disc *disc)
{
	const struct nb_pool_disc *newest = NULL;

	for (size_t i = 0; i < view->discs.count; i++) {
		const struct nb_pool_disc *d = &view->discs.at[i];

		if (d != disc && d->state == NB_DISC_GOOD && d->complete
		    && d->complete == view->complete
		    && (!newest || is_better_known(d, newest)))
			newest = d;
	}
	return newest;
}

bool
nb_pool_is_fenced(const struct nb_pool_view *view)
{
	return view->owner.fenced
		&& view->owner.fenced >= view->owner.take_overs;
}

bool
nb_pool_is_moved(const struct nb_pool_view *view)
{
	return view->owner.moved_from[0] != '\0';
}

bool
nb_pool_has_from(const struct nb_pool_view *view, const char *installation)
{
	const struct nb_pool_taken *taken = &view->owner.taken;

	if (!strcmp(view->installation, installation))
		return true;
	for (size_t i = 0; i < taken->count; i++)
		if (!strcmp(taken->at[i].installation, installation))
			return true;
	return false;
}

bool
nb_pool_owns(const struct nb_pool_view *view, const struct nb_label *label)
{
	return !strcmp(view->installation, label->installation)
		|| (label->take_overs < view->owner.take_overs
		    && nb_pool_has_from(view, label->installation));
}

bool
nb_pool_is_old_copy(const struct nb_pool_view *pool,
		    const struct nb_pool_disc *disc, uint64_t generation)
{
	return disc->state == NB_DISC_GOOD
		&& disc->generation <= pool->generation
		&& generation < disc->generation;
}
