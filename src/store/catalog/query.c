/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queries by people: discs, backups and their sources. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/catalog/private.h"

typedef enum nb_err backup_fn(void *ctx, const struct nb_catalog_backup *row);

/* An unknown state, because the catalog is damaged: somebody has to check. */
static enum nb_disc_state
state_of(const struct nb_disc_record *disc)
{
	enum nb_disc_state state = NB_DISC_SUSPECT;

	nb_disc_state_parse(disc->state, &state);
	return state;
}

static void
tell_check(const struct nb_rows *rows, const struct nb_placement *place,
	   struct nb_catalog_backup *row)
{
	const struct nb_check_record *check =
		nb_rows_check(rows, place->backup->id, place->disc->id);

	if (!check)
		return;
	nb_check_state_parse(check->state, &row->check);
	row->checked = check->date;
	row->bad = (uint64_t)check->bad;
}

/* PLACE: the disc that has it now; NULL: none. */
static enum nb_err
pass_backup(const struct nb_rows *rows, const struct nb_backup_record *backup,
	    const struct nb_placement *place, backup_fn *fn, void *ctx)
{
	const struct nb_drill_record *drill = nb_rows_drill(rows, backup->id);
	struct nb_catalog_backup row = {
		.id = backup->id,
		.job = backup->job,
		.pool = backup->pool,
		.host = backup->host,
		.generation = (uint64_t)backup->generation,
		.created = backup->created,
		.bytes = (uint64_t)backup->bytes,
		.files = (uint64_t)backup->files,
		.shrunk = nb_rows_shrunk(rows, backup->id),
		.lost = nb_rows_lost(rows, backup->id),
	};

	if (drill) {
		row.drilled = drill->date;
		row.drill = NB_DRILL_FAILED;
		nb_drill_state_parse(drill->state, &row.drill);
	}
	if (place) {
		row.verified = place->disc->verified;
		row.disc = place->disc->name;
		row.disc_id = place->disc->id;
		row.apart = !place->disc->named;
		row.disc_state = state_of(place->disc);
		row.session = (int)place->session->number;
		tell_check(rows, place, &row);
	}
	return fn(ctx, &row);
}

static enum nb_err
pass_places(const struct nb_rows *rows, const struct nb_backup_record *backup,
	    backup_fn *fn, void *ctx)
{
	size_t at = 0;
	const struct nb_placement *place = nb_rows_place(rows, backup->id, &at);
	enum nb_err err = pass_backup(rows, backup, place, fn, ctx);

	while (!err && place && (place = nb_rows_place(rows, backup->id, &at)))
		err = pass_backup(rows, backup, place, fn, ctx);
	return err;
}

enum nb_err
nb_catalog_backups(struct nb_catalog *catalog, const char *pool, backup_fn *fn,
		   void *ctx)
{
	struct nb_backup_list list = NB_ARRAY_INIT;
	struct nb_rows rows;
	enum nb_err err, damaged = nb_rows_load(catalog, &rows);

	if (damaged && damaged != NB_ECORRUPT)
		return damaged;
	err = nb_rows_newest_first(&rows, &list);
	for (size_t i = 0; !err && i < list.count; i++)
		if (!pool || !strcmp(list.at[i]->pool, pool))
			err = pass_places(&rows, list.at[i], fn, ctx);
	nb_array_free(&list);
	nb_rows_free(&rows);
	return err ? err : damaged;
}

/* Does the number of a generation mean A rather than B?  What a user appended
 * comes after the nightly backup of the same generation. */
static bool
is_meant(const struct nb_backup_record *a, const struct nb_backup_record *b)
{
	bool a_appended = nb_job_is_by_hand(a->job);
	bool b_appended = nb_job_is_by_hand(b->job);

	return a_appended == b_appended ? a->created > b->created : b_appended;
}

static const struct nb_backup_record *
resolve_generation(const struct nb_rows *rows, const char *which)
{
	const struct nb_backup_record *best = NULL;
	char number[24];

	for (size_t i = 0; i < rows->backups.count; i++) {
		const struct nb_backup_record *b = &rows->backups.at[i];

		snprintf(number, sizeof number, "%" PRId64, b->generation);
		if (!strcmp(number, which) && (!best || is_meant(b, best)))
			best = b;
	}
	return best;
}

/* The number of backups whose ids begin with WHICH, and the first of them; an
 * exact match is the only one. */
static const struct nb_backup_record *
resolve_id(const struct nb_rows *rows, const char *which, int *count)
{
	const struct nb_backup_record *found = nb_rows_backup(rows, which);
	bool exact = found != NULL;

	*count = exact;
	for (size_t i = 0; !exact && i < rows->backups.count; i++) {
		const struct nb_backup_record *b = &rows->backups.at[i];

		if (strncmp(b->id, which, strlen(which)) != 0)
			continue;
		found = found ? found : b;
		++*count;
	}
	return found;
}

static enum nb_err
resolve(const struct nb_rows *rows, const char *which,
	const struct nb_backup_record **out)
{
	int count;

	if (nb_backup_is_generation(which)) {
		*out = resolve_generation(rows, which);
		count = *out != NULL;
	} else {
		*out = resolve_id(rows, which, &count);
	}
	if (count != 1 || !*which)
		return nb_fail(
			NB_ENOTFOUND,
			"%s: %s\nhint: nightburn list "
			"shows the backups",
			which,
			count > 1 && *which
				? "more than one backup id begins like this"
				: "no such backup");
	return NB_OK;
}

enum nb_err
nb_catalog_backup(struct nb_catalog *catalog, const char *which, backup_fn *fn,
		  void *ctx)
{
	const struct nb_backup_record *backup;
	struct nb_rows rows;
	enum nb_err err = nb_rows_load(catalog, &rows);
	size_t at = 0;

	if (err) {
		nb_rows_free(&rows);
		return err;
	}
	err = resolve(&rows, which, &backup);
	if (!err)
		err = pass_backup(&rows, backup,
				  nb_rows_place(&rows, backup->id, &at), fn,
				  ctx);
	nb_rows_free(&rows);
	return err;
}

struct pass_source {
	enum nb_err (*fn)(void *ctx, const struct nb_manifest_source *row);
	void *ctx;
};

static enum nb_err
pass_source(void *ctx, const void *row)
{
	const struct nb_source_record *source = row;
	const struct pass_source *pass = ctx;
	const struct nb_manifest_source out = {
		.kind = (char *)source->kind,
		.name = (char *)source->name,
		.database = (char *)source->database,
		.format = (char *)source->format,
		.path = (char *)source->path,
		.compression = (char *)source->compression,
		.server_version = (char *)source->server_version,
		.bytes = (uint64_t)source->bytes,
		.stored = (uint64_t)source->stored,
	};

	return pass->fn(pass->ctx, &out);
}

enum nb_err
nb_catalog_sources(struct nb_catalog *catalog, const char *backup_id,
		   enum nb_err (*fn)(void *ctx,
				     const struct nb_manifest_source *row),
		   void *ctx)
{
	const struct nb_source_record like = { .backup_id = backup_id };
	struct pass_source pass = { fn, ctx };

	return nb_catalog_each(catalog, NB_TABLE_SOURCES, 1, &like, pass_source,
			       &pass);
}

static int
by_pool_and_name(const void *a, const void *b)
{
	const struct nb_disc_record *x =
		*(const struct nb_disc_record *const *)a;
	const struct nb_disc_record *y =
		*(const struct nb_disc_record *const *)b;
	int order = strcmp(x->pool, y->pool);

	return order ? order : strcmp(x->name, y->name);
}

typedef enum nb_err disc_fn(void *ctx, const struct nb_catalog_disc *row);

static enum nb_err
pass_disc(const struct nb_rows *rows, const struct nb_disc_record *disc,
	  disc_fn *fn, void *ctx)
{
	struct nb_catalog_disc row = {
		.pool = disc->pool,
		.name = disc->name,
		.named = disc->named,
		.disc_id = disc->id,
		.state = state_of(disc),
		.note = disc->note,
		.remark = nb_rows_remark(rows, disc->id),
		.profile = disc->profile,
		.verified = disc->verified,
		.cycles = (int)disc->cycles,
	};

	for (size_t i = 0; i < rows->sessions.count; i++)
		row.sessions += !rows->sessions.at[i].gone
			&& !strcmp(rows->sessions.at[i].disc_id, disc->id);
	for (size_t i = 0; i < rows->placements.count; i++) {
		const struct nb_placement *s = &rows->placements.at[i];
		uint64_t generation = (uint64_t)s->backup->generation;

		if (s->disc == disc && !s->session->gone
		    && generation > row.generation)
			row.generation = generation;
	}
	return fn(ctx, &row);
}

/* One that lost its name, but not what is on it, is kept apart. */
static bool
is_shown(const struct nb_rows *rows, const struct nb_disc_record *disc)
{
	if (disc->named)
		return true;
	for (size_t i = 0; i < rows->placements.count; i++)
		if (rows->placements.at[i].disc == disc
		    && !rows->placements.at[i].session->gone)
			return true;
	return false;
}

enum nb_err
nb_catalog_discs(struct nb_catalog *catalog, disc_fn *fn, void *ctx)
{
	struct NB_ARRAY(const struct nb_disc_record *) list = NB_ARRAY_INIT;
	struct nb_rows rows;
	enum nb_err err = NB_OK, damaged = nb_rows_load(catalog, &rows);

	if (damaged && damaged != NB_ECORRUPT)
		return damaged;
	for (size_t i = 0; !err && i < rows.discs.count; i++)
		if (is_shown(&rows, &rows.discs.at[i]))
			err = nb_array_push(&list, &rows.discs.at[i]);
	if (!err && list.count)
		qsort(list.at, list.count, sizeof *list.at, by_pool_and_name);
	for (size_t i = 0; !err && i < list.count; i++)
		err = pass_disc(&rows, list.at[i], fn, ctx);
	nb_array_free(&list);
	nb_rows_free(&rows);
	return err ? err : damaged;
}
