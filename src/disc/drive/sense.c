/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/sense.h"

#include <stdio.h>
#include <string.h>

#define NOT_READY 2
#define UNIT_ATTENTION 6
#define INCOMPATIBLE_MEDIUM 0x30
#define NO_MEDIUM 0x3a

bool
nb_sense_find(const char *text, struct nb_sense *out)
{
	struct nb_sense found;
	const char *at;

	for (at = strchr(text, '['); at; at = strchr(at + 1, '['))
		if (sscanf(at, "[%1x %2x %2x]", &found.key, &found.asc,
			   &found.ascq)
		    == 3) {
			*out = found;
			return true;
		}
	at = strstr(text, "Sense Key ");
	if (!at || sscanf(at, "Sense Key %1x", &found.key) != 1)
		return false;
	at = strstr(at, "ASC ");
	if (!at || sscanf(at, "ASC %2x ASCQ %2x", &found.asc, &found.ascq) != 2)
		return false;
	*out = found;
	return true;
}

bool
nb_sense_passes(const struct nb_sense *sense)
{
	if (sense->key == NOT_READY)
		return sense->asc != INCOMPATIBLE_MEDIUM
			&& sense->asc != NO_MEDIUM;
	return sense->key == UNIT_ATTENTION;
}
