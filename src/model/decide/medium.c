/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/medium.h"

const char *
nb_medium_state_name(enum nb_medium_state state)
{
	static const char *const names[] = {
		[NB_MEDIUM_NONE] = "none",
		[NB_MEDIUM_BLANK] = "blank",
		[NB_MEDIUM_APPENDABLE] = "appendable",
		[NB_MEDIUM_OVERWRITABLE] = "overwritable",
		[NB_MEDIUM_CLOSED] = "closed",
		[NB_MEDIUM_DAMAGED] = "damaged",
	};

	return names[state];
}
