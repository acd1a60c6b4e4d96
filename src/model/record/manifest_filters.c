/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filters of a file, as the manifest records them. */
#include <string.h>

#include "model/record/filter_list.h"
#include "model/record/manifest_private.h"

bool
nb_manifest_read_filters(const json_t *object, struct nb_entry *e)
{
	if (!nb_filter_list_parse(object, &e->filters))
		return false;
	if (!e->filters)
		return !json_object_get(object, "filters")
			|| e->type == NB_ENTRY_FILE;
	e->plain = NB_PLAIN_UNKNOWN;
	return e->type == NB_ENTRY_FILE
		&& (!json_object_get(object, "plain_size")
		    || nb_json_u64(object, "plain_size", &e->plain));
}

static const struct {
	const char *ending, *filter;
} endings[] = {
	{ ".gz", "gzip" },
	{ ".zst", "zstd" },
};

/* From the suffix of PATH, or NULL. */
static const char *
filter_of(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t k = strlen(endings[i].ending);

		if (n > k && !strcmp(path + n - k, endings[i].ending))
			return endings[i].filter;
	}
	return NULL;
}

/* Is E a file that S compressed: a dump, a packed tree, or the start of a disk?
 * Any other file with such a name had it before.  The kinds are those of the
 * versions that did not record filters (doc/disc-format.md), so none will be
 * added. */
static bool
was_compressed_by(const struct nb_entry *e, const struct nb_manifest_source *s)
{
	size_t n = s->path ? strlen(s->path) : 0;

	if (!n)
		return false;
	if (!strcmp(s->kind, "bootarea"))
		return !strncmp(e->path, s->path, n)
			&& !strcmp(e->path + n, "/start.img.zst");
	return !strcmp(e->path, s->path)
		&& (!strcmp(s->kind, "postgres")
		    || nb_manifest_source_is_archive(s));
}

/* The size of a dump is that of its source; the size of an archive is
 * unknown. */
static enum nb_err
guess(const struct nb_manifest *m, const char *filter, struct nb_entry *e)
{
	for (size_t i = 0; i < m->sources.count; i++) {
		const struct nb_manifest_source *s = &m->sources.at[i];

		if (!was_compressed_by(e, s))
			continue;
		e->plain =
			s->database && s->bytes ? s->bytes : NB_PLAIN_UNKNOWN;
		return nb_str_dup(filter, &e->filters);
	}
	return NB_OK;
}

enum nb_err
nb_manifest_guess_filters(const struct nb_manifest *m, struct nb_entries *files)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < files->count; i++) {
		struct nb_entry *e = &files->at[i];
		const char *filter =
			e->type == NB_ENTRY_FILE ? filter_of(e->path) : NULL;

		if (filter)
			err = guess(m, filter, e);
	}
	return err;
}
