/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/links.h"

#include <stdlib.h>

#include "base/log.h"

static int
by_number(const void *a, const void *b)
{
	const struct nb_entry *x = *(struct nb_entry *const *)a;
	const struct nb_entry *y = *(struct nb_entry *const *)b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* What one file has under each of its names, unless it was changed in
 * between. */
static bool
is_alike(const struct nb_entry *a, const struct nb_entry *b)
{
	return a->type == b->type && a->size == b->size && a->mode == b->mode
		&& a->uid == b->uid && a->gid == b->gid && a->mtime == b->mtime
		&& a->mtime_ns == b->mtime_ns && a->ctime == b->ctime
		&& a->ctime_ns == b->ctime_ns && a->links == b->links;
}

/* Are the COUNT entries at LIST, which have one number, names of one file? */
static bool
is_one_file(struct nb_entry *const *list, size_t count, int64_t begun)
{
	for (size_t i = 1; i < count; i++) {
		const struct nb_entry *a = list[0], *b = list[i];

		if (!is_alike(a, b) && a->ctime < begun && b->ctime < begun)
			return false;
	}
	return count <= list[0]->links;
}

/* Makes the COUNT entries at LIST, which are sorted, one file each where they
 * are not names of one.  The number of those, and *FOUND is one of them. */
static size_t
separate(struct nb_entry **list, size_t count, int64_t begun,
	 const struct nb_entry **found)
{
	size_t separated = 0, next;

	for (size_t i = 0; i < count; i = next) {
		for (next = i + 1; next < count; next++)
			if (list[next]->ino != list[i]->ino
			    || list[next]->dev != list[i]->dev)
				break;
		if (is_one_file(list + i, next - i, begun))
			continue;
		*found = list[i];
		separated += next - i;
		for (size_t k = i; k < next; k++)
			list[k]->dev = list[k]->ino = 0;
	}
	return separated;
}

enum nb_err
nb_tree_check_links(struct nb_walk *w, size_t first)
{
	struct nb_entry **order;
	const struct nb_entry *found = NULL;
	size_t count = 0;

	order = calloc(w->list->count - first + 1, sizeof(struct nb_entry *));
	if (!order)
		return nb_fail_memory();
	for (size_t i = first; i < w->list->count; i++)
		if (w->list->at[i].ino)
			order[count++] = &w->list->at[i];
	qsort(order, count, sizeof *order, by_number);
	count = separate(order, count, w->now, &found);
	if (count)
		nb_log(NB_WARNING,
		       "%s: %s: its file system gives other files the same "
		       "inode number; %zu files are not taken as hard links",
		       w->object, found->root_path, count);
	free(order);
	return NB_OK;
}
