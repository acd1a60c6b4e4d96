/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What store/ is to the jobs: catalog, journal, lock and key of the world. */
#include <err.h>
#include <string.h>

#include "base/log.h"
#include "stage.h"
#include "base/str.h"
#include "store/staging.h"
#include "store/catalog.h"
#include "store/state.h"

#define NOW 1000000
#define LIMIT 1000

static struct catalog *
now(void)
{
	return &stage.world->now;
}

enum nb_err
nb_state_open(const char *dir, struct nb_state **out)
{
	static struct nb_state state;

	state.dir = (char *)dir;
	state.catalog = (char *)dir;
	stage_id(0, state.installation);
	state.installation[NB_ID_HEX - 1] = '1';
	*out = &state;
	return NB_OK;
}

void
nb_state_close(struct nb_state *state)
{
	(void)state;
}

enum nb_err
nb_lock_take(const char *state_dir, struct nb_lock **out)
{
	*out = (struct nb_lock *)(uintptr_t)state_dir;
	return NB_OK;
}

void
nb_lock_release(struct nb_lock *lock)
{
	(void)lock;
}

enum nb_err
nb_catalog_open(const char *path, enum nb_catalog_mode mode,
		struct nb_catalog **out)
{
	(void)path;
	(void)mode;
	*out = (struct nb_catalog *)now();
	return NB_OK;
}

void
nb_catalog_close(struct nb_catalog *catalog)
{
	(void)catalog;
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
	}
	return NB_OK;
}

enum nb_err
nb_catalog_next_generation(struct nb_catalog *catalog, const char *pool,
			   uint64_t *generation)
{
	(void)catalog;
	(void)pool;
	*generation = now()->newest + 1u;
	return NB_OK;
}

enum nb_err
nb_catalog_holds(struct nb_catalog *catalog, const char *backup_id,
		 bool *holds)
{
	uint8_t backup = stage_number(backup_id);

	(void)catalog;
	*holds = false;
	for (int i = 0; i < now()->count; i++)
		for (int k = 0; k < now()->row[i].count; k++)
			*holds |= now()->row[i].session[k].backup == backup;
	return NB_OK;
}

enum nb_err
nb_catalog_backups(struct nb_catalog *catalog, const char *pool,
	enum nb_err (*fn)(void *ctx, const struct nb_catalog_backup *row),
	void *ctx)
{
	char id[NB_BACKUP_ID_MAX + 1], disc_id[NB_ID_HEX + 1];
	struct nb_catalog_backup told = { .id = id, .pool = pool };

	(void)catalog;
	for (int i = 0; i < now()->old_count; i++) {
		told.generation = now()->old[i].generation;
		stage_backup(now()->old[i].backup, id);
		fn(ctx, &told);
	}
	told.disc_id = disc_id;
	for (int i = 0; i < now()->count; i++) {
		const struct row *r = &now()->row[i];

		stage_id(r->id, disc_id);
		for (int k = 0; k < r->count; k++) {
			told.generation = r->session[k].generation;
			stage_backup(r->session[k].backup, id);
			fn(ctx, &told);
		}
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
	row = put_disc(session->label);
	s.backup = stage_number(session->label->backup_id);
	first = take_old(s.backup);
	s.generation = first ? first : (uint8_t)session->label->generation;
	row->state = NB_DISC_GOOD;
	if (session->verified)
		row->verified = V_FRESH;
	if (!by_hand || stage.read_all)
		row->proven = V_FRESH;
	if (row->count == KEPT)
		errx(2, "too many sessions on a disc of the catalog");
	row->session[row->count++] = s;
	if (s.generation > now()->newest)
		now()->newest = s.generation;
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
	row->state = (uint8_t)state;
	if (state != NB_DISC_BLANKED)
		return NB_OK;
	for (int i = 0; i < row->count; i++) {
		if (now()->old_count == OLD)
			errx(2, "too many old backups");
		now()->old[now()->old_count++] = row->session[i];
	}
	row->count = 0;
	return NB_OK;
}

enum nb_err
nb_catalog_suspect(struct nb_catalog *catalog, const struct nb_label *label,
		   const char *note)
{
	(void)catalog;
	(void)note;
	if (stage_event(E_STORE))
		return NB_EIO;
	put_disc(label)->state = NB_DISC_SUSPECT;
	return NB_OK;
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
	row->verified = row->proven = V_FRESH;
	if (row->state == NB_DISC_SUSPECT)
		row->state = NB_DISC_GOOD;
	return NB_OK;
}

enum nb_err
nb_catalog_release_name(struct nb_catalog *catalog, const char *pool,
			const char *name)
{
	(void)catalog;
	(void)pool;
	if (stage_event(E_STORE))
		return NB_EIO;
	for (int i = 0; i < now()->count; i++)
		if (now()->row[i].name == stage_name(name))
			now()->row[i].named = 0;
	return NB_OK;
}

/* ---- journal and key ---- */

enum nb_err
nb_journal_begin(const char *state_dir, const struct nb_journal *journal)
{
	const struct nb_label *label = &journal->label;

	(void)state_dir;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage.world->journal = (uint8_t)(journal->step + 1);
	stage.world->dead = (struct mark){
		stage_number(label->disc_id), stage_name(label->disc),
		(uint8_t)label->generation, stage_number(label->backup_id)
	};
	return NB_OK;
}

enum nb_err
nb_journal_load(const char *state_dir, struct nb_journal *journal)
{
	const struct mark *dead = &stage.world->dead;
	struct medium m = { .id = dead->id, .name = dead->name, .count = 1 };

	(void)state_dir;
	if (!stage.world->journal)
		return NB_ENOTFOUND;
	m.session[0].generation = dead->generation;
	m.session[0].backup = dead->backup;
	journal->step = (enum nb_step)(stage.world->journal - 1);
	stage_label(&m, 0, &journal->label);
	return NB_OK;
}

enum nb_err
nb_journal_end(const char *state_dir)
{
	(void)state_dir;
	if (stage_event(E_STORE))
		return NB_EIO;
	stage.world->journal = 0;
	return NB_OK;
}

enum nb_err
nb_site_key(struct nb_site *site, bool make)
{
	(void)make;
	site->has_key = true;
	return NB_OK;
}

bool
nb_site_signed(const struct nb_site *site, const struct nb_label *label)
{
	return nb_label_is_signed(label, site->has_key ? &site->key : NULL);
}

const char *
nb_step_name(enum nb_step step)
{
	static const char *const names[] = { "blank", "burn", "verify" };

	return names[step];
}

/* There is room always. */
enum nb_err
nb_staging_room(const char *staging_dir, uint64_t *bytes)
{
	(void)staging_dir;
	*bytes = UINT64_MAX;
	return NB_OK;
}

const char *
nb_str_size(uint64_t bytes, char buf[16])
{
	return bytes ? strcpy(buf, "much") : "";
}
