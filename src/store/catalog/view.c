/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The basis of a run's decisions. */
#include <stdio.h>
#include <string.h>

#include "store/catalog/private.h"

static const struct nb_disc_record *
named_disc(const struct nb_rows *rows, const char *pool, const char *name)
{
	for (size_t i = 0; i < rows->discs.count; i++) {
		const struct nb_disc_record *disc = &rows->discs.at[i];

		if (disc->named && !strcmp(disc->pool, pool)
		    && !strcmp(disc->name, name))
			return disc;
	}
	return NULL;
}

static bool
is_newer(const struct nb_placement *a, const struct nb_placement *b)
{
	if (a->backup->generation != b->backup->generation)
		return a->backup->generation > b->backup->generation;
	return a->session->number > b->session->number;
}

/* The newest backup that is still on it; NULL if there is none. */
static const struct nb_backup_record *
newest_on(const struct nb_rows *rows, const struct nb_disc_record *disc)
{
	const struct nb_placement *best = NULL;

	for (size_t i = 0; i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];

		if (s->disc == disc && !s->session->gone
		    && (!best || is_newer(s, best)))
			best = s;
	}
	return best ? best->backup : NULL;
}

/* The newest generation on it that is complete. */
static uint64_t
complete_on(const struct nb_rows *rows, const struct nb_disc_record *disc)
{
	int64_t best = 0;

	for (size_t i = 0; i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];

		if (s->disc == disc && !s->session->gone
		    && s->backup->generation > best
		    && !nb_job_is_by_hand(s->backup->job)
		    && !nb_rows_shrunk(rows, s->backup->id))
			best = s->backup->generation;
	}
	return (uint64_t)best;
}

/* The backups of the job on it that are newer than those on other discs. */
static int
nights_on(const struct nb_rows *rows, const struct nb_disc_record *disc)
{
	int64_t elsewhere = 0;
	int nights = 0;

	for (size_t i = 0; i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];

		if (s->disc != disc && !s->session->gone
		    && !strcmp(s->disc->pool, disc->pool)
		    && s->backup->generation > elsewhere)
			elsewhere = s->backup->generation;
	}
	for (size_t i = 0; i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];

		nights += s->disc == disc && !s->session->gone
			&& s->backup->generation > elsewhere
			&& !nb_job_is_by_hand(s->backup->job);
	}
	return nights;
}

/* Discs that can be written once have these names, followed by nothing, a
 * blank or a slash (disc/profile.c). */
static bool
is_write_once(const char *profile)
{
	static const char *const kinds[] = { "CD-R", "DVD-R", "DVD+R", "BD-R" };

	for (size_t i = 0; profile && i < sizeof kinds / sizeof *kinds; i++) {
		size_t n = strlen(kinds[i]);

		if (!strncmp(profile, kinds[i], n)
		    && (!profile[n] || strchr(" /", profile[n])))
			return true;
	}
	return false;
}

static bool
is_damaged(const struct nb_rows *rows, const struct nb_disc_record *disc)
{
	bool damaged = false;

	for (size_t i = 0; !damaged && i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];
		const struct nb_check_record *check = NULL;
		enum nb_check_state state;

		if (s->disc == disc && !s->session->gone)
			check = nb_rows_check(rows, s->backup->id, disc->id);
		damaged = check && nb_check_state_parse(check->state, &state)
			&& state == NB_CHECK_DAMAGED;
	}
	return damaged;
}

static void
describe_disc(const struct nb_rows *rows, const char *pool,
	      struct nb_pool_disc *out)
{
	const struct nb_disc_record *disc = named_disc(rows, pool, out->name);
	const struct nb_backup_record *backup;

	for (size_t i = 0; !disc && i < rows->discs.count; i++)
		out->lost |= !strcmp(rows->discs.at[i].pool, pool)
			&& !strcmp(rows->discs.at[i].name, out->name);
	if (!disc)
		return;
	backup = newest_on(rows, disc);
	strncpy(out->disc_id, disc->id, NB_ID_HEX);
	nb_disc_state_parse(disc->state, &out->state);
	out->verified = disc->verified;
	out->write_once = is_write_once(disc->profile);
	if (!backup)
		return;
	out->generation = (uint64_t)backup->generation;
	out->complete = complete_on(rows, disc);
	out->nights = nights_on(rows, disc);
	out->damaged = is_damaged(rows, disc);
	strncpy(out->backup_id, backup->id, NB_BACKUP_ID_MAX);
}

static enum nb_err
describe_pool(const struct nb_rows *rows, const struct nb_names *names,
	      struct nb_pool_view *view)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < names->count; i++) {
		struct nb_pool_disc disc = { .state = NB_DISC_UNUSED };

		strncpy(disc.name, names->at[i], NB_NAME_MAX);
		describe_disc(rows, view->name, &disc);
		err = nb_array_push(&view->discs, disc);
		if (!err && disc.state == NB_DISC_GOOD
		    && disc.generation > view->generation)
			view->generation = disc.generation;
		if (!err && disc.state == NB_DISC_GOOD
		    && disc.complete > view->complete)
			view->complete = disc.complete;
	}
	return err;
}

enum nb_err
nb_catalog_pool(struct nb_catalog *catalog, const char *pool,
		const struct nb_names *names, struct nb_pool_view *view)
{
	struct nb_reach reach;
	struct nb_rows rows;
	enum nb_err err;

	memset(view, 0, sizeof *view);
	strncpy(view->name, pool, NB_NAME_MAX);
	err = nb_rows_load(catalog, &rows);
	if (err)
		return err;
	err = describe_pool(&rows, names, view);
	nb_rows_free(&rows);
	if (!err)
		err = nb_catalog_reach(catalog, pool, &reach);
	if (err)
		nb_pool_view_clear(view);
	else
		view->stale = reach.stale;
	return err;
}

/* All discs that have a name in the pool. */
static enum nb_err
pool_names(const struct nb_rows *rows, const char *pool, struct nb_names *names)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < rows->discs.count; i++) {
		const struct nb_disc_record *disc = &rows->discs.at[i];

		if (disc->named && !strcmp(disc->pool, pool))
			err = nb_names_add(names, "%s", disc->name);
	}
	return err;
}

enum nb_err
nb_catalog_newest_of(struct nb_catalog *catalog, const char *disc_id,
		     char pool[NB_NAME_MAX + 1], bool *holder)
{
	struct nb_pool_view view = { .stale = false };
	const struct nb_pool_disc *known;
	const struct nb_disc_record *disc;
	struct nb_names names = NB_ARRAY_INIT;
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	*holder = false;
	pool[0] = '\0';
	if (err)
		return err;
	disc = nb_rows_disc(&rows, disc_id);
	if (disc) {
		snprintf(view.name, sizeof view.name, "%s", disc->pool);
		snprintf(pool, NB_NAME_MAX + 1, "%s", disc->pool);
		err = pool_names(&rows, disc->pool, &names);
		if (!err)
			err = describe_pool(&rows, &names, &view);
		known = err ? NULL : nb_pool_by_id(&view, disc_id);
		*holder = known && nb_pool_has_newest(&view, known);
	}
	nb_pool_view_clear(&view);
	nb_names_free(&names);
	nb_rows_free(&rows);
	return err;
}

enum nb_err
nb_catalog_is_apart(struct nb_catalog *catalog, const char *disc_id,
		    bool *apart)
{
	const struct nb_disc_record *disc;
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	*apart = false;
	if (err)
		return err;
	disc = nb_rows_disc(&rows, disc_id);
	*apart = disc && !disc->named && newest_on(&rows, disc)
		&& (!nb_disc_is(disc, NB_DISC_REPLACED)
		    || named_disc(&rows, disc->pool, disc->name));
	nb_rows_free(&rows);
	return NB_OK;
}

static bool
is_lost(const struct nb_rows *rows, const struct nb_disc_record *disc)
{
	return !disc->named && nb_disc_is(disc, NB_DISC_REPLACED)
		&& newest_on(rows, disc)
		&& !named_disc(rows, disc->pool, disc->name);
}

enum nb_err
nb_catalog_is_lost(struct nb_catalog *catalog, const char *disc_id, bool *lost)
{
	const struct nb_disc_record *disc;
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	*lost = false;
	if (err)
		return err;
	disc = nb_rows_disc(&rows, disc_id);
	*lost = disc && is_lost(&rows, disc);
	nb_rows_free(&rows);
	return NB_OK;
}

struct holds {
	struct nb_catalog *catalog;
	const char *disc_id;
	bool found;
};

static enum nb_err
look_at_part(void *ctx, const void *row)
{
	const struct nb_part_record *part = row;
	struct nb_session_record like = { .id = part->session_id }, session;
	struct holds *h = ctx;
	bool found;
	enum nb_err err = nb_catalog_get(h->catalog, NB_TABLE_SESSIONS, &like,
					 &session, &found);

	if (!err && found && !session.gone
	    && (!h->disc_id || !strcmp(session.disc_id, h->disc_id)))
		h->found = true;
	if (!err)
		nb_row_clear(&nb_catalog_tables[NB_TABLE_SESSIONS], &session);
	return err;
}

enum nb_err
nb_catalog_holds(struct nb_catalog *catalog, const char *backup_id,
		 const char *disc_id, bool *holds)
{
	const struct nb_part_record like = { .backup_id = backup_id };
	struct holds h = { catalog, disc_id, false };
	enum nb_err err = nb_catalog_each(catalog, NB_TABLE_PARTS, 1, &like,
					  look_at_part, &h);

	*holds = h.found;
	return err;
}
