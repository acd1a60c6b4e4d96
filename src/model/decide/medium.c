/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/medium.h"

#include "model/decide/plan.h"

bool
nb_medium_can_be_blanked(const struct nb_medium *medium)
{
	if (medium->random_access)
		return medium->state != NB_MEDIUM_CLOSED;
	return medium->erasable;
}

bool
nb_medium_is_for_good(const struct nb_medium *medium)
{
	return (medium->state == NB_MEDIUM_APPENDABLE
		|| medium->state == NB_MEDIUM_CLOSED)
		&& !nb_medium_can_be_blanked(medium);
}

/* Not for a random-access disc in state "closed": it is write-protected. */
bool
nb_plan_suits(const struct nb_medium *medium, enum nb_rotation rotation)
{
	return rotation != NB_ROTATION_ALTERNATE
		|| nb_medium_can_be_blanked(medium);
}
