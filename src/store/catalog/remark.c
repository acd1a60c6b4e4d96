/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a disc: its state, and remarks. */
#include <string.h>

#include "store/catalog/private.h"

/* The words of remarks in the catalog, and their notes. */
static const struct {
	const char *name, *note;
} remark_texts[] = {
	[NB_REMARK_NONE] = { "none", NULL },
	[NB_REMARK_DRILL] = { "drill", "a drill failed" },
	[NB_REMARK_REST] = { "rest",
			     "the newest session is bad, the earlier "
			     "ones are good" },
	[NB_REMARK_LOST] = { "lost",
			     "the newest session is bad and may have been a "
			     "backup; earlier ones are good" },
};

const char *
nb_remark_name(enum nb_disc_remark remark)
{
	return remark_texts[remark].name;
}

const char *
nb_remark_note(enum nb_disc_remark remark)
{
	return remark_texts[remark].note;
}

bool
nb_remark_parse(const char *name, enum nb_disc_remark *out)
{
	int i = sizeof remark_texts / sizeof *remark_texts;

	while (i-- && strcmp(name, remark_texts[i].name) != 0)
		;
	if (i >= 0)
		*out = (enum nb_disc_remark)i;
	return i >= 0;
}

bool
nb_disc_is(const struct nb_disc_record *disc, enum nb_disc_state state)
{
	enum nb_disc_state is;

	return nb_disc_state_parse(disc->state, &is) && is == state;
}
