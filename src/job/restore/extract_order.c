/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/restore/extract_order.h"

#include <stdlib.h>
#include <string.h>

const struct nb_node *
nb_extract_node(const struct nb_extract *spec, const struct nb_entry *e)
{
	return spec->nodes
		? nb_nodes_find_beneath(spec->nodes, spec->above, e->path)
		: NULL;
}

/* Sorts files by address; the names of one file are next to each other. */
static int
by_address(const void *a, const void *b, void *ctx)
{
	const struct nb_entry *x = *(const struct nb_entry *const *)a;
	const struct nb_entry *y = *(const struct nb_entry *const *)b;
	const struct nb_node *p = nb_extract_node(ctx, x);
	const struct nb_node *q = nb_extract_node(ctx, y);
	uint32_t at = p && p->extent_count ? p->extents[0].lba : 0;
	uint32_t bt = q && q->extent_count ? q->extents[0].lba : 0;

	if (at != bt)
		return at < bt ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return strcmp(x->path, y->path);
}

bool
nb_extract_is_link(const struct nb_entry *e, const struct nb_entry *first)
{
	return e->ino && e->ino == first->ino && e->dev == first->dev
		&& e->size == first->size
		&& !memcmp(e->sha256, first->sha256, sizeof e->sha256);
}

/* Files that share no blocks cannot be larger than the disc. */
static enum nb_err
check_total(const struct nb_extract *spec, const struct nb_entry **files,
	    size_t count)
{
	uint64_t room = spec->blocks->count * NB_BLOCK;

	for (size_t i = 0; i < count; i++) {
		if (files[i]->type != NB_ENTRY_FILE)
			continue;
		if (i && nb_extract_is_link(files[i], files[i - 1]))
			continue;
		if (files[i]->size > room)
			return nb_fail(NB_ECORRUPT,
				       "%s: the files in the manifest are "
				       "larger than the disc",
				       spec->blocks->name);
		room -= files[i]->size;
	}
	return NB_OK;
}

enum nb_err
nb_extract_order(const struct nb_extract *spec, const struct nb_entry **files,
		 size_t *count)
{
	size_t n = 0;

	for (size_t i = 0; i < spec->entries->count; i++)
		if (spec->entries->at[i].type != NB_ENTRY_DIR)
			files[n++] = &spec->entries->at[i];
	qsort_r(files, n, sizeof *files, by_address, (void *)spec);
	*count = n;
	/* The contents of an archive may be larger than the disc. */
	return spec->feed || spec->salvage ? NB_OK
					   : check_total(spec, files, n);
}
