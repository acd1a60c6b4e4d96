/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/image_private.h"

#include <stdlib.h>
#include <string.h>

/* Entries of one file (hard links) are one content: the first one's. */
static int
by_inode(const void *a, const void *b, void *ctx)
{
	const struct nb_entries *list = ctx;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	const struct nb_entry *x = &list->at[i], *y = &list->at[k];

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return i < k ? -1 : i > k;
}

static bool
is_linked(const struct nb_entry *a, const struct nb_entry *b)
{
	return a->type == NB_ENTRY_FILE && b->type == NB_ENTRY_FILE && a->ino
		&& a->ino == b->ino && a->dev == b->dev
		&& a->size == b->size;
}

enum nb_err
nb_image_find_links(struct nb_image *image)
{
	struct nb_entries *list = image->entries;
	size_t *order = calloc(list->count + 1, sizeof *order);

	image->first = calloc(list->count + 1, sizeof *image->first);
	if (!order || !image->first) {
		free(order);
		return nb_fail_memory();
	}
	for (size_t i = 0; i < list->count; i++)
		order[i] = i;
	qsort_r(order, list->count, sizeof *order, by_inode, list);
	for (size_t i = 0; i < list->count; i++) {
		size_t at = order[i], before = i ? order[i - 1] : at;

		image->first[at] = i && is_linked(&list->at[before],
						  &list->at[at])
			? image->first[before] : at;
	}
	free(order);
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

			if (from->hashed && !to->hashed) {
				memcpy(to->sha256, from->sha256,
				       sizeof to->sha256);
				to->hashed = true;
			}
		}
	}
}
