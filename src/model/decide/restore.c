/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/restore.h"

#include <stdio.h>
#include <string.h>

#include "model/record/label.h"
#include "model/record/manifest.h"

bool
nb_restore_names(const char *which, const char *id, uint64_t generation)
{
	char number[24];

	snprintf(number, sizeof number, "%llu", (unsigned long long)generation);
	return nb_backup_is_generation(which)
		? !strcmp(which, number)
		: !strncmp(id, which, strlen(which));
}

static bool
is_in_pool(const struct nb_known_backup *b, const struct nb_restore_disc *disc)
{
	return disc && !strcmp(b->pool, disc->pool);
}

static bool
is_on(const struct nb_known_backup *b, const struct nb_restore_disc *disc)
{
	return disc && b->disc_id && !strcmp(b->disc_id, disc->id);
}

static bool
matches(const struct nb_known_backup *b, const struct nb_restore_wish *wish,
	const struct nb_restore_disc *disc)
{
	if (wish->backup)
		return nb_restore_names(wish->backup, b->id, b->generation);
	return b->disc_id && (b->good || is_on(b, disc))
		&& (!disc || is_in_pool(b, disc))
		&& (!wish->job || !strcmp(b->job, wish->job))
		&& (!wish->at || b->created <= wish->at);
}

static int
order(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

/* Generations are counted within a pool; the date decides only between pools,
 * and between backups of one generation. */
static int
compare(const struct nb_known_backup *a, const struct nb_known_backup *b,
	const struct nb_restore_wish *wish, const struct nb_restore_disc *disc)
{
	const int by[] = {
		order(is_in_pool(a, disc), is_in_pool(b, disc)),
		order(strcmp(a->job, NB_JOB_BY_HAND) != 0,
		      strcmp(b->job, NB_JOB_BY_HAND) != 0),
		wish->backup ? order(is_on(a, disc), is_on(b, disc)) : 0,
		!strcmp(a->pool, b->pool)
			? order((int64_t)a->generation, (int64_t)b->generation)
			: 0,
		order(a->created, b->created),
		order(is_on(a, disc), is_on(b, disc)),
		order(a->disc_id && a->good, b->disc_id && b->good),
		order(a->disc_id != NULL, b->disc_id != NULL),
	};

	for (size_t i = 0; i < sizeof by / sizeof *by; i++)
		if (by[i])
			return by[i];
	return 0;
}

const struct nb_known_backup *
nb_restore_meant(const struct nb_known_backup *list, size_t count,
		 const struct nb_restore_wish *wish,
		 const struct nb_restore_disc *disc)
{
	const struct nb_known_backup *best = NULL;

	for (size_t i = 0; i < count; i++)
		if (matches(&list[i], wish, disc)
		    && (!best || compare(&list[i], best, wish, disc) > 0))
			best = &list[i];
	return best;
}

enum nb_restore_place
nb_restore_place(const struct nb_known_backup *list, size_t count,
		 const struct nb_restore_wish *wish,
		 const struct nb_restore_disc *disc,
		 const struct nb_known_backup **meant)
{
	*meant = nb_restore_meant(list, count, wish, disc);
	if (!wish->backup && !wish->at && *meant
	    && disc->generation > (*meant)->generation)
		*meant = NULL;
	if (!*meant)
		return NB_RESTORE_BY_DISC;
	return is_on(*meant, disc) ? NB_RESTORE_HERE : NB_RESTORE_ELSEWHERE;
}
