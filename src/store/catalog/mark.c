/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "store/catalog/private.h"

/* The state of the catalog for POOL: zeros if it is unknown. */
static enum nb_err
load(struct nb_catalog *catalog, const char *pool, struct nb_mark *have)
{
	struct nb_pool_record like = { .name = pool }, row;
	bool found;
	enum nb_err err =
		nb_catalog_get(catalog, NB_TABLE_POOLS, &like, &row, &found);

	if (err)
		return err;
	*have = (struct nb_mark){
		.sequence = (uint64_t)row.sequence,
		.generation = (uint64_t)row.generation,
	};
	nb_row_clear(&nb_catalog_tables[NB_TABLE_POOLS], &row);
	return NB_OK;
}

static enum nb_err
save(struct nb_catalog *catalog, const char *pool, uint64_t generation,
     uint64_t sequence)
{
	struct nb_pool_record row = {
		.name = pool,
		.generation = (int64_t)generation,
		.sequence = (int64_t)sequence,
	};

	return nb_catalog_put(catalog, NB_TABLE_POOLS, &row);
}

static uint64_t
max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

enum nb_err
nb_catalog_reach(struct nb_catalog *catalog, const char *pool,
		 struct nb_reach *reach)
{
	const struct nb_mark *mark = nb_marks_find(&catalog->marks, pool);
	struct nb_mark have;
	enum nb_err err = load(catalog, pool, &have);

	if (err)
		return err;
	*reach = (struct nb_reach){
		.stale = catalog->mark_damaged
			|| (mark
			    && (have.sequence < mark->sequence
				|| have.generation < mark->generation)),
		.known = have.generation,
		.marked = mark ? mark->generation : 0,
	};
	return NB_OK;
}

/* A stale catalog does not become current by a change. */
enum nb_err
nb_catalog_advance(struct nb_catalog *catalog, const char *pool,
		   uint64_t generation)
{
	struct nb_mark have;
	struct nb_reach reach;
	enum nb_err err = nb_catalog_reach(catalog, pool, &reach);

	if (!err)
		err = load(catalog, pool, &have);
	return err ? err
		   : save(catalog, pool, max(have.generation, generation),
			  have.sequence + !reach.stale);
}

struct raise {
	struct nb_marks *marks;
	bool raised;
};

static enum nb_err
raise_one(void *ctx, const void *row)
{
	const struct nb_pool_record *pool = row;
	struct raise *raise = ctx;
	struct nb_mark mark = {
		.sequence = (uint64_t)pool->sequence,
		.generation = (uint64_t)pool->generation,
	};

	snprintf(mark.pool, sizeof mark.pool, "%s", pool->name);
	return nb_marks_raise(raise->marks, &mark, &raise->raised);
}

enum nb_err
nb_catalog_mark(struct nb_catalog *catalog)
{
	struct raise raise = { &catalog->marks, false };
	enum nb_err err;

	if (catalog->mark_damaged)
		return NB_OK;
	err = nb_catalog_each(catalog, NB_TABLE_POOLS, 0, NULL, raise_one,
			      &raise);
	return err || !raise.raised
		? err
		: nb_marks_save(catalog->dir, &catalog->marks);
}

/* Is the disc suspect, retired or replaced?  Then its label may never have been
 * recorded.  If it was blanked since, this is a copy. */
static enum nb_err
is_doubtful(struct nb_catalog *catalog, const char *disc_id, bool *doubtful)
{
	struct nb_disc_record like = { .id = disc_id }, row;
	enum nb_disc_state state = NB_DISC_UNUSED;
	bool found;
	enum nb_err err =
		nb_catalog_get(catalog, NB_TABLE_DISCS, &like, &row, &found);

	if (err)
		return err;
	if (found)
		nb_disc_state_parse(row.state, &state);
	*doubtful = state == NB_DISC_SUSPECT || state == NB_DISC_RETIRED
		|| state == NB_DISC_BLANKED || state == NB_DISC_REPLACED;
	nb_row_clear(&nb_catalog_tables[NB_TABLE_DISCS], &row);
	return NB_OK;
}

enum nb_err
nb_catalog_witness(struct nb_catalog *catalog, const struct nb_label *label,
		   bool *stale)
{
	struct nb_mark seen = { .generation = label->generation };
	struct nb_reach reach;
	bool doubtful, raised = false;
	struct nb_mark have;
	enum nb_err err = nb_catalog_reach(catalog, label->pool, &reach);

	*stale = false;
	if (err || label->generation <= reach.known)
		return err;
	err = is_doubtful(catalog, label->disc_id, &doubtful);
	if (err || doubtful)
		return err;
	*stale = true;
	if (catalog->mark_damaged)
		return NB_OK;
	err = load(catalog, label->pool, &have);
	if (err)
		return err;
	/* It stays stale when that generation is recorded: others may be
	 * lacking.  Without the lock, only in memory. */
	seen.sequence = have.sequence + 1;
	snprintf(seen.pool, sizeof seen.pool, "%s", label->pool);
	err = nb_marks_raise(&catalog->marks, &seen, &raised);
	return err || !raised || !catalog->working
		? err
		: nb_marks_save(catalog->dir, &catalog->marks);
}

enum nb_err
nb_catalog_begin_rebuild(struct nb_catalog *catalog, const char *pool)
{
	struct nb_mark seen = { .sequence = 1 };
	bool raised = false;
	struct nb_mark have;
	enum nb_err err = load(catalog, pool, &have);

	if (err || have.sequence || have.generation || catalog->mark_damaged
	    || nb_marks_find(&catalog->marks, pool))
		return err;
	snprintf(seen.pool, sizeof seen.pool, "%s", pool);
	err = nb_marks_raise(&catalog->marks, &seen, &raised);
	return err || !raised ? err
			      : nb_marks_save(catalog->dir, &catalog->marks);
}

/* In the transaction: at least as far as the mark, and one step further. */
static enum nb_err
catch_up(struct nb_catalog *catalog, const char *pool)
{
	static const struct nb_mark none;
	const struct nb_mark *mark = nb_marks_find(&catalog->marks, pool);
	struct nb_mark have;
	enum nb_err err = load(catalog, pool, &have);

	if (!mark)
		mark = &none;
	return err ? err
		   : save(catalog, pool, max(have.generation, mark->generation),
			  max(have.sequence, mark->sequence) + 1);
}

enum nb_err
nb_catalog_accept(struct nb_catalog *catalog, const char *pool)
{
	enum nb_err err = nb_catalog_begin(catalog);

	if (err)
		return err;
	err = catch_up(catalog, pool);
	if (!err)
		catalog->mark_damaged = false;
	return nb_catalog_end(catalog, err);
}

enum nb_err
nb_catalog_next_generation(struct nb_catalog *catalog, const char *pool,
			   uint64_t *generation)
{
	struct nb_reach reach;
	enum nb_err err = nb_catalog_reach(catalog, pool, &reach);

	if (err)
		return err;
	*generation = 1 + max(reach.known, reach.marked);
	return NB_OK;
}
