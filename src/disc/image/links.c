/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/image/private.h"

#include <stdlib.h>
#include <string.h>

/* nb_entries_sort has numbered them: equal ino, in the order of their first
 * names. */
enum nb_err
nb_image_find_links(struct nb_image *image)
{
	const struct nb_entries *list = image->entries;

	image->first = calloc(list->count + 1, sizeof *image->first);
	if (!image->first)
		return nb_fail_memory();
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_entry *e = &list->at[i];

		image->first[i] = e->type == NB_ENTRY_FILE && e->ino
			? (size_t)e->ino - 1
			: i;
	}
	return NB_OK;
}

void
nb_image_share_hashes(struct nb_image *image)
{
	struct nb_entries *list = image->entries;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < list->count; i++) {
			struct nb_entry *e = &list->at[i];
			struct nb_entry *first = &list->at[image->first[i]];
			struct nb_entry *from = pass ? first : e;
			struct nb_entry *to = pass ? e : first;

			to->torn |= from->torn;
			to->lost |= from->lost;
			if (from->hashed && !to->hashed) {
				memcpy(to->sha256, from->sha256,
				       sizeof to->sha256);
				to->hashed = true;
			}
		}
	}
}
