/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which disc alone holds something. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/catalog/private.h"

/* A source of a backup that is on a disc. */
struct held {
	const struct nb_placement *place;
	const struct nb_span *span; /* NULL: it was appended by hand */
	char *kind, *name;
	char *path; /* of what was appended by hand; NULL: unknown */
	bool database;
};

struct held_list NB_ARRAY(struct held);

struct alone {
	struct nb_catalog *catalog;
	const struct nb_covers *covers;
	struct nb_rows rows;
	struct nb_spans spans;
	struct held_list list;
	const struct nb_placement *place; /* of the backup that is listed */
};

static enum nb_err
add_held(void *ctx, const void *row)
{
	const struct nb_source_record *source = row;
	struct alone *a = ctx;
	struct held held = { .place = a->place,
			     .span = nb_spans_of(&a->spans, a->place->backup),
			     .database = source->database != NULL };
	enum nb_err err = nb_str_dup(source->kind, &held.kind);

	if (!err)
		err = nb_str_dup(source->name, &held.name);
	if (!err)
		err = nb_array_push(&a->list, held);
	if (err) {
		free(held.kind);
		free(held.name);
	}
	return err;
}

/* The name of what was appended by hand is the last component of its path. */
static enum nb_err
add_paths(struct alone *a, size_t first)
{
	struct nb_holdings list = NB_ARRAY_INIT;
	enum nb_err err = NB_OK;

	if (first < a->list.count && !a->list.at[first].span)
		err = nb_catalog_holdings(a->catalog, a->place->backup->id,
					  &list);
	for (; !err && list.count && first < a->list.count; first++) {
		struct held *h = &a->list.at[first];
		const struct nb_holding *is =
			nb_holdings_find(&list, h->kind, h->name, h->database);

		if (is)
			err = nb_str_dup(nb_properties_get(&is->identity,
							   NB_IDENTITY_PATH),
					 &h->path);
	}
	nb_holdings_free(&list);
	return err;
}

static enum nb_err
list_held(struct alone *a)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < a->rows.placements.count; i++) {
		const struct nb_placement *place = &a->rows.placements.at[i];
		const struct nb_source_record like = {
			.backup_id = place->backup->id,
		};
		size_t first = a->list.count;

		if (place->session->gone)
			continue;
		a->place = place;
		err = nb_catalog_each(a->catalog, NB_TABLE_SOURCES, 1, &like,
				      add_held, a);
		if (!err)
			err = add_paths(a, first);
	}
	return err;
}

/* Can the copy at PLACE be relied upon?  Not if its disc has no name any more:
 * somebody gave it to another one, or nobody would notice that it is gone. */
static bool
is_good(const struct alone *a, const struct nb_placement *place)
{
	const struct nb_check_record *check =
		nb_rows_check(&a->rows, place->backup->id, place->disc->id);
	enum nb_check_state state = NB_CHECK_NONE;

	if (check)
		nb_check_state_parse(check->state, &state);
	return state != NB_CHECK_DAMAGED && place->disc->named
		&& !strcmp(place->disc->state, nb_disc_state_name(NB_DISC_GOOD))
		&& !nb_rows_shrunk(&a->rows, place->backup->id);
}

/* What was appended by hand is of no job. */
static bool
is_same_job(const struct alone *a, const struct held *x, const struct held *y)
{
	if (!x->span || !y->span)
		return x->span == y->span
			&& !strcmp(x->place->backup->pool,
				   y->place->backup->pool);
	return nb_spans_same(&a->spans, x->span, y->span);
}

static bool
is_same_source(const struct alone *a, const struct held *x,
	       const struct held *y)
{
	return !strcmp(x->kind, y->kind) && !strcmp(x->name, y->name)
		&& x->database == y->database
		&& (!x->path || !y->path || !strcmp(x->path, y->path))
		&& is_same_job(a, x, y);
}

/* Is there another copy that is as new, or will there be one? */
static bool
is_elsewhere(const struct alone *a, const struct held *h)
{
	if (nb_spans_in_line(&a->spans, h->span)
	    && a->covers->fn(a->covers->ctx, h->kind, h->name, h->database))
		return true;
	for (size_t i = 0; i < a->list.count; i++) {
		const struct held *other = &a->list.at[i];

		if (other->place->disc != h->place->disc
		    && other->place->backup->created
			    >= h->place->backup->created
		    && is_same_source(a, h, other) && is_good(a, other->place))
			return true;
	}
	return false;
}

/* Was the same source told already, of a newer backup? */
static bool
is_told(const struct alone *a, const struct held *h, const struct held *first)
{
	return first && is_same_source(a, h, first);
}

static bool
is_alone(const struct alone *a, const struct held *h,
	 const struct nb_pool_disc *disc)
{
	return !strcmp(h->place->disc->id, disc->disc_id)
		&& !is_elsewhere(a, h);
}

/* Those that the disc alone holds, of whatever age, beside FIRST. */
static unsigned int
count_others(const struct alone *a, const struct held *first,
	     const struct nb_pool_disc *disc)
{
	unsigned int n = 0;

	for (size_t i = 0; i < a->list.count; i++) {
		const struct held *h = &a->list.at[i];
		bool told = is_same_source(a, h, first);

		if (told || !is_alone(a, h, disc))
			continue;
		for (size_t k = 0; k < i && !told; k++)
			told = is_same_source(a, h, &a->list.at[k])
				&& is_alone(a, &a->list.at[k], disc);
		n += !told;
	}
	return n;
}

/* What was appended has the generation of the backup before it. */
static bool
is_newer(const struct nb_backup_record *a, const struct nb_backup_record *b)
{
	return a->generation != b->generation ? a->generation > b->generation
					      : a->created > b->created;
}

static void
describe_alone(const struct alone *a, struct nb_pool_disc *disc)
{
	const struct held *first = NULL;
	char more[32] = "", which[NB_BACKUP_ID_MAX + 32];
	unsigned int others;

	for (size_t i = 0; i < a->list.count; i++) {
		const struct held *h = &a->list.at[i];

		if (!is_alone(a, h, disc))
			continue;
		if (!first
		    || (is_told(a, h, first)
			&& is_newer(h->place->backup, first->place->backup)))
			first = h;
	}
	if (!first)
		return;
	others = count_others(a, first, disc);
	if (others)
		snprintf(more, sizeof more, " and %u other%s", others,
			 others == 1 ? "" : "s");
	/* A backup of a job has the generation of what was appended, too. */
	if (first->span)
		snprintf(which, sizeof which, "generation %lld",
			 (long long)first->place->backup->generation);
	else
		snprintf(which, sizeof which, "%.32s, appended by hand",
			 first->place->backup->id);
	snprintf(disc->alone, sizeof disc->alone, "%.8s %.44s (%.56s)%.14s",
		 first->kind, first->name, which, more);
}

enum nb_err
nb_catalog_alone(struct nb_catalog *catalog, const struct nb_covers *covers,
		 struct nb_pool_view *view)
{
	struct alone a = { .catalog = catalog, .covers = covers };
	enum nb_err err = nb_rows_load(catalog, &a.rows);

	if (err)
		return err;
	err = nb_spans_take(&a.rows, &covers->line, &a.spans);
	if (!err)
		err = list_held(&a);
	for (size_t i = 0; !err && i < view->discs.count; i++)
		if (view->discs.at[i].state == NB_DISC_GOOD)
			describe_alone(&a, &view->discs.at[i]);
	for (size_t i = 0; i < a.list.count; i++) {
		free(a.list.at[i].kind);
		free(a.list.at[i].name);
		free(a.list.at[i].path);
	}
	nb_array_free(&a.list);
	nb_array_free(&a.spans.list);
	nb_rows_free(&a.rows);
	return err;
}
