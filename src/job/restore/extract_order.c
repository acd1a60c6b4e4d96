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

struct place {
	uint32_t address;
	const struct nb_entry *entry;
};

/* The names of one file are next to each other. */
static int
by_address(const void *a, const void *b)
{
	const struct place *p = a, *q = b;
	const struct nb_entry *x = p->entry, *y = q->entry;

	if (p->address != q->address)
		return p->address < q->address ? -1 : 1;
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

static uint32_t
address_of(const struct nb_extract *spec, const struct nb_entry *e)
{
	const struct nb_node *node = nb_extract_node(spec, e);

	return node && node->extent_count ? node->extents[0].lba : 0;
}

static enum nb_err
sort_files(const struct nb_extract *spec, const struct nb_entry **files,
	   size_t *count)
{
	const struct nb_entries *list = spec->entries;
	struct place *places = calloc(list->count + 1, sizeof *places);
	size_t n = 0;

	if (!places)
		return nb_fail_memory();
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_entry *e = &list->at[i];

		if (e->type != NB_ENTRY_DIR)
			places[n++] = (struct place){ address_of(spec, e), e };
	}
	qsort(places, n, sizeof *places, by_address);
	for (size_t i = 0; i < n; i++)
		files[i] = places[i].entry;
	*count = n;
	free(places);
	return NB_OK;
}

enum nb_err
nb_extract_order(const struct nb_extract *spec, const struct nb_entry **files,
		 size_t *count)
{
	enum nb_err err = sort_files(spec, files, count);

	/* The contents of an archive may be larger than the disc. */
	if (err || spec->feed || spec->salvage)
		return err;
	return check_total(spec, files, *count);
}
