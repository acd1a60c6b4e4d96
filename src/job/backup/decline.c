/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/backup/decline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/backup/measure.h"

/*
 * More than a rotation usually has discs.  In a pool that is only appended to,
 * what becomes less in a year is no accident.
 */
#define BACK 16

/* Good backups, the newest first; what is on no disc any more tells only what
 * was accepted. */
struct past {
	struct nb_completes list;
	struct nb_holdings holds[BACK];
};

static enum nb_err
load(struct nb_backup *backup, struct past *past)
{
	struct nb_pool_context *context = backup->context;
	const struct nb_line line = nb_backup_line(backup);
	enum nb_err err = nb_catalog_completes(context->catalog, &line, BACK,
					       &past->list);

	for (size_t i = 0; !err && i < past->list.count; i++)
		err = nb_catalog_holdings(context->catalog, past->list.at[i].id,
					  &past->holds[i]);
	return err;
}

static void
unload(struct past *past)
{
	for (size_t i = 0; i < BACK; i++)
		nb_holdings_free(&past->holds[i]);
	nb_array_free(&past->list);
}

/* Does the good backup at AT lack something that an older one has of the source
 * of LAST?  Then somebody accepted that. */
static bool
was_accepted(const struct nb_backup *backup, const struct past *past, size_t at,
	     const struct nb_holding *last)
{
	struct nb_shrink unused;

	for (size_t i = at + 1; i < past->list.count; i++) {
		const struct nb_holding *was =
			nb_holdings_find(&past->holds[i], last->kind,
					 last->name, last->database);

		if (was
		    && nb_backup_lacks(backup, was, &past->holds[at], &unused))
			return true;
	}
	return false;
}

static enum nb_err
compare_one(struct nb_backup *backup, const struct past *past,
	    const struct nb_holding *last, const struct nb_holdings *now)
{
	for (size_t i = 1;
	     i < past->list.count && !was_accepted(backup, past, i - 1, last);
	     i++) {
		char which[48];
		struct nb_shrink shrink;
		const struct nb_holding *was =
			nb_holdings_find(&past->holds[i], last->kind,
					 last->name, last->database);

		if (!was || !past->list.at[i].disc[0]
		    || !nb_backup_lacks(backup, was, now, &shrink))
			continue;
		snprintf(which, sizeof which, "generation %llu",
			 (unsigned long long)past->list.at[i].generation);
		if (!shrink.mount)
			shrink.mount = which;
		return nb_shrinks_add(&backup->shrinks, &shrink);
	}
	return NB_OK;
}

enum nb_err
nb_backup_compare_older(struct nb_backup *backup, const struct nb_holdings *now)
{
	struct past past = { .list = NB_ARRAY_INIT };
	enum nb_err err = load(backup, &past);

	for (size_t i = 0; !err && i < backup->last.count; i++) {
		const struct nb_holding *last = &backup->last.at[i];
		struct nb_shrink unused;

		if (!nb_backup_lacks(backup, last, now, &unused))
			err = compare_one(backup, &past, last, now);
	}
	unload(&past);
	return err;
}
