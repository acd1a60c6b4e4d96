/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What store/ is to the jobs: catalog, journal, lock and key of the world. */
#include <err.h>
#include <string.h>

#include "base/log.h"
#include "stage.h"
#include "base/str.h"
#include "store/staging.h"
#include "store/catalog.h"
#include "store/owners.h"
#include "store/state.h"

#define NOW 1000000
#define LIMIT 1000

static struct catalog *
now(void)
{
	return &stage.world->now;
}

/* ---- what is asked ---- */

static int64_t
date_of(uint8_t verified)
{
	switch (verified) {
	case V_FUTURE:
		return NOW + LIMIT;
	case V_FRESH:
		return NOW;
	case V_OLD:
		return NOW - LIMIT - 1;
	default:
		return 0;
	}
}

static void
tell_disc(const struct row *r, struct nb_pool_disc *disc)
{
	stage_id(r->id, disc->disc_id);
	disc->state = (enum nb_disc_state)r->state;
	disc->verified = date_of(r->verified);
	for (int i = 0; i < r->count; i++) {
		if (r->session[i].generation < disc->generation)
			continue;
		disc->generation = r->session[i].generation;
		stage_backup(r->session[i].backup, disc->backup_id);
	}
	for (int i = 0; i < r->count; i++)
		if (!(r->session[i].flags & (BY_HAND | SHRUNK))
		    && r->session[i].generation > disc->complete)
			disc->complete = r->session[i].generation;
}

enum nb_err
nb_catalog_pool(struct nb_catalog *catalog, const char *pool,
		const struct nb_names *names, struct nb_pool_view *view)
{
	(void)catalog;
	memset(view, 0, sizeof *view);
	strncpy(view->name, pool, NB_NAME_MAX);
	for (size_t i = 0; i < names->count; i++) {
		struct nb_pool_disc disc = { .state = NB_DISC_UNUSED };

		strncpy(disc.name, names->at[i], NB_NAME_MAX);
		for (int k = 0; k < now()->count; k++)
			if (now()->row[k].named && now()->row[k].name == i)
				tell_disc(&now()->row[k], &disc);
		if (nb_array_push(&view->discs, disc))
			return NB_ENOMEM;
		if (disc.state == NB_DISC_GOOD
		    && disc.generation > view->generation)
			view->generation = disc.generation;
		if (disc.state == NB_DISC_GOOD
		    && disc.complete > view->complete)
			view->complete = disc.complete;
	}
	view->stale = stage_is_stale();
	return NB_OK;
}

enum nb_err
nb_catalog_next_generation(struct nb_catalog *catalog, const char *pool,
			   uint64_t *generation)
{
	(void)catalog;
	(void)pool;
	*generation = stage_known() + 1u;
	return NB_OK;
}

enum nb_err
nb_catalog_holds(struct nb_catalog *catalog, const char *backup_id,
		 const char *disc_id, bool *holds)
{
	uint8_t backup = stage_number(backup_id);

	(void)catalog;
	*holds = false;
	for (int i = 0; i < now()->count; i++)
		for (int k = 0; k < now()->row[i].count; k++)
			*holds |= now()->row[i].session[k].backup == backup
				&& (!disc_id
				    || now()->row[i].id
					    == stage_number(disc_id));
	return NB_OK;
}

enum nb_err
nb_catalog_backups(struct nb_catalog *catalog, const char *pool,
		   enum nb_err (*fn)(void *ctx,
				     const struct nb_catalog_backup *row),
		   void *ctx)
{
	char id[NB_BACKUP_ID_MAX + 1], disc_id[NB_ID_HEX + 1];
	char name[2] = "";
	struct nb_catalog_backup told = { .id = id, .pool = pool };

	(void)catalog;
	for (int i = 0; i < now()->old_count; i++) {
		told.generation = now()->old[i].generation;
		stage_backup(now()->old[i].backup, id);
		fn(ctx, &told);
	}
	told.disc_id = disc_id;
	told.disc = name;
	for (int i = 0; i < now()->count; i++) {
		const struct row *r = &now()->row[i];

		stage_id(r->id, disc_id);
		name[0] = (char)('A' + r->name);
		told.disc_state = (enum nb_disc_state)r->state;
		for (int k = 0; k < r->count; k++) {
			told.generation = r->session[k].generation;
			told.shrunk = r->session[k].flags & SHRUNK;
			told.job = r->session[k].flags & BY_HAND
				? NB_JOB_BY_HAND
				: "j";
			stage_backup(r->session[k].backup, id);
			fn(ctx, &told);
		}
	}
	return NB_OK;
}

/* Their notes are not modelled. */
enum nb_err
nb_catalog_discs(struct nb_catalog *catalog,
		 enum nb_err (*fn)(void *ctx,
				   const struct nb_catalog_disc *row),
		 void *ctx)
{
	char id[NB_ID_HEX + 1], name[2] = "";
	struct nb_catalog_disc told = { .disc_id = id, .name = name };

	(void)catalog;
	told.pool = "p";
	for (int i = 0; i < now()->count; i++) {
		const struct row *r = &now()->row[i];

		stage_id(r->id, id);
		name[0] = (char)('A' + r->name);
		told.named = r->named;
		told.state = (enum nb_disc_state)r->state;
		told.verified = date_of(r->verified);
		told.generation = 0;
		for (int k = 0; k < r->count; k++)
			if (r->session[k].generation > told.generation)
				told.generation = r->session[k].generation;
		fn(ctx, &told);
	}
	return NB_OK;
}

/* ---- what is recorded ---- */

/* The row of the disc; a new one takes the name from any other. */
static struct row *
put_disc(const struct nb_label *label)
{
	uint8_t id = stage_number(label->disc_id);
	uint8_t name = stage_name(label->disc);
	struct row *row = NULL;

	for (int i = 0; i < now()->count; i++) {
		struct row *r = &now()->row[i];

		if (r->id == id)
			row = r;
		else if (r->name == name)
			r->named = 0;
	}
	if (row)
		return row;
	if (now()->count == ROWS)
		errx(2, "too many discs in the catalog");
	row = &now()->row[now()->count++];
	memset(row, 0, sizeof *row);
	row->id = id;
	row->name = name;
	row->named = 1;
	return row;
}

/* What the catalog said of this backup first stays; 0: it knows nothing. */
static uint8_t
take_old(uint8_t backup)
{
	struct catalog *c = now();
	uint8_t generation = 0;

	for (int i = 0; i < c->count; i++)
		for (int k = 0; k < c->row[i].count; k++)
			if (c->row[i].session[k].backup == backup)
				generation = c->row[i].session[k].generation;
	for (int i = 0; i < c->old_count; i++) {
		if (c->old[i].backup != backup)
			continue;
		generation = c->old[i].generation;
		c->old[i--] = c->old[--c->old_count];
	}
	return generation;
}

enum nb_err
nb_catalog_commit(struct nb_catalog *catalog,
		  const struct nb_catalog_session *session)
{
	bool by_hand = !strcmp(session->manifest->job, NB_JOB_BY_HAND);
	struct session s = { .flags = by_hand ? BY_HAND : 0 };
	struct row *row;
	uint8_t first;

	(void)catalog;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage_advance((uint8_t)session->label->generation);
	row = put_disc(session->label);
	s.flags |= session->manifest->shrinks.count ? SHRUNK : 0;
	s.backup = stage_number(session->label->backup_id);
	first = take_old(s.backup);
	s.generation = first ? first : (uint8_t)session->label->generation;
	row->state = session->damaged || session->suspect ? NB_DISC_SUSPECT
							  : NB_DISC_GOOD;
	if (session->verified)
		row->verified = V_FRESH;
	if (!by_hand || stage.read_all)
		row->proven = V_FRESH;
	if (row->count == KEPT)
		errx(2, "too many sessions on a disc of the catalog");
	row->session[row->count++] = s;
	return stage_put_mark();
}

/* Nothing was taken over: there is one installation that has this key. */
enum nb_err
nb_owners_load(const char *state_dir, const char *pool,
	       struct nb_pool_owner *out)
{
	(void)state_dir;
	(void)pool;
	(void)out;
	return NB_OK;
}

enum nb_err
nb_owners_add(const char *state_dir, bool by, const char *installation,
	      uint64_t number, const char *pool)
{
	(void)state_dir;
	(void)by;
	(void)installation;
	(void)number;
	(void)pool;
	return NB_OK;
}

/* Each disc holds the same source. */
enum nb_err
nb_catalog_alone(struct nb_catalog *catalog, const struct nb_covers *covers,
		 struct nb_pool_view *view)
{
	(void)catalog;
	(void)covers;
	(void)view;
	return NB_OK;
}

/* There is one pool, and all its discs are configured. */
enum nb_err
nb_catalog_newest_of(struct nb_catalog *catalog, const char *disc_id,
		     char pool[NB_NAME_MAX + 1], bool *holder)
{
	(void)catalog;
	(void)disc_id;
	pool[0] = '\0';
	*holder = false;
	return NB_OK;
}

/* No two discs have one generation. */
enum nb_err
nb_catalog_is_lost(struct nb_catalog *catalog, const char *disc_id, bool *lost)
{
	(void)catalog;
	(void)disc_id;
	*lost = false;
	return NB_OK;
}

enum nb_err
nb_catalog_is_apart(struct nb_catalog *catalog, const char *disc_id,
		    bool *apart)
{
	(void)catalog;
	(void)disc_id;
	*apart = false;
	return NB_OK;
}

/* Decides nothing that is modelled here. */
enum nb_err
nb_catalog_put_checks(struct nb_catalog *catalog,
		      const struct nb_catalog_checks *checks)
{
	(void)catalog;
	(void)checks;
	return NB_OK;
}

enum nb_err
nb_catalog_set_disc(struct nb_catalog *catalog, const char *disc_id,
		    enum nb_disc_state state, const char *note)
{
	struct row *row = catalog_row(now(), stage_number(disc_id));

	(void)catalog;
	(void)note;
	if (stage_event(E_STORE))
		return NB_EIO;
	if (!row)
		return NB_OK;
	stage_advance(0);
	row->state = (uint8_t)state;
	for (int i = 0; state == NB_DISC_BLANKED && i < row->count; i++) {
		if (now()->old_count == OLD)
			errx(2, "too many old backups");
		now()->old[now()->old_count++] = row->session[i];
	}
	if (state == NB_DISC_BLANKED)
		row->count = 0;
	return stage_put_mark();
}

enum nb_err
nb_catalog_suspect(struct nb_catalog *catalog, const struct nb_label *label,
		   const char *note)
{
	(void)catalog;
	(void)note;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage_advance(0);
	put_disc(label)->state = NB_DISC_SUSPECT;
	return stage_put_mark();
}

enum nb_err
nb_catalog_verified(struct nb_catalog *catalog, const char *disc_id,
		    int64_t date)
{
	struct row *row = catalog_row(now(), stage_number(disc_id));

	(void)catalog;
	(void)date;
	if (stage_event(E_STORE))
		return NB_EIO;
	if (!row)
		return NB_OK;
	stage_advance(0);
	row->verified = row->proven = V_FRESH;
	if (row->state == NB_DISC_SUSPECT)
		row->state = NB_DISC_GOOD;
	return stage_put_mark();
}

enum nb_err
nb_catalog_release_name(struct nb_catalog *catalog, const char *pool,
			const char *name)
{
	(void)catalog;
	(void)pool;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage_advance(0);
	for (int i = 0; i < now()->count; i++)
		if (now()->row[i].name == stage_name(name))
			now()->row[i].named = 0;
	return stage_put_mark();
}

enum nb_err
nb_catalog_lost(struct nb_catalog *catalog, const char *disc_id)
{
	struct row *row = catalog_row(now(), stage_number(disc_id));

	(void)catalog;
	if (stage_event(E_STORE))
		return NB_EIO;
	if (!row)
		return NB_OK;
	stage_advance(0);
	row->named = 0;
	row->state = NB_DISC_REPLACED;
	return stage_put_mark();
}

/* It has its name again, unless another one has it. */
enum nb_err
nb_catalog_found(struct nb_catalog *catalog, const char *disc_id)
{
	struct row *row = catalog_row(now(), stage_number(disc_id));

	(void)catalog;
	if (!row || row->named)
		return NB_OK;
	for (int i = 0; i < now()->count; i++)
		if (now()->row[i].named && now()->row[i].name == row->name)
			return NB_OK;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage_advance(0);
	row->named = 1;
	return stage_put_mark();
}
