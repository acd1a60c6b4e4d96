/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person does, or nature. */
#include <string.h>

#include "moves.h"

static bool
insert(struct world *w, uint8_t which)
{
	if (which >= setting.media || w->in == which
	    || w->medium[which].kind == K_LOST)
		return false;
	w->in = which;
	return true;
}

/* May this disc come to harm by others? */
static struct medium *
victim(struct world *w, uint8_t which)
{
	struct medium *m = which < setting.media ? &w->medium[which] : NULL;

	if (!m || m->kind == K_LOST || (setting.harmless && m->count))
		return NULL;
	return m;
}

static bool
replace(struct world *w, uint8_t which, enum kind kind)
{
	struct medium *m = victim(w, which);

	if (!m || m->kind == kind)
		return false;
	world_take(w, m);
	m->kind = (uint8_t)kind;
	m->count = m->open = 0;
	if (kind == K_LOST && w->in == which)
		w->in = NOBODY;
	return true;
}

/* The newest session, or all, cannot be read any more; the label can. */
static bool
scratch(struct world *w, uint8_t which)
{
	struct medium *m = victim(w, which);

	if (!m || m->kind != K_OURS
	    || !(m->session[m->count - 1].flags & WHOLE))
		return false;
	world_take(w, m);
	for (int i = 0; i < m->count; i++)
		m->session[i].flags &= (uint8_t) ~(WHOLE | PROVEN);
	return true;
}

/* Block by block onto a disc that was not there before. */
static bool
clone(struct world *w, uint8_t which)
{
	if (which >= setting.media || w->medium[which].kind != K_OURS)
		return false;
	for (int i = 0; i < setting.media; i++) {
		if (w->medium[i].kind != K_LOST)
			continue;
		w->medium[i] = w->medium[which];
		w->odd = 1;
		return true;
	}
	return false;
}

static void
change_one(uint8_t *verified, int by)
{
	int age = *verified + by;

	if (*verified && age >= V_FUTURE && age <= V_OLD)
		*verified = (uint8_t)age;
}

static void
change_age(struct catalog *c, int by)
{
	for (int i = 0; i < c->count; i++) {
		change_one(&c->row[i].verified, by);
		change_one(&c->row[i].proven, by);
	}
}

static bool
change_clock(struct world *w, int by)
{
	if (!setting.limit)
		return false;
	change_age(&w->now, by);
	if (w->has_saved)
		change_age(&w->saved, by);
	return true;
}

static bool
save(struct world *w)
{
	/* A copy with a journal is one that tells of it. */
	if (!setting.rollback || !w->now.count || w->journal)
		return false;
	w->saved = w->now;
	w->saved_mark = w->mark;
	w->has_saved = 1;
	return true;
}

/* The mark tells, or nothing does. */
static void
went_back(struct world *w)
{
	w->rolled_back = 1;
	w->is_old = w->now.sequence < w->mark.sequence
			|| w->now.newest < w->mark.generation
		? OLD_PLAIN
		: OLD_HIDDEN;
}

static bool
put_back(struct world *w)
{
	if (!w->has_saved || !memcmp(&w->saved, &w->now, sizeof w->now))
		return false;
	w->now = w->saved;
	went_back(w);
	return true;
}

/* The whole state directory. */
static bool
put_all_back(struct world *w)
{
	if (!w->has_saved || !memcmp(&w->saved, &w->now, sizeof w->now))
		return false;
	w->now = w->saved;
	w->mark = w->saved_mark;
	w->journal = 0;
	went_back(w);
	return true;
}

static bool
lose_catalog(struct world *w)
{
	if (!setting.rollback || !w->now.count)
		return false;
	memset(&w->now, 0, sizeof w->now);
	went_back(w);
	return true;
}

static bool
lose_all(struct world *w)
{
	if (!setting.rollback || !w->now.count)
		return false;
	w->mark = (struct level){ 0, 0 };
	lose_catalog(w);
	w->is_old = OLD_PLAIN; /* a key without a catalog tells */
	w->journal = 0;
	if (w->has_saved && !setting.untidy) {
		w->saved.sequence = (uint8_t)(w->saved.sequence + FAR);
		w->saved_mark.sequence =
			(uint8_t)(w->saved_mark.sequence + FAR);
	}
	return true;
}

bool
move_person(struct world *w, const struct move *move)
{
	switch ((enum action)move->action) {
	case M_INSERT:
		return insert(w, move->what);
	case M_REMOVE:
		if (w->in == NOBODY)
			return false;
		w->in = NOBODY;
		return true;
	case M_LOSE:
		return replace(w, move->what, K_LOST);
	case M_WIPE:
		return replace(w, move->what, K_BLANK);
	case M_FOREIGN:
		return replace(w, move->what, K_OTHER);
	case M_SCRATCH:
		return scratch(w, move->what);
	case M_CLONE:
		return clone(w, move->what);
	case M_FORWARD:
		return change_clock(w, 1);
	case M_BACK:
		return change_clock(w, -1);
	case M_SAVE:
		return save(w);
	case M_RESTORE:
		return put_back(w);
	case M_FORGET:
		return lose_catalog(w);
	case M_RESTORE_ALL:
		return put_all_back(w);
	case M_FORGET_ALL:
		return lose_all(w);
	default:
		return false;
	}
}
