/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which backups count as those of one job.  A job is known by its name, and
 * names are changed by people; two configurations on one state directory may
 * have a job of the same name.  So what tells is the time: one job follows
 * another, or both are there at once and are two.
 */
#include <stdio.h>
#include <string.h>

#include "store/catalog/private.h"
#include "store/kin.h"

static const struct nb_span *
find(const struct nb_spans *spans, const char *job, const char *pool)
{
	for (size_t i = 0; i < spans->list.count; i++)
		if (!strcmp(spans->list.at[i].job, job)
		    && !strcmp(spans->list.at[i].pool, pool))
			return &spans->list.at[i];
	return NULL;
}

static void
extend(struct nb_span *span, const struct nb_backup_record *b)
{
	if (b->created < span->created.first)
		span->created.first = b->created;
	if (b->created > span->created.last)
		span->created.last = b->created;
	if (b->generation < span->generation.first)
		span->generation.first = b->generation;
	if (b->generation > span->generation.last)
		span->generation.last = b->generation;
}

enum nb_err
nb_spans_take(const struct nb_rows *rows, const struct nb_line *line,
	      struct nb_spans *out)
{
	enum nb_err err = NB_OK;

	*out = (struct nb_spans){ .line = line };
	for (size_t i = 0; !err && i < rows->backups.count; i++) {
		const struct nb_backup_record *b = &rows->backups.at[i];
		struct nb_span own = { .job = b->job, .pool = b->pool };

		if (nb_job_is_by_hand(b->job))
			continue;
		own.created.first = own.created.last = b->created;
		own.generation.first = own.generation.last = b->generation;
		if (find(out, b->job, b->pool))
			extend(&out->list.at[find(out, b->job, b->pool)
					     - out->list.at],
			       b);
		else
			err = nb_array_push(&out->list, own);
	}
	if (err)
		nb_array_free(&out->list);
	return err;
}

const struct nb_span *
nb_spans_of(const struct nb_spans *spans, const struct nb_backup_record *b)
{
	return find(spans, b->job, b->pool);
}

/* Generations count in one pool, whatever the clock said. */
static bool
follows(const struct nb_span *before, const struct nb_span *after)
{
	return strcmp(before->pool, after->pool)
		? before->created.last < after->created.first
		: before->generation.last < after->generation.first;
}

static bool
is_line(const struct nb_spans *spans, const struct nb_span *span)
{
	return !strcmp(span->job, spans->line->job)
		&& !strcmp(span->pool, spans->line->pool);
}

/* Was it known under that name and in that pool? */
static bool
is_old(const struct nb_line *line, const struct nb_span *span)
{
	return line->old_job && line->old_pool
		&& !strcmp(span->job, line->old_job)
		&& !strcmp(span->pool, line->old_pool);
}

bool
nb_spans_in_line(const struct nb_spans *spans, const struct nb_span *span)
{
	const struct nb_line *line = spans->line;
	const struct nb_span *now = find(spans, line->job, line->pool);

	if (!span)
		return false;
	if (is_line(spans, span))
		return true;
	if (strcmp(span->job, line->job) && !is_old(line, span)
	    && (strcmp(span->pool, line->pool)
		|| line->configured(line->ctx, span->job)))
		return false;
	return !now || follows(span, now);
}

bool
nb_spans_same(const struct nb_spans *spans, const struct nb_span *a,
	      const struct nb_span *b)
{
	if (a == b)
		return true;
	if (!strcmp(a->job, b->job))
		return follows(a, b) || follows(b, a);
	return (is_line(spans, a) && nb_spans_in_line(spans, b))
		|| (is_line(spans, b) && nb_spans_in_line(spans, a));
}

enum nb_err
nb_past_load(struct nb_catalog *catalog, const struct nb_line *line,
	     struct nb_past *past)
{
	enum nb_err err;

	memset(past, 0, sizeof *past);
	err = nb_rows_load(catalog, &past->rows);
	if (!err)
		err = nb_rows_newest_first(&past->rows, &past->list);
	return err ? err : nb_spans_take(&past->rows, line, &past->spans);
}

void
nb_past_free(struct nb_past *past)
{
	nb_array_free(&past->list);
	nb_array_free(&past->spans.list);
	nb_rows_free(&past->rows);
}

/* ---- jobs that were renamed together with their pool ---- */

static bool
may_be_kin(const struct nb_spans *spans, const struct nb_span *span)
{
	const struct nb_line *line = spans->line;
	const struct nb_span *now = find(spans, line->job, line->pool);

	return span && strcmp(span->job, line->job)
		&& strcmp(span->pool, line->pool)
		&& !line->configured(line->ctx, span->job)
		&& (!now || follows(span, now));
}

static bool
is_listed(const struct nb_kins *list, const struct nb_backup_record *b)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i].job, b->job)
		    && !strcmp(list->at[i].pool, b->pool))
			return true;
	return false;
}

static enum nb_err
list_kin(const struct nb_past *past, struct nb_kins *out)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < past->list.count; i++) {
		const struct nb_backup_record *b = past->list.at[i];
		struct nb_kin one;

		if (!may_be_kin(&past->spans, nb_spans_of(&past->spans, b))
		    || is_listed(out, b) || nb_rows_shrunk(&past->rows, b->id))
			continue;
		snprintf(one.id, sizeof one.id, "%s", b->id);
		snprintf(one.job, sizeof one.job, "%s", b->job);
		snprintf(one.pool, sizeof one.pool, "%s", b->pool);
		err = nb_array_push(out, one);
	}
	return err;
}

enum nb_err
nb_catalog_kin(struct nb_catalog *catalog, const struct nb_line *line,
	       struct nb_kins *out)
{
	struct nb_past past;
	enum nb_err err = nb_past_load(catalog, line, &past);

	if (!err)
		err = list_kin(&past, out);
	nb_past_free(&past);
	return err;
}
