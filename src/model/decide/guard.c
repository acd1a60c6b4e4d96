/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/guard.h"

#include <string.h>

static bool
same_label(const struct nb_label *a, const struct nb_label *b)
{
	return !strcmp(a->installation, b->installation)
		&& !strcmp(a->disc_id, b->disc_id) && !strcmp(a->pool, b->pool)
		&& !strcmp(a->disc, b->disc) && a->generation == b->generation
		&& !strcmp(a->backup_id, b->backup_id)
		&& !strcmp(a->previous, b->previous) && a->created == b->created
		&& a->has_manifest_mac == b->has_manifest_mac
		&& a->take_overs == b->take_overs && a->by_hand == b->by_hand
		&& !strcmp(a->mac, b->mac);
}

static bool
holds_newest(const struct nb_pool_view *pool, const struct nb_pool_disc *disc)
{
	return disc->state == NB_DISC_GOOD && disc->complete
		&& disc->complete == pool->complete;
}

/* Another disc must hold the newest verified generation, and must have been
 * verified recently enough; this one does not hold it, or it would have been
 * refused. */
static enum nb_guard
check_others(const struct nb_guard_facts *f)
{
	enum nb_guard answer = NB_GUARD_LAST_GOOD;

	for (size_t i = 0; i < f->pool->discs.count; i++) {
		const struct nb_pool_disc *d = &f->pool->discs.at[i];

		if (!holds_newest(f->pool, d))
			continue;
		if (d->unread) {
			answer = NB_GUARD_UNREAD;
			continue;
		}
		if (!f->max_verify_age)
			return NB_GUARD_PERMIT;
		if (d->verified > 0 && d->verified <= f->now
		    && f->now - d->verified <= f->max_verify_age)
			return NB_GUARD_PERMIT;
		answer = NB_GUARD_TOO_OLD;
	}
	return answer;
}

static enum nb_guard
check_label(const struct nb_guard_facts *f)
{
	const struct nb_pool_disc *disc;
	enum nb_guard answer;

	if (f->first_state != NB_LABEL_GOOD || f->second_state != NB_LABEL_GOOD)
		return NB_GUARD_NO_LABEL;
	if (!same_label(f->first, f->second))
		return NB_GUARD_LABEL_CHANGED;
	if (!nb_label_is_signed(f->second, f->key))
		return strcmp(f->second->installation, f->pool->installation)
			? NB_GUARD_OTHER_INSTALLATION
			: NB_GUARD_FORGED;
	if (!nb_pool_owns(f->pool, f->second))
		return NB_GUARD_OTHER_MACHINE;
	if (strcmp(f->second->pool, f->pool->name))
		return NB_GUARD_OTHER_POOL;
	disc = nb_pool_by_id(f->pool, f->second->disc_id);
	if (!disc)
		return NB_GUARD_NOT_IN_CATALOG;
	if (disc->state == NB_DISC_SUSPECT || disc->state == NB_DISC_RETIRED)
		return NB_GUARD_SUSPECT;
	if (disc->state != NB_DISC_GOOD || !disc->generation)
		return NB_GUARD_CATALOG_DISAGREES;
	if (strcmp(disc->name, f->second->disc)
	    || strcmp(disc->backup_id, f->second->backup_id)
	    || disc->generation != f->second->generation)
		return NB_GUARD_CATALOG_DISAGREES;
	if (holds_newest(f->pool, disc))
		return NB_GUARD_LAST_GOOD;
	answer = check_others(f);
	return answer == NB_GUARD_PERMIT && disc->alone[0] ? NB_GUARD_ONLY_COPY
							   : answer;
}

static enum nb_guard
check_typed(const struct nb_guard_facts *f)
{
	const struct nb_pool_disc *disc;

	if (strcmp(f->typed, f->first_volume)
	    || strcmp(f->typed, f->second_volume))
		return NB_GUARD_NOT_TYPED;
	if (strcmp(f->first_disc, f->second_disc))
		return NB_GUARD_DISC_CHANGED;
	if (f->holds_newer || f->newest_of)
		return NB_GUARD_LAST_GOOD;
	if (f->first_state != f->second_state)
		return NB_GUARD_LABEL_CHANGED;
	if (f->alone && f->alone[0])
		return NB_GUARD_ONLY_COPY;
	if (f->second_state != NB_LABEL_GOOD)
		return NB_GUARD_PERMIT;
	if (!same_label(f->first, f->second))
		return NB_GUARD_LABEL_CHANGED;
	if (nb_label_is_signed(f->second, f->key)
	    && !nb_pool_owns(f->pool, f->second))
		return NB_GUARD_OTHER_MACHINE;
	disc = nb_pool_by_id(f->pool, f->second->disc_id);
	if (disc
	    && (holds_newest(f->pool, disc)
		|| (disc->generation
		    && disc->generation == f->pool->generation)))
		return NB_GUARD_LAST_GOOD;
	if (disc && disc->state == NB_DISC_GOOD
	    && check_others(f) == NB_GUARD_UNREAD)
		return NB_GUARD_UNREAD;
	return disc && disc->alone[0] ? NB_GUARD_ONLY_COPY : NB_GUARD_PERMIT;
}

static bool
is_untouched(const struct nb_medium *m)
{
	return m->state == NB_MEDIUM_BLANK && m->unformatted;
}

static enum nb_guard
check_untouched(const struct nb_guard_facts *f)
{
	const struct nb_medium *a = f->first_medium, *b = f->second_medium;

	if (!is_untouched(a) || !is_untouched(b))
		return NB_GUARD_NOT_BLANK;
	if (a->profile != b->profile || a->capacity != b->capacity)
		return NB_GUARD_MEDIUM_CHANGED;
	return NB_GUARD_PERMIT;
}

static enum nb_guard
check_disc(const struct nb_guard_facts *f)
{
	if (nb_pool_is_fenced(f->pool))
		return NB_GUARD_TAKEN_OVER;
	if (nb_pool_is_moved(f->pool))
		return NB_GUARD_MOVED;
	if (f->first_medium)
		return check_untouched(f);
	if (f->pool->stale)
		return NB_GUARD_CATALOG_STALE;
	return f->typed ? check_typed(f) : check_label(f);
}

enum nb_guard
nb_guard_check(const struct nb_guard_facts *f)
{
	enum nb_guard answer;

	if (!f->lock_held)
		return NB_GUARD_NO_LOCK;
	if (strcmp(f->first_drive, f->second_drive))
		return NB_GUARD_DRIVE_CHANGED;
	answer = check_disc(f);
	if (answer != NB_GUARD_PERMIT)
		return answer;
	if (!f->blank_only && (!f->image_complete || !f->image_blocks))
		return NB_GUARD_IMAGE_INCOMPLETE;
	if (f->image_shrunk && !f->first_medium)
		return NB_GUARD_SHRUNK;
	if (!f->blank_only && f->image_blocks > f->disc_blocks)
		return NB_GUARD_DOES_NOT_FIT;
	if (!f->intent_stored)
		return NB_GUARD_NO_INTENT;
	return NB_GUARD_PERMIT;
}

const char *
nb_guard_text(enum nb_guard answer)
{
	static const char *const texts[] = {
		[NB_GUARD_PERMIT] = "permitted",
		[NB_GUARD_NO_LOCK] = "the lock is not held",
		[NB_GUARD_CATALOG_STALE] =
			"the catalog is an old copy or was lost",
		[NB_GUARD_NO_LABEL] = "no good label on the disc",
		[NB_GUARD_LABEL_CHANGED] = "two readings of the label differ",
		[NB_GUARD_OTHER_INSTALLATION] =
			"the disc belongs to another installation",
		[NB_GUARD_FORGED] = ("the label was not made with the key of "
				     "this installation"),
		[NB_GUARD_OTHER_MACHINE] =
			"another machine with the same key wrote the disc",
		[NB_GUARD_TAKEN_OVER] = "another machine took the pool over",
		[NB_GUARD_MOVED] =
			"the state directory is that of another machine",
		[NB_GUARD_OTHER_POOL] = "the disc belongs to another pool",
		[NB_GUARD_NOT_IN_CATALOG] = "the disc is not in the catalog",
		[NB_GUARD_CATALOG_DISAGREES] =
			"the catalog contradicts the label of the disc",
		[NB_GUARD_SUSPECT] = "the disc is suspect or retired",
		[NB_GUARD_LAST_GOOD] =
			"no other disc holds the newest good backup",
		[NB_GUARD_UNREAD] =
			"the newest backup may be on a disc that is unreadable",
		[NB_GUARD_TOO_OLD] = ("the newest backup, on another disc, "
				      "has not been verified recently enough"),
		[NB_GUARD_ONLY_COPY] = ("the disc alone holds something that "
					"no newer backup has"),
		[NB_GUARD_SHRUNK] =
			"the new backup lacks something of the one before it",
		[NB_GUARD_IMAGE_INCOMPLETE] = "the new backup is incomplete",
		[NB_GUARD_DOES_NOT_FIT] =
			"the new backup does not fit on the disc",
		[NB_GUARD_NO_INTENT] = "the intent is not on stable storage",
		[NB_GUARD_DRIVE_CHANGED] =
			"the drive is not the one that was inspected",
		[NB_GUARD_DISC_CHANGED] =
			"the disc is not the one that was shown",
		[NB_GUARD_NOT_TYPED] =
			"the volume id entered is not that of the disc",
		[NB_GUARD_NOT_BLANK] = "the disc is not blank and unformatted",
		[NB_GUARD_MEDIUM_CHANGED] =
			"the disc is not the one that was inspected",
	};

	return texts[answer];
}
