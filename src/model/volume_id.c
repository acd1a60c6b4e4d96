/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/volume_id.h"

#include <ctype.h>
#include <string.h>

/* Upper-case letters, digits and underscores (ECMA-119 7.4.1), at most N. */
static void
add_d_characters(char *id, const char *text, size_t n)
{
	size_t end = strlen(id);

	for (size_t i = 0; i < n && text[i] && end < NB_VOLUME_ID_SIZE - 1;
	     i++) {
		int c = toupper((unsigned char)text[i]);

		id[end++] = (char)(isascii(c) && isalnum(c) ? c : '_');
	}
	id[end] = '\0';
}

/* What tells discs apart is mostly the end of their names. */
void
nb_volume_id_make(const char *pool, const char *disc, const char *date,
		  char id[NB_VOLUME_ID_SIZE])
{
	size_t n = strlen(disc);

	id[0] = '\0';
	add_d_characters(id, pool, 11);
	add_d_characters(id, "_", 1);
	if (disc[0]) {
		add_d_characters(id, disc + (n > 11 ? n - 11 : 0), 11);
		add_d_characters(id, "_", 1);
	}
	add_d_characters(id, date, 8);
}
