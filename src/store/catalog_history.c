/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was done with backups and clones of them: drills, copies. */
#include <string.h>

#include "store/catalog_private.h"

/* A failed drill makes a disc suspect, the next good one good again. */
static enum nb_err
judge_disc(struct nb_catalog *catalog, const struct nb_catalog_drill *drill)
{
	const struct nb_disc_record like = { .id = drill->disc_id };
	struct nb_disc_record disc = { 0 }, changed;
	bool found = false, because;
	enum nb_err err =
		nb_catalog_get(catalog, NB_TABLE_DISCS, &like, &disc, &found);

	changed = disc;
	because = found && disc.note && !strcmp(disc.note, NB_DRILL_NOTE);
	if (drill->state == NB_DRILL_FAILED) {
		changed.state = nb_disc_state_name(NB_DISC_SUSPECT);
		changed.note = NB_DRILL_NOTE;
	} else if (drill->state == NB_DRILL_GOOD && because) {
		changed.state = nb_disc_state_name(NB_DISC_GOOD);
		changed.note = NULL;
	} else {
		found = false;
	}
	if (!err && found)
		err = nb_catalog_advance(catalog, changed.pool, 0);
	if (!err && found)
		err = nb_catalog_put(catalog, NB_TABLE_DISCS, &changed);
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
