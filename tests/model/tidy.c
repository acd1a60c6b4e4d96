/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One form for all worlds that nobody can tell apart: discs in one order, ids
 * numbered as they are met, and nothing kept that no decision can see.
 */
#include <string.h>

#include "world.h"

#define SOMEBODY 0xfe /* a backup that is nowhere any more */

static int
compare_media(const struct medium *a, const struct medium *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? 1 : -1;
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	if (a->open != b->open)
		return a->open - b->open;
	for (int i = 0; i < a->count; i++) {
		int d = a->session[i].generation - b->session[i].generation;

		if (!d)
			d = a->session[i].flags - b->session[i].flags;
		if (d)
			return d;
	}
	return 0;
}

static void
sort_media(struct world *w)
{
	for (int i = 1; i < setting.media; i++) {
		for (int k = i; k; k--) {
			struct medium *m = &w->medium[k - 1], moved;

			if (compare_media(m, m + 1) <= 0)
				break;
			moved = m[0];
			m[0] = m[1];
			m[1] = moved;
			if (w->in == k)
				w->in = (uint8_t)(k - 1);
			else if (w->in == k - 1)
				w->in = (uint8_t)k;
		}
	}
}

/* Discs in the drive first is no order of theirs: a disc is what is on it. */
static void
clear_medium(struct medium *m)
{
	if (m->kind != K_OURS && m->kind != K_BAD_LABEL)
		m->id = m->name = m->count = m->open = 0;
	memset(m->session + m->count, 0,
	       (size_t)(SESSIONS - m->count) * sizeof *m->session);
}

/* ---- what is seen, by discs, journal and staging ---- */

struct seen {
	bool id[256], backup[256], generation[256];
};

static void
look_around(const struct world *w, struct seen *seen)
{
	memset(seen, 0, sizeof *seen);
	for (int i = 0; i < setting.media; i++) {
		const struct medium *m = &w->medium[i];

		seen->id[m->id] = true;
		for (int k = 0; k < m->count; k++) {
			seen->backup[m->session[k].backup] = true;
			seen->generation[m->session[k].generation] = true;
		}
	}
	if (w->journal) {
		seen->id[w->dead.id] = true;
		seen->backup[w->dead.backup] = true;
		seen->generation[w->dead.generation] = true;
	}
	seen->backup[w->staged] = true;
	seen->id[0] = seen->backup[0] = false;
}

static void
add_old(struct catalog *c, struct session s)
{
	for (int i = 0; i < c->old_count; i++)
		if (c->old[i].generation == s.generation
		    && c->old[i].backup == s.backup)
			return;
	if (c->old_count < OLD)
		c->old[c->old_count++] = s;
}

static bool
row_counts(const struct row *r, const struct seen *seen)
{
	if (r->named || seen->id[r->id])
		return true;
	for (int i = 0; i < r->count; i++)
		if (seen->backup[r->session[i].backup])
			return true;
	return false;
}

static int
compare_rows(const struct row *a, const struct row *b)
{
	if (a->named != b->named)
		return b->named - a->named;
	if (a->name != b->name)
		return a->name - b->name;
	if (a->count != b->count)
		return a->count - b->count;
	for (int i = 0; i < a->count; i++)
		if (a->session[i].generation != b->session[i].generation)
			return a->session[i].generation
				- b->session[i].generation;
	return a->state - b->state;
}

static void
sort_catalog(struct catalog *c)
{
	for (int i = 1; i < c->count; i++) {
		struct row moved = c->row[i];
		int k = i;

		for (; k && compare_rows(&c->row[k - 1], &moved) > 0; k--)
			c->row[k] = c->row[k - 1];
		c->row[k] = moved;
	}
	for (int i = 1; i < c->old_count; i++) {
		struct session moved = c->old[i];
		int k = i;

		for (; k && c->old[k - 1].generation > moved.generation; k--)
			c->old[k] = c->old[k - 1];
		c->old[k] = moved;
	}
}

static void
forget(struct catalog *c, const struct seen *seen)
{
	struct catalog kept = { .there = c->there,
				.newest = c->newest,
				.sequence = c->sequence };

	for (int i = 0; i < c->count; i++) {
		struct row *r = &c->row[i];

		if (!setting.limit)
			r->verified = r->proven = V_FRESH;
		if (row_counts(r, seen)) {
			memset(r->session + r->count, 0,
			       (size_t)(KEPT - r->count) * sizeof *r->session);
			kept.row[kept.count++] = *r;
			continue;
		}
		for (int k = 0; k < r->count; k++)
			if (c->old_count < OLD)
				c->old[c->old_count++] = r->session[k];
	}
	for (int i = 0; i < c->old_count; i++) {
		struct session s = c->old[i];

		s.flags = 0;
		if (!seen->backup[s.backup] && seen->generation[s.generation])
			s.backup = SOMEBODY;
		if (seen->backup[s.backup] || seen->generation[s.generation])
			add_old(&kept, s);
	}
	sort_catalog(&kept);
	*c = kept;
}

/* ---- new names for all ids ---- */

struct names {
	uint8_t id[256], backup[256], ids, backups;
};

static void
rename_id(struct names *n, uint8_t *id)
{
	if (*id && !n->id[*id])
		n->id[*id] = ++n->ids;
	*id = n->id[*id];
}

static void
rename_backup(struct names *n, uint8_t *backup)
{
	if (*backup == SOMEBODY)
		return;
	if (*backup && !n->backup[*backup])
		n->backup[*backup] = ++n->backups;
	*backup = n->backup[*backup];
}

static void
rename_catalog(struct names *n, struct catalog *c)
{
	for (int i = 0; i < c->count; i++) {
		rename_id(n, &c->row[i].id);
		for (int k = 0; k < c->row[i].count; k++)
			rename_backup(n, &c->row[i].session[k].backup);
	}
	for (int i = 0; i < c->old_count; i++)
		rename_backup(n, &c->old[i].backup);
}

static bool
in_rows(const struct catalog *c, uint8_t id)
{
	for (int i = 0; i < c->count; i++)
		if (c->row[i].id == id)
			return true;
	return false;
}

static void
rename_all(struct world *w)
{
	struct names n = { .ids = 0 };
	uint8_t kept[TAKEN] = { 0 };
	int count = 0;

	for (int i = 0; i < setting.media; i++) {
		rename_id(&n, &w->medium[i].id);
		for (int k = 0; k < w->medium[i].count; k++)
			rename_backup(&n, &w->medium[i].session[k].backup);
	}
	rename_backup(&n, &w->staged);
	rename_id(&n, &w->dead.id);
	rename_backup(&n, &w->dead.backup);
	rename_catalog(&n, &w->now);
	if (w->has_saved)
		rename_catalog(&n, &w->saved);
	for (int i = 0; i < w->taken_count; i++)
		rename_id(&n, &w->taken[i]);
	for (int id = 1; id <= n.ids && count < TAKEN; id++)
		if (world_is_taken(w, (uint8_t)id)
		    && (in_rows(&w->now, (uint8_t)id)
			|| (w->has_saved && in_rows(&w->saved, (uint8_t)id))))
			kept[count++] = (uint8_t)id;
	memcpy(w->taken, kept, sizeof kept);
	w->taken_count = (uint8_t)count;
}

/* ---- generations: only their differences count ---- */

typedef void generation_fn(uint8_t *generation, int *least);

static void
find_least(uint8_t *generation, int *least)
{
	if (*generation && *generation < *least)
		*least = *generation;
}

static void
lower(uint8_t *generation, int *by)
{
	if (*generation)
		*generation = (uint8_t)(*generation - *by);
}

static void
each_of_catalog(struct catalog *c, generation_fn *fn, int *arg)
{
	fn(&c->newest, arg);
	for (int i = 0; i < c->count; i++)
		for (int k = 0; k < c->row[i].count; k++)
			fn(&c->row[i].session[k].generation, arg);
	for (int i = 0; i < c->old_count; i++)
		fn(&c->old[i].generation, arg);
}

static void
each_generation(struct world *w, generation_fn *fn, int *arg)
{
	for (int i = 0; i < setting.media; i++)
		for (int k = 0; k < w->medium[i].count; k++)
			fn(&w->medium[i].session[k].generation, arg);
	if (w->journal)
		fn(&w->dead.generation, arg);
	fn(&w->mark.generation, arg);
	each_of_catalog(&w->now, fn, arg);
	if (w->has_saved) {
		fn(&w->saved_mark.generation, arg);
		each_of_catalog(&w->saved, fn, arg);
	}
}

/* Where a catalog can be lost, generations begin anew, and the numbers
 * themselves count: they are left as they are. */
static void
lower_generations(struct world *w)
{
	int least = 255;

	if (setting.rollback || !w->now.newest)
		return;
	each_generation(w, find_least, &least);
	if (least > 1 && least < 255) {
		int by = least - 1;

		each_generation(w, lower, &by);
	}
}

/*
 * Of counts of changes the order counts alone; but those of a copy that is
 * ahead of everything, since all was lost, stay far ahead.
 */
static void
lower_sequences(struct world *w)
{
	uint8_t *all[] = { &w->now.sequence, &w->mark.sequence,
			   &w->saved.sequence, &w->saved_mark.sequence };
	uint8_t was[4], least = 0, rank = 0;

	for (int i = 0; i < 4; i++)
		was[i] = *all[i];
	for (;;) {
		int next = 256;

		for (int i = 0; i < 4; i++)
			if (was[i] > least && was[i] < next)
				next = was[i];
		if (next == 256)
			return;
		rank = (uint8_t)(rank + (next - least >= FAR ? FAR : 1));
		for (int i = 0; i < 4; i++)
			if (was[i] == next)
				*all[i] = rank;
		least = (uint8_t)next;
	}
}

void
world_tidy(struct world *w)
{
	struct seen seen;

	for (int i = 0; i < MEDIA; i++)
		clear_medium(&w->medium[i]);
	if (!w->journal)
		memset(&w->dead, 0, sizeof w->dead);
	if (!w->staged)
		w->staged_shrunk = 0;
	if (!w->has_saved) {
		memset(&w->saved, 0, sizeof w->saved);
		w->saved_mark = (struct level){ 0, 0 };
	}
	sort_media(w);
	look_around(w, &seen);
	forget(&w->now, &seen);
	if (w->has_saved)
		forget(&w->saved, &seen);
	lower_generations(w);
	lower_sequences(w);
	rename_all(w);
}
