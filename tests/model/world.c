/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include <stddef.h>
#include <string.h>

struct setting setting;

void
world_begin(struct world *w)
{
	memset(w, 0, sizeof *w);
	for (int i = 0; i < setting.discs; i++)
		w->medium[i].kind = K_BLANK;
	if (setting.discs < setting.media)
		w->medium[setting.discs].kind = K_DATA;
	w->in = NOBODY;
}

/* Has it a backup of the job that nightburn found whole, and is it so? */
bool
medium_is_good(const struct medium *m)
{
	for (int i = 0; i < m->count; i++)
		if ((m->session[i].flags & (WHOLE | PROVEN | BY_HAND | SHRUNK))
		    == (WHOLE | PROVEN))
			return true;
	return false;
}

bool
medium_holds(const struct medium *m, uint8_t backup)
{
	for (int i = 0; i < m->count; i++)
		if (m->session[i].backup == backup
		    && (m->session[i].flags & WHOLE)
		    && (m->session[i].flags & PROVEN))
			return true;
	return false;
}

int
world_good(const struct world *w)
{
	int good = 0;

	for (int i = 0; i < MEDIA; i++)
		good += medium_is_good(&w->medium[i]);
	return good;
}

bool
world_is_taken(const struct world *w, uint8_t id)
{
	return id && memchr(w->taken, id, w->taken_count);
}

/* Somebody else than nightburn takes what is on the disc. */
void
world_take(struct world *w, const struct medium *m)
{
	if (m->count && m->id && !world_is_taken(w, m->id)
	    && w->taken_count < TAKEN)
		w->taken[w->taken_count++] = m->id;
}

struct row *
catalog_row(struct catalog *c, uint8_t id)
{
	for (int i = 0; i < c->count; i++)
		if (c->row[i].id == id)
			return &c->row[i];
	return NULL;
}

/* ---- bytes ---- */

static size_t
pack_sessions(const struct session *s, int n, uint8_t *to)
{
	memcpy(to, s, (size_t)n * sizeof *s);
	return (size_t)n * sizeof *s;
}

static size_t
pack_catalog(const struct catalog *c, uint8_t *to)
{
	size_t n = offsetof(struct catalog, row);

	memcpy(to, c, n);
	for (int i = 0; i < c->count; i++) {
		memcpy(to + n, &c->row[i], offsetof(struct row, session));
		n += offsetof(struct row, session);
		n += pack_sessions(c->row[i].session, c->row[i].count, to + n);
	}
	return n + pack_sessions(c->old, c->old_count, to + n);
}

size_t
world_pack(const struct world *w, uint8_t *to)
{
	size_t rest = offsetof(struct world, now) - sizeof w->medium, n = 0;

	memcpy(to, (const uint8_t *)w + sizeof w->medium, rest);
	n = rest;
	for (int i = 0; i < setting.media; i++) {
		const struct medium *m = &w->medium[i];

		memcpy(to + n, m, offsetof(struct medium, session));
		n += offsetof(struct medium, session);
		n += pack_sessions(m->session, m->count, to + n);
	}
	n += pack_catalog(&w->now, to + n);
	return w->has_saved ? n + pack_catalog(&w->saved, to + n) : n;
}

static const uint8_t *
unpack_sessions(struct session *s, int n, const uint8_t *from)
{
	memcpy(s, from, (size_t)n * sizeof *s);
	return from + (size_t)n * sizeof *s;
}

static const uint8_t *
unpack_catalog(struct catalog *c, const uint8_t *from)
{
	memcpy(c, from, offsetof(struct catalog, row));
	from += offsetof(struct catalog, row);
	for (int i = 0; i < c->count; i++) {
		memcpy(&c->row[i], from, offsetof(struct row, session));
		from += offsetof(struct row, session);
		from = unpack_sessions(c->row[i].session, c->row[i].count,
				       from);
	}
	return unpack_sessions(c->old, c->old_count, from);
}

void
world_unpack(struct world *w, const uint8_t *from, size_t n)
{
	size_t rest = offsetof(struct world, now) - sizeof w->medium;

	(void)n;
	memset(w, 0, sizeof *w);
	memcpy((uint8_t *)w + sizeof w->medium, from, rest);
	from += rest;
	for (int i = 0; i < setting.media; i++) {
		struct medium *m = &w->medium[i];

		memcpy(m, from, offsetof(struct medium, session));
		from += offsetof(struct medium, session);
		from = unpack_sessions(m->session, m->count, from);
	}
	from = unpack_catalog(&w->now, from);
	if (w->has_saved)
		unpack_catalog(&w->saved, from);
}

/* ---- for people ---- */

static void
print_sessions(FILE *to, const struct session *s, int n)
{
	for (int i = 0; i < n; i++)
		fprintf(to, " g%d:b%d%s%s%s%s", s[i].generation, s[i].backup,
			s[i].flags & BY_HAND ? "(by hand)" : "",
			s[i].flags & SHRUNK ? "(shrunk)" : "",
			s[i].flags & WHOLE ? "" : "(not whole)",
			s[i].flags & PROVEN ? "" : "(not proven)");
}

static void
print_catalog(FILE *to, const char *what, const struct catalog *c)
{
	fprintf(to, "      %s:", what);
	for (int i = 0; i < c->count; i++) {
		const struct row *r = &c->row[i];

		if (!r->named && !r->count)
			continue;
		fprintf(to, " %s%c#%d %s", r->named ? "" : "once ",
			'A' + r->name, r->id,
			nb_disc_state_name((enum nb_disc_state)r->state));
		for (int k = 0; k < r->count; k++)
			fprintf(to, " g%d:b%d", r->session[k].generation,
				r->session[k].backup);
		fputs(r->verified == V_OLD              ? " (long ago);"
			      : r->verified == V_FUTURE ? " (in the future);"
							: ";",
		      to);
	}
	fprintf(to, " %slast generation %d, %d changes\n",
		c->there ? "" : "not there, ", c->newest, c->sequence);
}

void
world_print(FILE *to, const struct world *w)
{
	static const char *const kinds[] = { "",
					     "blank",
					     "half blanked",
					     "unknown data",
					     "of another installation",
					     "label unreadable",
					     "ours" };

	fprintf(to, "      discs:");
	for (int i = 0; i < MEDIA; i++) {
		const struct medium *m = &w->medium[i];

		if (m->kind == K_LOST)
			continue;
		fprintf(to, " %d%s: %s", i, w->in == i ? " (in the drive)" : "",
			kinds[m->kind]);
		if (m->count)
			fprintf(to, " %c#%d", 'A' + m->name, m->id);
		print_sessions(to, m->session, m->count);
		fputs(m->open ? " and one left open;" : ";", to);
	}
	fputc('\n', to);
	print_catalog(to, "catalog", &w->now);
	fprintf(to, "      mark: generation %d, %d changes%s\n",
		w->mark.generation, w->mark.sequence,
		w->is_old == OLD_PLAIN ? " (the catalog is old)"
			: w->is_old
			? " (the catalog is old, and nobody can know)"
			: "");
	if (w->has_saved)
		print_catalog(to, "copy of the catalog", &w->saved);
	if (w->journal)
		fprintf(to, "      journal: %s of %c#%d g%d:b%d\n",
			nb_step_name((enum nb_step)(w->journal - 1)),
			'A' + w->dead.name, w->dead.id, w->dead.generation,
			w->dead.backup);
	if (w->staged)
		fprintf(to, "      b%d waits in staging\n", w->staged);
}
