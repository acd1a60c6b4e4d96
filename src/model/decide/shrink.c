/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/decide/shrink.h"

#include <stdlib.h>
#include <string.h>

static bool
is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool
nb_shrink_fell(uint64_t was, uint64_t now, double ratio, uint64_t min)
{
	if (!now)
		return was > 0;
	return was >= min && (double)now < (double)was * ratio;
}

static bool
shrank(struct nb_shrink *out, enum nb_shrink_what what, uint64_t before,
       uint64_t now)
{
	out->what = what;
	out->before = before;
	out->now = now;
	return true;
}

/* Counts of NB_NOT_COUNTED are not compared. */
static bool
counts_fell(int64_t was, int64_t now, double ratio, uint64_t min)
{
	return was >= 0 && now >= 0
		&& nb_shrink_fell((uint64_t)was, (uint64_t)now, ratio, min);
}

static const char *
value_of(const struct nb_holding *h, const char *what)
{
	return nb_properties_get(&h->identity, what);
}

/* Is it another one, by what both know of it? */
static bool
is_another(const struct nb_holding *was, const struct nb_holding *now,
	   struct nb_shrink *out)
{
	for (size_t i = 0; i < was->identity.count; i++) {
		const struct nb_property *p = &was->identity.at[i];
		const char *is = value_of(now, p->what);

		if (!is || !strcmp(is, p->value))
			continue;
		out->of = p->what;
		out->had = p->value;
		out->is = (char *)(uintptr_t)is;
		return shrank(out, NB_SHRINK_OTHER, 0, 0);
	}
	return false;
}

/* The value of the file system that is mounted on PATH; NULL: unknown. */
static const char *
file_system(const struct nb_holding *h, const char *path)
{
	const size_t n = strlen(NB_IDENTITY_FILE_SYSTEM);

	for (size_t i = 0; i < h->identity.count; i++)
		if (!strncmp(h->identity.at[i].what, NB_IDENTITY_FILE_SYSTEM, n)
		    && !strcmp(h->identity.at[i].what + n, path))
			return h->identity.at[i].value;
	return NULL;
}

/* Of the same directory: is it on the same file system, which is mounted
 * elsewhere, or on one that is mounted nearer to it? */
static bool
is_moved(const struct nb_holding *was, const struct nb_holding *now)
{
	const char *old = file_system(was, was->mount);
	const char *new = file_system(now, now->mount);
	size_t n = strlen(was->mount);

	if (old && new && !strcmp(old, new))
		return true;
	n -= n == 1; /* that of "/" */
	return !strncmp(was->mount, now->mount, n) && now->mount[n] == '/';
}

/* The mount point of WAS that NOW does not have; NULL: none, or unknown. */
static char *
lost_mount(const struct nb_holding *was, const struct nb_holding *now)
{
	if (!was->mount || !now->mount)
		return NULL;
	if (strcmp(was->mount, now->mount) != 0 && !is_moved(was, now))
		return was->mount;
	for (size_t i = 0; i < was->inner.count; i++) {
		bool found = false;

		for (size_t k = 0; k < now->inner.count; k++)
			found |= !strcmp(was->inner.at[i], now->inner.at[k]);
		if (!found)
			return was->inner.at[i];
	}
	return NULL;
}

/* The rows of TABLE in NOW as text; NULL: none, or there is no such table. */
static char *
rows_of(const struct nb_holding *now, const char *table)
{
	const struct nb_property *p =
		nb_properties_find(&now->filled, table, "", "");

	return p ? p->value : NULL;
}

static bool
lost_rows(const struct nb_holding *was, const struct nb_holding *now,
	  double ratio, struct nb_shrink *out)
{
	uint64_t count = 0;

	for (size_t i = 0; now->rows >= 0 && i < was->filled.count; i++) {
		const struct nb_property *p = &was->filled.at[i];
		uint64_t rows = strtoull(p->value, NULL, 10);
		char *is = rows_of(now, p->what);

		if (rows < NB_SHRINK_ROWS_MIN
		    || !nb_shrink_fell(rows, is ? strtoull(is, NULL, 10) : 0,
				       ratio, 0))
			continue;
		if (!count++) {
			out->mount = p->what;
			out->before = rows;
			out->is = is;
		}
	}
	out->what = NB_SHRINK_EMPTIED;
	out->now = count;
	return count > 0;
}

bool
nb_shrink_of(const struct nb_holding *was, const struct nb_holding *now,
	     double ratio, struct nb_shrink *out)
{
	*out = (struct nb_shrink){ .kind = now->kind, .name = now->name };
	return ratio > 0
		&& (is_another(was, now, out)
		    || nb_shrink_less(was, now, ratio, out));
}

bool
nb_shrink_less(const struct nb_holding *was, const struct nb_holding *now,
	       double ratio, struct nb_shrink *out)
{
	*out = (struct nb_shrink){ .kind = now->kind, .name = now->name };
	if (ratio <= 0)
		return false;
	out->mount = lost_mount(was, now);
	if (out->mount)
		return shrank(out, NB_SHRINK_MOUNT, 0, 0);
	if (counts_fell(was->files, now->files, ratio, NB_SHRINK_FILES_MIN))
		return shrank(out, NB_SHRINK_FILES, (uint64_t)was->files,
			      (uint64_t)now->files);
	if (is_same(was->form, now->form)
	    && nb_shrink_fell(was->bytes, now->bytes, ratio,
			      now->form ? 0 : NB_SHRINK_BYTES_MIN))
		return shrank(out, NB_SHRINK_BYTES, was->bytes, now->bytes);
	if (was->tables > 0 && now->tables == 0)
		return shrank(out, NB_SHRINK_TABLES, (uint64_t)was->tables, 0);
	if (was->rows > 0 && now->rows == 0)
		return shrank(out, NB_SHRINK_ROWS, (uint64_t)was->rows, 0);
	return lost_rows(was, now, ratio, out);
}
