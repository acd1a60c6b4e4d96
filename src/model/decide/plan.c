/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/plan.h"

#include <stdio.h>
#include <string.h>

/* No other good disc is older. */
static bool
is_oldest(const struct nb_pool_view *pool, const struct nb_pool_disc *disc)
{
	for (size_t i = 0; i < pool->discs.count; i++) {
		const struct nb_pool_disc *d = &pool->discs.at[i];

		if (d != disc && d->state == NB_DISC_GOOD
		    && d->complete < disc->complete)
			return false;
	}
	return true;
}

static bool
holds_newest(const struct nb_pool_view *pool, const struct nb_pool_disc *d)
{
	return d->state == NB_DISC_GOOD && d->complete
		&& d->complete == pool->complete;
}

/* The label that identifies the disc in the drive; NULL: none. */
static const struct nb_label *
identifying_label(const struct nb_plan_facts *f)
{
	if (f->label_state != NB_LABEL_GOOD)
		return f->earlier;
	return f->label_signed ? f->label : NULL;
}

/* The disc in the drive, if label and catalog agree on its identity. */
static const struct nb_pool_disc *
known_disc(const struct nb_plan_facts *f)
{
	const struct nb_label *label = identifying_label(f);
	const struct nb_pool_disc *disc;

	if (!label || strcmp(label->pool, f->pool->name))
		return NULL;
	disc = nb_pool_by_id(f->pool, label->disc_id);
	return disc && !strcmp(disc->name, label->disc) ? disc : NULL;
}

/* The disc to insert instead of DISC; NULL if none is better. */
static const struct nb_pool_disc *
wanted_disc(const struct nb_plan_facts *f, const struct nb_pool_disc *disc,
	    enum nb_plan_reason reason)
{
	const struct nb_pool_disc *newest =
		nb_pool_newest_besides(f->pool, disc);
	const struct nb_pool_disc *next = nb_rotation_next(f->pool);

	if (reason == NB_REASON_TOO_LARGE_FOR_DISC
	    || reason == NB_REASON_CATALOG_EMPTY
	    || reason == NB_REASON_TAKEN_OVER || reason == NB_REASON_MOVED
	    || reason == NB_REASON_OTHER_MACHINE || f->pool->stale)
		return NULL;
	if (reason == NB_REASON_OTHER_UNVERIFIED
	    || reason == NB_REASON_OTHER_UNREAD)
		return newest;
	if (f->rotation == NB_ROTATION_APPEND && newest
	    && f->intent == NB_INTENT_RUN)
		return newest;
	if (f->rotation == NB_ROTATION_FRESH && next
	    && next->state == NB_DISC_GOOD)
		return NULL;
	/* A disc that is not there yet: the one in the drive is meant to be
	 * it. */
	if (reason == NB_REASON_NOT_REWRITABLE && next
	    && next->state == NB_DISC_UNUSED)
		return NULL;
	/* The name of the one in the drive, which the catalog does not have. */
	if (next && !next->disc_id[0] && f->label && f->label_signed
	    && !strcmp(next->name, f->label->disc))
		return NULL;
	return next != disc ? next : NULL;
}

static struct nb_decision
refuse(const struct nb_plan_facts *f, enum nb_plan_reason reason,
       enum nb_err err)
{
	const struct nb_pool_disc *disc = known_disc(f);
	const struct nb_pool_disc *wanted = wanted_disc(f, disc, reason);
	struct nb_decision d = { .plan = NB_PLAN_REFUSE,
				 .reason = reason,
				 .err = err };

	d.for_good = nb_medium_is_for_good(f->medium);
	d.cramped = f->medium->cramped;
	if (disc)
		memcpy(d.disc, disc->name, sizeof d.disc);
	d.damaged = disc && disc->damaged;
	if (disc)
		d.may_be_newest = disc->generation >= f->pool->generation;
	else if (reason == NB_REASON_NOT_IN_CATALOG || reason == NB_REASON_LOST)
		d.may_be_newest = f->label->generation > f->pool->generation;
	if (wanted)
		memcpy(d.wanted, wanted->name, sizeof d.wanted);
	return d;
}

static struct nb_decision
too_large(const struct nb_plan_facts *f, enum nb_plan_reason reason,
	  uint64_t need, uint64_t available)
{
	struct nb_decision d = refuse(f, reason, NB_EFULL);

	d.need = need;
	d.available = available;
	return d;
}

static struct nb_decision
accept(enum nb_plan plan, enum nb_plan_reason reason, const char *disc,
       uint64_t need, uint64_t available)
{
	struct nb_decision d = {
		.plan = plan,
		.reason = reason,
		.need = need,
		.available = available,
	};

	snprintf(d.disc, sizeof d.disc, "%s", disc);
	return d;
}

static struct nb_decision
decide_blank_disc(const struct nb_plan_facts *f)
{
	const struct nb_pool_disc *next = nb_rotation_next(f->pool);
	uint64_t capacity = f->medium->capacity;

	if (f->label_state != NB_LABEL_NONE)
		return refuse(f, NB_REASON_LABEL_UNREADABLE, NB_EFOREIGN);
	if (f->intent == NB_INTENT_BLANK)
		return accept(NB_PLAN_FRESH, NB_REASON_BLANK_DISC, "", 0,
			      capacity);
	if (f->pool->stale)
		return refuse(f, NB_REASON_CATALOG_STALE, NB_EWRONG);
	if (!nb_plan_suits(f->medium, f->rotation))
		return refuse(f, NB_REASON_NOT_REWRITABLE, NB_EWRONG);
	if (!next
	    || (next->state != NB_DISC_UNUSED
		&& next->state != NB_DISC_BLANKED))
		return refuse(f, NB_REASON_NO_DISC_NAME, NB_EWRONG);
	if (f->need_fresh > capacity)
		return too_large(f, NB_REASON_TOO_LARGE_FOR_DISC, f->need_fresh,
				 capacity);
	return accept(NB_PLAN_FRESH, NB_REASON_BLANK_DISC, next->name,
		      f->need_fresh, capacity);
}

static struct nb_decision
decide_append(const struct nb_plan_facts *f, enum nb_plan_reason reason)
{
	uint64_t need = f->need_append ? f->need_append : NB_SESSION_MIN;

	if (f->medium->open_session)
		return refuse(f, NB_REASON_OPEN_SESSION, NB_EWRONG);
	if (f->medium->state != NB_MEDIUM_APPENDABLE)
		return refuse(f, NB_REASON_CLOSED, NB_EWRONG);
	if (need > f->medium->free)
		return too_large(f, NB_REASON_TOO_LARGE, need, f->medium->free);
	return accept(NB_PLAN_APPEND, reason, f->label->disc, f->need_append,
		      f->medium->free);
}

static bool
is_fresh_enough(const struct nb_plan_facts *f, const struct nb_pool_disc *d)
{
	if (!f->max_verify_age)
		return true;
	return d->verified > 0 && d->verified <= f->now
		&& f->now - d->verified <= f->max_verify_age;
}

static struct nb_decision
decide_blanking(const struct nb_plan_facts *f, const struct nb_pool_disc *disc,
		enum nb_plan_reason reason)
{
	const struct nb_pool_disc *other =
		nb_pool_newest_besides(f->pool, disc);
	uint64_t capacity = f->medium->capacity;

	if (holds_newest(f->pool, disc) || !other)
		return refuse(f,
			      f->pool->complete ? NB_REASON_LAST_GOOD
						: NB_REASON_ALL_SHRUNK,
			      NB_EWRONG);
	if (f->shrunk)
		return refuse(f, NB_REASON_SHRUNK, NB_EWRONG);
	if (!is_oldest(f->pool, disc))
		return refuse(f, NB_REASON_NOT_OLDEST, NB_EWRONG);
	if (!nb_medium_can_be_blanked(f->medium))
		return refuse(f, NB_REASON_WRITE_ONCE, NB_EWRONG);
	if (other->unread)
		return refuse(f, NB_REASON_OTHER_UNREAD, NB_EWRONG);
	if (!is_fresh_enough(f, other))
		return refuse(f, NB_REASON_OTHER_UNVERIFIED, NB_EWRONG);
	if (disc->alone[0])
		return refuse(f, NB_REASON_ONLY_COPY, NB_EWRONG);
	if (f->need_fresh > capacity)
		return too_large(f, NB_REASON_TOO_LARGE_FOR_DISC, f->need_fresh,
				 capacity);
	return accept(NB_PLAN_BLANK_FRESH, reason, disc->name, f->need_fresh,
		      capacity);
}

/* The newest disc is full, and no other disc is due. */
static struct nb_decision
decide_without_other(const struct nb_plan_facts *f, struct nb_decision d)
{
	if (d.plan != NB_PLAN_REFUSE || nb_rotation_next(f->pool))
		return d;
	d.reason = NB_REASON_LAST_GOOD;
	d.err = NB_EWRONG;
	return d;
}

/* A backup that shrank is burned only where that destroys nothing, and so is
 * any as long as there are only such. */
static struct nb_decision
decide_harmless(const struct nb_plan_facts *f, enum nb_plan_reason reason)
{
	struct nb_decision d = decide_append(f, reason);

	return d.plan == NB_PLAN_APPEND ? d : refuse(f, reason, NB_EWRONG);
}

static struct nb_decision
decide_alternate(const struct nb_plan_facts *f, const struct nb_pool_disc *disc)
{
	if (f->shrunk)
		return decide_harmless(f, NB_REASON_SHRUNK);
	if (!f->pool->complete)
		return decide_harmless(f, NB_REASON_ALL_SHRUNK);
	if (!holds_newest(f->pool, disc))
		return decide_blanking(f, disc, NB_REASON_OLDEST_DISC);
	if (!f->append_on_same_disc)
		return refuse(f, NB_REASON_SAME_DISC_REFUSED, NB_EWRONG);
	return decide_without_other(f, decide_append(f, NB_REASON_SAME_DISC));
}

static struct nb_decision
decide_filling(const struct nb_plan_facts *f, const struct nb_pool_disc *disc)
{
	struct nb_decision d = decide_append(f, NB_REASON_ROOM_LEFT);

	if (d.plan == NB_PLAN_APPEND)
		return d;
	if (holds_newest(f->pool, disc))
		return decide_without_other(f, d);
	return decide_blanking(f, disc, NB_REASON_DISC_FULL);
}

static struct nb_decision
decide_fresh_only(const struct nb_plan_facts *f,
		  const struct nb_pool_disc *disc)
{
	return refuse(f,
		      holds_newest(f->pool, disc) ? NB_REASON_SAME_DISC_REFUSED
						  : NB_REASON_WRITE_ONCE,
		      NB_EWRONG);
}

static struct nb_decision
decide_written(const struct nb_plan_facts *f, const struct nb_pool_disc *disc)
{
	if (f->intent == NB_INTENT_APPEND)
		return decide_append(f, NB_REASON_ROOM_LEFT);
	if (f->intent == NB_INTENT_BLANK)
		return decide_blanking(f, disc, NB_REASON_OLDEST_DISC);
	if (f->rotation == NB_ROTATION_ALTERNATE)
		return decide_alternate(f, disc);
	if (f->rotation == NB_ROTATION_APPEND)
		return decide_filling(f, disc);
	return decide_fresh_only(f, disc);
}

/* The disc is ours, and the catalog has none with its id in the pool. */
static enum nb_plan_reason
why_unknown(const struct nb_plan_facts *f)
{
	const struct nb_pool_disc *named =
		nb_pool_by_name(f->pool, f->label->disc);

	if (f->pool->stale)
		return NB_REASON_CATALOG_STALE;
	if (f->apart
	    || (named->disc_id[0] && named->generation > f->label->generation))
		return NB_REASON_REPLACED;
	if (f->lost)
		return NB_REASON_LOST;
	for (size_t i = 0; i < f->pool->discs.count; i++)
		if (f->pool->discs.at[i].disc_id[0])
			return NB_REASON_NOT_IN_CATALOG;
	return NB_REASON_CATALOG_EMPTY;
}

/* Is the disc ours, and does it match the catalog? */
static struct nb_decision
decide_labelled(const struct nb_plan_facts *f)
{
	const struct nb_label *label = f->label;
	const struct nb_pool_disc *disc;

	if (!f->label_signed)
		return refuse(f,
			      strcmp(label->installation, f->pool->installation)
				      ? NB_REASON_OTHER_INSTALLATION
				      : NB_REASON_LABEL_FORGED,
			      NB_EFOREIGN);
	if (strcmp(label->pool, f->pool->name))
		return refuse(f, NB_REASON_OTHER_POOL, NB_EFOREIGN);
	if (!f->pool->stale && !nb_pool_owns(f->pool, label))
		return refuse(f, NB_REASON_OTHER_MACHINE, NB_EFOREIGN);
	if (!nb_pool_by_name(f->pool, label->disc))
		return refuse(f, NB_REASON_NAME_CONFLICT, NB_EFOREIGN);
	disc = nb_pool_by_id(f->pool, label->disc_id);
	if (!disc)
		return refuse(f, why_unknown(f),
			      f->pool->stale ? NB_EWRONG : NB_EFOREIGN);
	if (strcmp(label->disc, disc->name))
		return refuse(f, NB_REASON_NAME_CONFLICT, NB_EFOREIGN);
	if (f->pool->stale)
		return refuse(f, NB_REASON_CATALOG_STALE, NB_EWRONG);
	if (disc->state == NB_DISC_SUSPECT)
		return refuse(f, NB_REASON_SUSPECT, NB_EWRONG);
	if (disc->state == NB_DISC_RETIRED)
		return refuse(f, NB_REASON_RETIRED, NB_EWRONG);
	if (nb_pool_is_old_copy(f->pool, disc, label->generation))
		return refuse(f, NB_REASON_REPLACED, NB_EFOREIGN);
	if (disc->state != NB_DISC_GOOD || !disc->generation
	    || disc->generation > f->pool->generation
	    || label->generation != disc->generation
	    || strcmp(label->backup_id, disc->backup_id))
		return refuse(f, NB_REASON_GENERATION_CONFLICT, NB_EWRONG);
	return decide_written(f, disc);
}

/* It may have the newest backup, which must be checked first. */
static struct nb_decision
refuse_bad_session(const struct nb_plan_facts *f,
		   const struct nb_pool_disc *disc)
{
	bool old = disc->state == NB_DISC_GOOD
		&& disc->complete < f->pool->complete;

	return refuse(f,
		      old ? NB_REASON_LAST_SESSION_OLD : NB_REASON_LAST_SESSION,
		      NB_EWRONG);
}

struct nb_decision
nb_plan_decide(const struct nb_plan_facts *f)
{
	if (f->medium->state == NB_MEDIUM_NONE)
		return refuse(f, NB_REASON_NO_DISC, NB_ENOMEDIUM);
	if (nb_pool_is_fenced(f->pool))
		return refuse(f, NB_REASON_TAKEN_OVER, NB_EFOREIGN);
	if (nb_pool_is_moved(f->pool))
		return refuse(f, NB_REASON_MOVED, NB_EFOREIGN);
	switch (f->medium->state) {
	case NB_MEDIUM_DAMAGED:
		return refuse(f, NB_REASON_DAMAGED, NB_EWRONG);
	case NB_MEDIUM_BLANK:
		return decide_blank_disc(f);
	default:
		break;
	}
	if (f->label_state != NB_LABEL_GOOD && known_disc(f))
		return refuse_bad_session(f, known_disc(f));
	if (f->label_state == NB_LABEL_NONE)
		return refuse(f, NB_REASON_UNKNOWN_DATA, NB_EFOREIGN);
	if (f->label_state != NB_LABEL_GOOD || !f->label)
		return refuse(f, NB_REASON_LABEL_UNREADABLE, NB_EFOREIGN);
	return decide_labelled(f);
}
