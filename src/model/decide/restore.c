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

/* How a backup has to be, unless it is named. */
enum kind {
	SOUND, /* on a good disc or on this one, and not known to be damaged */
	THERE, /* on a good disc or on this one */
	KNOWN  /* the same, or damaged, on whatever disc */
};

static bool
is_of(const struct nb_known_backup *b, const struct nb_restore_disc *disc,
      enum kind kind)
{
	if (b->damaged && kind != THERE)
		return kind == KNOWN;
	return b->good || is_on(b, disc);
}

static bool
matches(const struct nb_known_backup *b, const struct nb_restore_wish *wish,
	const struct nb_restore_disc *disc, enum kind kind)
{
	if (wish->backup)
		return nb_restore_names(wish->backup, b->id, b->generation)
			&& (!wish->job || !strcmp(b->job, wish->job)
			    || !nb_backup_is_generation(wish->backup));
	return b->disc_id && is_of(b, disc, kind)
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
		order(!nb_job_is_by_hand(a->job), !nb_job_is_by_hand(b->job)),
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

struct known {
	const struct nb_known_backup *list;
	size_t count;
};

static const struct nb_known_backup *
find_best(struct known known, const struct nb_restore_wish *wish,
	  const struct nb_restore_disc *disc, enum kind kind)
{
	const struct nb_known_backup *best = NULL;

	for (size_t i = 0; i < known.count; i++) {
		const struct nb_known_backup *b = &known.list[i];

		if (matches(b, wish, disc, kind)
		    && (!best || compare(b, best, wish, disc) > 0))
			best = b;
	}
	return best;
}

const struct nb_known_backup *
nb_restore_meant(const struct nb_known_backup *list, size_t count,
		 const struct nb_restore_wish *wish,
		 const struct nb_restore_disc *disc)
{
	const struct known known = { list, count };
	const struct nb_known_backup *best =
		wish->damaged ? NULL : find_best(known, wish, disc, SOUND);

	return best ? best : find_best(known, wish, disc, THERE);
}

const struct nb_known_backup *
nb_restore_later(const struct nb_known_backup *list, size_t count,
		 const struct nb_known_backup *chosen, int64_t before)
{
	const struct nb_known_backup *best = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct nb_known_backup *b = &list[i];

		if (b->good && b->disc && !b->damaged && !b->shrunk
		    && !strcmp(b->pool, chosen->pool)
		    && !strcmp(b->job, chosen->job)
		    && b->generation < chosen->generation
		    && b->created > chosen->created && b->created <= before
		    && (!best || b->created > best->created))
			best = b;
	}
	return best;
}

enum nb_restore_place
nb_restore_place(const struct nb_known_backup *list, size_t count,
		 const struct nb_restore_wish *wish,
		 const struct nb_restore_disc *disc,
		 const struct nb_known_backup **meant,
		 const struct nb_known_backup **damaged)
{
	const struct nb_known_backup *newest = NULL;

	*damaged = NULL;
	*meant = nb_restore_meant(list, count, wish, disc);
	if (*meant && !wish->backup && !wish->damaged)
		newest = find_best((struct known){ list, count }, wish, disc,
				   KNOWN);
	if (newest && newest->damaged && strcmp(newest->id, (*meant)->id) != 0)
		*damaged = newest;
	newest = *damaged ? *damaged : *meant;
	if (!wish->backup && !wish->at && newest
	    && disc->generation > newest->generation)
		*meant = *damaged = NULL;
	if (!*meant)
		return NB_RESTORE_BY_DISC;
	return is_on(*meant, disc) ? NB_RESTORE_HERE : NB_RESTORE_ELSEWHERE;
}
