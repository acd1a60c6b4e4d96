/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was done with backups later, and found: checks, drills, clones. */
#include <string.h>

#include "store/catalog/private.h"
#include "store/unread.h"

/* ---- what was found when all of a backup was read ---- */

static enum nb_err
put_check(struct nb_catalog *catalog, const char *disc_id, int64_t date,
	  const struct nb_catalog_check *check)
{
	const struct nb_check_record row = {
		.backup_id = check->backup_id,
		.disc_id = disc_id,
		.date = date,
		.state = nb_check_state_name(check->state),
		.bad = (int64_t)check->bad,
	};

	return check->state == NB_CHECK_NONE
		? NB_OK
		: nb_catalog_put(catalog, NB_TABLE_CHECKS, &row);
}

enum nb_err
nb_catalog_checked_session(struct nb_catalog *catalog,
			   const struct nb_catalog_session *session)
{
	const struct nb_catalog_check check = {
		.backup_id = session->manifest->backup_id,
		.state = session->damaged  ? NB_CHECK_DAMAGED
			: session->checked ? NB_CHECK_GOOD
					   : NB_CHECK_NONE,
		.bad = session->bad,
	};

	return put_check(catalog, session->label->disc_id, session->checked,
			 &check);
}

static enum nb_err
suspect(struct nb_catalog *catalog, const struct nb_disc_record *disc)
{
	struct nb_disc_record changed = *disc;
	enum nb_err err;

	if (!nb_disc_is(disc, NB_DISC_GOOD))
		return NB_OK;
	changed.state = nb_disc_state_name(NB_DISC_SUSPECT);
	changed.note = "a backup on it is damaged";
	err = nb_catalog_advance(catalog, disc->pool, 0);
	return err ? err
		   : nb_catalog_put_disc(catalog, &changed, NB_REMARK_NONE);
}

enum nb_err
nb_catalog_settle_disc(struct nb_catalog *catalog, const char *disc_id)
{
	const struct nb_disc_record *disc;
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	if (err)
		return err;
	disc = nb_rows_disc(&rows, disc_id);
	if (disc && nb_rows_damaged(&rows, disc_id))
		err = suspect(catalog, disc);
	nb_rows_free(&rows);
	return err;
}

static const struct nb_catalog_check *
find(const struct nb_catalog_checks *checks, const char *backup_id)
{
	for (size_t i = 0; i < checks->list.count; i++)
		if (!strcmp(checks->list.at[i].backup_id, backup_id))
			return &checks->list.at[i];
	return NULL;
}

/* Of a backup that is on the disc. */
static enum nb_err
put_one(struct nb_catalog *catalog, const struct nb_catalog_checks *checks,
	const char *backup_id)
{
	const struct nb_catalog_check lost = {
		.backup_id = backup_id,
		.state = checks->others_damaged ? NB_CHECK_DAMAGED
						: NB_CHECK_NONE,
	};
	const struct nb_catalog_check *found = find(checks, backup_id);

	return put_check(catalog, checks->disc_id, checks->date,
			 found ? found : &lost);
}

static enum nb_err
put_checks(struct nb_catalog *catalog, const struct nb_catalog_checks *checks)
{
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	if (err)
		return err;
	for (size_t i = 0; !err && i < rows.placements.count; i++) {
		const struct nb_placement *s = &rows.placements.at[i];

		if (!s->session->gone && !strcmp(s->disc->id, checks->disc_id))
			err = put_one(catalog, checks, s->backup->id);
	}
	nb_rows_free(&rows);
	return err ? err : nb_catalog_settle_disc(catalog, checks->disc_id);
}

enum nb_err
nb_catalog_put_checks(struct nb_catalog *catalog,
		      const struct nb_catalog_checks *checks)
{
	enum nb_err err = nb_catalog_begin(catalog);

	return err ? err : nb_catalog_end(catalog, put_checks(catalog, checks));
}

/* ---- verifications ---- */

/* Changes DISC and its REMARK to what they are when everything recorded on it
 * was found good; AS is of its newest session. */
static void
verify(struct nb_disc_record *disc, enum nb_disc_remark *remark, int64_t date,
       enum nb_disc_remark as)
{
	disc->verified = date;
	if (*remark == NB_REMARK_DRILL)
		return;
	if (as == NB_REMARK_NONE || *remark != NB_REMARK_LOST) {
		*remark = as;
		disc->note = nb_remark_note(as);
	}
	if (as != NB_REMARK_NONE || nb_disc_is(disc, NB_DISC_SUSPECT)
	    || nb_disc_is(disc, NB_DISC_REPLACED))
		disc->state = nb_disc_state_name(NB_DISC_GOOD);
}

static enum nb_err
put_verified(struct nb_catalog *catalog, const struct nb_disc_record *disc,
	     enum nb_disc_remark remark, uint64_t seen)
{
	enum nb_err err = nb_catalog_advance(catalog, disc->pool, seen);

	if (!err)
		err = nb_catalog_put_disc(catalog, disc, remark);
	return err ? err : nb_catalog_settle_disc(catalog, disc->id);
}

enum nb_err
nb_catalog_verified(struct nb_catalog *catalog, const char *disc_id,
		    int64_t date)
{
	enum nb_err err =
		nb_catalog_shortened(catalog, disc_id, date, 0, NB_REMARK_NONE);

	return err ? err : nb_unread_found(catalog->dir, disc_id);
}

enum nb_err
nb_catalog_shortened(struct nb_catalog *catalog, const char *disc_id,
		     int64_t date, uint64_t seen, enum nb_disc_remark as)
{
	struct nb_disc_record disc = { 0 }, changed;
	enum nb_disc_remark remark = NB_REMARK_NONE;
	bool found = false;
	enum nb_err err = nb_catalog_begin(catalog);

	if (err)
		return err;
	err = nb_catalog_get_disc(catalog, disc_id, &disc, &found, &remark);
	if (!err && found) {
		changed = disc;
		verify(&changed, &remark, date, as);
		err = put_verified(catalog, &changed, remark, seen);
	}
	nb_row_clear(&nb_catalog_tables[NB_TABLE_DISCS], &disc);
	return nb_catalog_end(catalog, err);
}

/* ---- drills ---- */

/* Is something on the disc known to be damaged, or did another backup fail its
 * last drill? */
static enum nb_err
find_damage(struct nb_catalog *catalog, const struct nb_catalog_drill *drill,
	    bool *found)
{
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);

	*found = false;
	if (err)
		return err;
	for (size_t i = 0; i < rows.placements.count; i++) {
		const struct nb_placement *s = &rows.placements.at[i];
		const char *id = s->backup->id;
		const struct nb_drill_record *last = nb_rows_drill(&rows, id);
		enum nb_drill_state state;

		if (s->session->gone || strcmp(s->disc->id, drill->disc_id)
		    || !strcmp(id, drill->backup_id))
			continue;
		*found |= last && nb_drill_state_parse(last->state, &state)
			&& state == NB_DRILL_FAILED;
	}
	*found |= nb_rows_damaged(&rows, drill->disc_id);
	nb_rows_free(&rows);
	return NB_OK;
}

/* A failed drill makes a disc suspect, the next good one good again. */
static enum nb_err
judge_disc(struct nb_catalog *catalog, const struct nb_catalog_drill *drill)
{
	struct nb_disc_record disc = { 0 }, changed;
	enum nb_disc_remark remark = NB_REMARK_NONE;
	bool found = false, because, damaged = false;
	enum nb_err err = nb_catalog_get_disc(catalog, drill->disc_id, &disc,
					      &found, &remark);

	changed = disc;
	because = remark == NB_REMARK_DRILL;
	if (!err && because && drill->state == NB_DRILL_GOOD)
		err = find_damage(catalog, drill, &damaged);
	if (drill->state == NB_DRILL_FAILED) {
		changed.state = nb_disc_state_name(NB_DISC_SUSPECT);
		remark = NB_REMARK_DRILL;
	} else if (drill->state == NB_DRILL_GOOD && because && !damaged) {
		changed.state = nb_disc_state_name(NB_DISC_GOOD);
		remark = NB_REMARK_NONE;
	} else {
		found = false;
	}
	changed.note = nb_remark_note(remark);
	if (!err && found)
		err = nb_catalog_advance(catalog, changed.pool, 0);
	if (!err && found)
		err = nb_catalog_put_disc(catalog, &changed, remark);
	nb_row_clear(&nb_catalog_tables[NB_TABLE_DISCS], &disc);
	return err;
}

enum nb_err
nb_catalog_put_drill(struct nb_catalog *catalog,
		     const struct nb_catalog_drill *drill)
{
	const struct nb_drill_record row = {
		.backup_id = drill->backup_id,
		.date = drill->date,
		.state = nb_drill_state_name(drill->state),
		.databases = (int64_t)drill->databases,
		.tables = (int64_t)drill->tables,
		.rows = (int64_t)drill->rows,
		.files = (int64_t)drill->files,
	};
	enum nb_err err = nb_catalog_begin(catalog);

	if (err)
		return err;
	err = nb_catalog_put(catalog, NB_TABLE_DRILLS, &row);
	return nb_catalog_end(catalog, err ? err : judge_disc(catalog, drill));
}

/* ---- clones ---- */

static int64_t
max(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static enum nb_err
put_clone(struct nb_catalog *catalog, const struct nb_catalog_clone *clone)
{
	struct nb_clone_record row = {
		.name = clone->name,
		.id = clone->id,
		.source = clone->source,
		.target = clone->target,
		.state = nb_clone_state_name(clone->state),
		.note = clone->note,
		.started = clone->started,
		.files = (int64_t)clone->files,
		.transferred = (int64_t)clone->transferred,
		.deleted = (int64_t)clone->deleted,
		.bytes = (int64_t)clone->bytes,
	};
	struct nb_clone_record before;
	bool found;
	enum nb_err err =
		nb_catalog_get(catalog, NB_TABLE_CLONES, &row, &before, &found);

	if (err)
		return err;
	row.finished = max(before.finished, clone->finished);
	row.checked = max(before.checked, clone->checked);
	nb_row_clear(&nb_catalog_tables[NB_TABLE_CLONES], &before);
	return nb_catalog_put(catalog, NB_TABLE_CLONES, &row);
}

enum nb_err
nb_catalog_put_clone(struct nb_catalog *catalog,
		     const struct nb_catalog_clone *clone)
{
	enum nb_err err = nb_catalog_begin(catalog);

	return err ? err : nb_catalog_end(catalog, put_clone(catalog, clone));
}

struct pass {
	enum nb_err (*fn)(void *ctx, const struct nb_catalog_clone *row);
	void *ctx;
};

/* An unknown state, because the catalog is damaged, does not count as a good
 * clone. */
static enum nb_clone_state
state_of(const struct nb_clone_record *clone)
{
	enum nb_clone_state state = NB_CLONE_INCOMPLETE;

	nb_clone_state_parse(clone->state, &state);
	return state;
}

static enum nb_err
pass_clone(void *ctx, const void *row)
{
	const struct nb_clone_record *clone = row;
	const struct pass *pass = ctx;
	const struct nb_catalog_clone out = {
		.name = clone->name,
		.id = clone->id,
		.source = clone->source,
		.target = clone->target,
		.state = state_of(clone),
		.note = clone->note,
		.started = clone->started,
		.finished = clone->finished,
		.checked = clone->checked,
		.files = (uint64_t)clone->files,
		.transferred = (uint64_t)clone->transferred,
		.deleted = (uint64_t)clone->deleted,
		.bytes = (uint64_t)clone->bytes,
	};

	return pass->fn(pass->ctx, &out);
}

enum nb_err
nb_catalog_clones(struct nb_catalog *catalog,
		  enum nb_err (*fn)(void *ctx,
				    const struct nb_catalog_clone *row),
		  void *ctx)
{
	struct pass pass = { fn, ctx };

	return nb_catalog_each(catalog, NB_TABLE_CLONES, 0, NULL, pass_clone,
			       &pass);
}
