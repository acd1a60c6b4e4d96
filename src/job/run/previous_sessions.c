/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/previous_sessions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* Far above what a million files need; a bound against nonsense on a disc. */
#define TEXT_MAX ((size_t)1 << 30)

/* The newest session's label and manifest move aside (nb_image_new). */
static enum nb_err
move_aside(struct nb_entry *e, const char *backup_id)
{
	char *moved;
	enum nb_err err;

	if (strcmp(e->path, NB_LABEL_PATH) && strcmp(e->path, NB_MANIFEST_PATH))
		return NB_OK;
	err = nb_str_format(&moved, "nightburn/%s/%s", backup_id,
			    strrchr(e->path, '/') + 1);
	if (!err) {
		free(e->path);
		e->path = moved;
	}
	return err;
}

enum nb_err
nb_disc_text(struct nb_blocks *blocks, uint32_t start, const char *path,
	     char **text, size_t *length)
{
	enum nb_err err =
		nb_reader_file(blocks, start, path, TEXT_MAX, text, length);

	return err != NB_ENOTFOUND
		? err
		: nb_fail(NB_ECORRUPT, "%s: missing on the disc", path);
}

static int
newest_first(const void *a, const void *b)
{
	const struct nb_manifest *x = a, *y = b;

	if (x->generation != y->generation)
		return x->generation < y->generation ? 1 : -1;
	return x->created < y->created ? 1 : x->created > y->created ? -1 : 0;
}

/* Is M, of the job that is being written, newer than the base so far? */
static bool
is_base(const struct nb_session *s, const struct nb_manifest *m)
{
	if (strcmp(m->job, s->manifest.job))
		return false;
	for (size_t i = 0; i < s->earlier.count; i++)
		if (!strcmp(s->earlier.at[i].backup_id, s->base_id))
			return newest_first(&s->earlier.at[i], m) > 0;
	return true;
}

static enum nb_err
load_manifest(struct nb_blocks *blocks, uint32_t start, const char *path,
	      struct nb_session *s)
{
	struct nb_entries entries = NB_ARRAY_INIT;
	struct nb_manifest m = { 0 };
	enum nb_err err;
	char *text;
	size_t length;

	err = nb_disc_text(blocks, start, path, &text, &length);
	if (err)
		return err;
	err = nb_manifest_parse(path, text, length, &m, &entries);
	free(text);
	if (err)
		return err;
	if (is_base(s, &m)) {
		nb_entries_free(&s->base);
		s->base = entries;
		memcpy(s->base_id, m.backup_id, sizeof s->base_id);
	} else {
		nb_entries_free(&entries);
	}
	err = nb_array_push(&s->earlier, m);
	if (err)
		nb_manifest_clear(&m);
	return err;
}

static enum nb_err
load_manifests(struct nb_blocks *blocks, uint32_t start, struct nb_session *s)
{
	enum nb_err err = load_manifest(blocks, start, NB_MANIFEST_PATH, s);

	for (size_t i = 0; !err && i < s->kept.count; i++)
		if (nb_manifest_is_earlier(s->kept.at[i].path))
			err = load_manifest(blocks, start, s->kept.at[i].path,
					    s);
	if (!err)
		qsort(s->earlier.at, s->earlier.count, sizeof *s->earlier.at,
		      newest_first);
	return err ? err : nb_entries_sort(&s->base);
}

enum nb_err
nb_previous_sessions_load(const struct nb_inspection *look,
			  struct nb_blocks *blocks, struct nb_session *s)
{
	uint32_t start = nb_inspect_start(look);
	enum nb_err err;
	char *text;
	size_t length;

	err = nb_disc_text(blocks, start, NB_SUMS_PATH, &text, &length);
	if (err)
		return err;
	err = nb_sums_load(NB_SUMS_PATH, text, length, &s->kept);
	free(text);
	if (!err)
		err = load_manifests(blocks, start, s);
	for (size_t i = 0; !err && i < s->kept.count; i++)
		err = move_aside(&s->kept.at[i], look->label.backup_id);
	return err;
}

void
nb_previous_sessions_replace(struct nb_session *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->kept.count; i++) {
		struct nb_entry *e = &s->kept.at[i];

		if (nb_entries_find(&s->entries, e->path))
			nb_entry_clear(e);
		else
			s->kept.at[n++] = *e;
	}
	s->kept.count = n;
}
