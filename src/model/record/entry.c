/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/entry.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* Limits of libisofs for symbolic links (RRIP 4.1.3 has none). */
#define TARGET_MAX 1023
#define COMPONENT_MAX 255
#define YEAR_1900 INT64_C(-2208988800)
#define YEAR_2156 INT64_C(5869670400)

void
nb_entry_clear(struct nb_entry *e)
{
	free(e->path);
	free(e->target);
	free(e->root_path);
	free(e->data);
	free(e->shared);
	free(e->filters);
	for (size_t i = 0; i < e->xattrs.count; i++) {
		free(e->xattrs.at[i].name);
		free(e->xattrs.at[i].value);
	}
	nb_array_free(&e->xattrs);
	nb_array_free(&e->holes);
	memset(e, 0, sizeof *e);
}

static enum nb_err
copy_xattrs(const struct nb_xattrs *from, struct nb_xattrs *to)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct nb_xattr *x = &from->at[i];
		struct nb_xattr copy = { NULL, malloc(x->size + 1), x->size };
		enum nb_err err = copy.value ? nb_str_dup(x->name, &copy.name)
					     : nb_fail_memory();

		if (!err) {
			memcpy(copy.value, x->value, x->size);
			err = nb_array_push(to, copy);
		}
		if (err) {
			free(copy.name);
			free(copy.value);
			return err;
		}
	}
	return NB_OK;
}

enum nb_err
nb_entry_copy(const struct nb_entry *e, struct nb_entry *out)
{
	struct nb_entry copy = *e;
	enum nb_err err;

	copy.path = copy.target = copy.root_path = copy.data = NULL;
	copy.shared = copy.filters = NULL;
	memset(&copy.xattrs, 0, sizeof copy.xattrs);
	memset(&copy.holes, 0, sizeof copy.holes);
	err = nb_str_dup(e->path, &copy.path);
	if (!err)
		err = nb_str_dup(e->target, &copy.target);
	if (!err)
		err = nb_str_dup(e->root_path, &copy.root_path);
	if (!err)
		err = nb_str_dup(e->shared, &copy.shared);
	if (!err)
		err = nb_str_dup(e->filters, &copy.filters);
	if (!err)
		err = copy_xattrs(&e->xattrs, &copy.xattrs);
	for (size_t i = 0; !err && i < e->holes.count; i++)
		err = nb_array_push(&copy.holes, e->holes.at[i]);
	if (err)
		nb_entry_clear(&copy);
	else
		*out = copy;
	return err;
}

void
nb_entries_free(struct nb_entries *list)
{
	for (size_t i = 0; i < list->count; i++)
		nb_entry_clear(&list->at[i]);
	nb_array_free(list);
}

enum nb_err
nb_entries_add(struct nb_entries *list, struct nb_entry *e)
{
	enum nb_err err = nb_array_push(list, *e);

	if (err)
		nb_entry_clear(e);
	return err;
}

enum nb_err
nb_entries_add_text(struct nb_entries *list, const char *path, const char *text,
		    size_t length, int64_t mtime)
{
	struct nb_entry e = {
		.type = NB_ENTRY_FILE,
		.content = NB_CONTENT_MEMORY,
		.mode = 0444,
		.mtime = mtime,
		.size = length,
	};
	enum nb_err err;

	err = nb_str_dup(path, &e.path);
	if (err)
		return err;
	e.data = malloc(length + 1);
	if (!e.data) {
		nb_entry_clear(&e);
		return nb_fail_memory();
	}
	memcpy(e.data, text, length);
	e.data[length] = '\0';
	return nb_entries_add(list, &e);
}

enum nb_err
nb_entries_add_dir(struct nb_entries *list, const char *path, int64_t mtime)
{
	struct nb_entry e = {
		.type = NB_ENTRY_DIR,
		.mode = 0755,
		.mtime = mtime,
	};
	enum nb_err err;

	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i].path, path))
			return NB_OK;
	err = nb_str_dup(path, &e.path);
	return err ? err : nb_entries_add(list, &e);
}

bool
nb_entry_fits_disc(const struct nb_entry *e)
{
	const char *part = e->target;

	if (e->type != NB_ENTRY_SYMLINK || !part)
		return true;
	if (strlen(part) > TARGET_MAX)
		return false;
	while (*part) {
		size_t n = strcspn(part, "/");

		if (n > COMPONENT_MAX)
			return false;
		part += n + (part[n] == '/');
	}
	return true;
}

bool
nb_entry_date_fits_disc(const struct nb_entry *e)
{
	return e->mtime >= YEAR_1900 && e->mtime < YEAR_2156;
}

/* Rock Ridge separates the components of a target; it has no slash after the
 * last one.  The manifest has it. */
static bool
same_target(const char *want, const char *have)
{
	size_t n = strlen(want), m = strlen(have);

	while (n > 1 && want[n - 1] == '/')
		n--;
	while (m > 1 && have[m - 1] == '/')
		m--;
	return n == m && !memcmp(want, have, n);
}

bool
nb_entry_is_same(const struct nb_entry *want, const struct nb_entry *have)
{
	return want->type == have->type && want->mode == have->mode
		&& want->uid == have->uid && want->gid == have->gid
		&& (want->type != NB_ENTRY_FILE || want->size == have->size)
		&& (want->type != NB_ENTRY_SYMLINK
		    || same_target(want->target, have->target));
}

bool
nb_entry_is_unchanged(const struct nb_entry *a, const struct nb_entry *b)
{
	return a->inode && a->inode == b->inode && a->type == b->type
		&& a->size == b->size && a->mtime == b->mtime
		&& a->mtime_ns == b->mtime_ns && a->ctime == b->ctime
		&& a->ctime_ns == b->ctime_ns;
}

static int
by_path(const void *a, const void *b)
{
	const struct nb_entry *x = a, *y = b;

	return strcmp(x->path, y->path);
}

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
	return a->ino && a->ino == b->ino && a->dev == b->dev;
}

/* Names of one file get one number that depends only on the list. */
static enum nb_err
number_links(struct nb_entries *list)
{
	size_t *order = calloc(list->count + 1, sizeof *order), first;

	if (!order)
		return nb_fail_memory();
	for (size_t i = 0; i < list->count; i++)
		order[i] = i;
	qsort_r(order, list->count, sizeof *order, by_inode, list);
	for (size_t i = 0; i < list->count; i = first) {
		struct nb_entry key = list->at[order[i]];
		size_t number = order[i] + 1;

		for (first = i + 1; first < list->count; first++)
			if (!is_linked(&key, &list->at[order[first]]))
				break;
		for (size_t k = i; k < first; k++) {
			list->at[order[k]].dev = 0;
			list->at[order[k]].ino = first - i > 1 ? number : 0;
		}
	}
	free(order);
	return NB_OK;
}

enum nb_err
nb_entries_sort(struct nb_entries *list)
{
	if (list->count)
		qsort(list->at, list->count, sizeof *list->at, by_path);
	for (size_t i = 1; i < list->count; i++)
		if (!by_path(&list->at[i - 1], &list->at[i]))
			return nb_fail(NB_ECORRUPT,
				       "%s: is in the backup twice",
				       list->at[i].path);
	return number_links(list);
}

struct nb_entry *
nb_entries_find(const struct nb_entries *list, const char *path)
{
	struct nb_entry key = { .path = (char *)path };

	if (!list->count)
		return NULL;
	return bsearch(&key, list->at, list->count, sizeof key, by_path);
}

uint64_t
nb_entries_bytes(const struct nb_entries *list)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->at[i].type == NB_ENTRY_FILE
		    && __builtin_add_overflow(bytes, list->at[i].size, &bytes))
			return UINT64_MAX;
	return bytes;
}
