/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which backups count as those of one job.  A job is known by its name, and
 * names are changed by people; two configurations on one state directory may
 * have a job of the same name.  So what tells is the time: one job follows
 * another, or both are there at once and are two.
 */
#include <string.h>

#include "store/catalog/private.h"

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

bool
nb_spans_in_line(const struct nb_spans *spans, const struct nb_span *span)
{
	const struct nb_line *line = spans->line;
	const struct nb_span *now = find(spans, line->job, line->pool);

	if (!span)
		return false;
	if (is_line(spans, span))
		return true;
	if (strcmp(span->job, line->job)
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
