/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/manifest_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "model/json.h"

static bool
read_sources(const json_t *root, struct nb_manifest *m)
{
	const json_t *list = json_object_get(root, "sources"), *value;
	size_t i;

	if (!json_is_array(list))
		return false;
	json_array_foreach(list, i, value) {
		struct nb_manifest_source source = { 0 };

		if (!nb_manifest_read_source(value, &source)
		    || nb_array_push(&m->sources, source)) {
			nb_manifest_source_clear(&source);
			return false;
		}
	}
	return true;
}

static bool
read_head(const json_t *root, struct nb_manifest *m)
{
	int64_t version;

	return nb_json_i64(root, "nightburn_manifest", &version)
		&& version == NB_MANIFEST_VERSION
		&& nb_json_text(root, "backup_id", m->backup_id,
				sizeof m->backup_id)
		&& m->backup_id[0] && nb_path_is_safe(m->backup_id)
		&& !strchr(m->backup_id, '/')
		&& nb_json_u64(root, "generation", &m->generation)
		&& nb_json_i64(root, "created", &m->created)
		&& nb_json_text(root, "job", m->job, sizeof m->job)
		&& nb_json_text(root, "pool", m->pool, sizeof m->pool)
		&& nb_json_text(root, "disc", m->disc, sizeof m->disc)
		&& nb_json_text(root, "disc_id", m->disc_id,
				sizeof m->disc_id)
		&& nb_json_text(root, "host", m->host, sizeof m->host)
		&& read_sources(root, m);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* No path may stand twice. */
static enum nb_err
check_doubled(const char *name, const struct nb_entries *list)
{
	char **paths = calloc(list->count + 1, sizeof *paths);
	enum nb_err err = NB_OK;

	if (!paths)
		return nb_fail_memory();
	for (size_t i = 0; i < list->count; i++)
		paths[i] = list->at[i].path;
	qsort(paths, list->count, sizeof *paths, by_text);
	for (size_t i = 1; !err && i < list->count; i++)
		if (!strcmp(paths[i - 1], paths[i]))
			err = nb_fail(NB_ECORRUPT, "%s: %s stands twice",
				      name, paths[i]);
	free(paths);
	return err;
}

static enum nb_err
read_files(const char *name, const json_t *root, struct nb_entries *list)
{
	const json_t *files = json_object_get(root, "files"), *value;
	enum nb_err err = NB_OK;
	size_t i;

	if (!json_is_array(files))
		return nb_fail(NB_ECORRUPT, "%s: no list of files", name);
	json_array_foreach(files, i, value) {
		struct nb_entry e = { 0 };

		if (!nb_manifest_read_entry(value, &e)) {
			err = nb_fail(NB_ECORRUPT, "%s: file %zu%s%s: not "
				      "a sound entry", name, i + 1,
				      e.path ? ": " : "",
				      e.path ? e.path : "");
			nb_entry_clear(&e);
			return err;
		}
		err = nb_entries_add(list, &e);
		if (err)
			return err;
	}
	return check_doubled(name, list);
}

/* All of FROM, or nothing. */
static enum nb_err
move_entries(struct nb_entries *from, struct nb_entries *to)
{
	size_t before = to->count;

	for (size_t i = 0; i < from->count; i++) {
		if (nb_array_push(to, from->at[i])) {
			to->count = before;
			return NB_ENOMEM;
		}
	}
	from->count = 0;
	return NB_OK;
}

enum nb_err
nb_manifest_parse(const char *name, const char *text, size_t length,
		  struct nb_manifest *m, struct nb_entries *entries)
{
	struct nb_manifest found = { 0 };
	struct nb_entries list = NB_ARRAY_INIT;
	enum nb_err err;
	json_t *root;

	err = nb_json_load(name, text, length, &root);
	if (err)
		return err;
	if (!read_head(root, &found))
		err = nb_fail(NB_ECORRUPT, "%s: not a manifest of nightburn",
			      name);
	else
		err = read_files(name, root, &list);
	json_decref(root);
	if (!err)
		err = move_entries(&list, entries);
	if (err)
		nb_manifest_clear(&found);
	else
		*m = found;
	nb_entries_free(&list);
	return err;
}
