/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/choose.h"

/* Is A better than B, which comes before it? */
static bool
is_better(enum nb_choose_for purpose, const struct nb_drive_seen *a,
	  const struct nb_drive_seen *b)
{
	if (a->answers != b->answers)
		return a->answers;
	if (purpose != NB_CHOOSE_ANY && a->fit != b->fit)
		return a->fit > b->fit;
	return a->loaded && !b->loaded;
}

enum nb_choice
nb_choose(enum nb_choose_for purpose, const struct nb_drive_seen *list,
	  size_t count, size_t *at)
{
	size_t best = 0, fitting = 0, silent = 0;

	for (size_t i = 0; i < count; i++) {
		if (is_better(purpose, &list[i], &list[best]))
			best = i;
		fitting += list[i].answers && list[i].fit;
		silent += !list[i].answers;
	}
	if (!count || !list[best].answers)
		return NB_CHOICE_NONE;
	if (purpose == NB_CHOOSE_ONLY && fitting > 1)
		return NB_CHOICE_SEVERAL;
	if (purpose == NB_CHOOSE_ONLY && fitting && silent)
		return NB_CHOICE_UNKNOWN;
	*at = best;
	return NB_CHOICE_DRIVE;
}

bool
nb_choose_settled(enum nb_choose_for purpose, const struct nb_drive_seen *last)
{
	switch (purpose) {
	case NB_CHOOSE_ANY:
		return last->answers && last->loaded;
	case NB_CHOOSE_WRITABLE:
	case NB_CHOOSE_BEST:
		return last->answers && last->fit == NB_CHOOSE_FITS;
	default:
		return false;
	}
}
