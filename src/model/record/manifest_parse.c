/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/manifest_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

/* JSON that is not in our form is accepted up to this size. */
#define WHOLE_MAX ((size_t)4 << 20)

static bool
read_sources(const json_t *root, struct nb_manifest *m)
{
	const json_t *list = json_object_get(root, "sources"), *value;
	size_t i;

	if (!json_is_array(list))
		return false;
	json_array_foreach(list, i, value)
	{
		struct nb_manifest_source source = { 0 };

		if (!nb_manifest_read_source(value, &source)
		    || nb_array_push(&m->sources, source)) {
			nb_manifest_source_clear(&source);
			return false;
		}
	}
	return true;
}

/* Its texts, of which each kind needs some. */
static bool
read_texts(const json_t *object, struct nb_shrink *s)
{
	bool mount = nb_manifest_read_bytes(object, "mount", &s->mount);
	bool of = nb_manifest_read_bytes(object, "of", &s->of);
	bool is = nb_manifest_read_bytes(object, "is", &s->is);
	bool had = nb_manifest_read_bytes(object, "had", &s->had);

	switch (s->what) {
	case NB_SHRINK_MOUNT:
	case NB_SHRINK_EMPTIED:
	case NB_SHRINK_PART:
	case NB_SHRINK_INNER:
	case NB_SHRINK_LINK:
		return mount;
	case NB_SHRINK_OTHER:
		return of && is && had;
	default:
		return true;
	}
}

static bool
read_shrink(const json_t *object, struct nb_shrink *s)
{
	const char *what = json_string_value(json_object_get(object, "what"));

	return what && nb_shrink_parse(what, &s->what)
		&& nb_manifest_read_bytes(object, "kind", &s->kind)
		&& nb_manifest_read_bytes(object, "name", &s->name)
		&& read_texts(object, s)
		&& nb_json_u64(object, "before", &s->before)
		&& nb_json_u64(object, "now", &s->now);
}

static bool
read_shrinks(const json_t *root, struct nb_manifest *m)
{
	const json_t *list = json_object_get(root, "shrunk"), *value;
	size_t i;

	if (list && !json_is_array(list))
		return false;
	json_array_foreach(list, i, value)
	{
		struct nb_shrink one = { .kind = NULL };
		bool good = read_shrink(value, &one)
			&& !nb_shrinks_add(&m->shrinks, &one);

		free(one.kind);
		free(one.name);
		free(one.mount);
		free(one.of);
		free(one.is);
		free(one.had);
		if (!good)
			return false;
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
		&& nb_json_text(root, "disc_id", m->disc_id, sizeof m->disc_id)
		&& nb_json_text(root, "host", m->host, sizeof m->host)
		&& (!json_object_get(root, "installation")
		    || nb_json_hex(root, "installation", m->installation,
				   NB_ID_HEX))
		&& read_sources(root, m) && read_shrinks(root, m);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* No path may occur twice, and whatever has members must be one of the
 * files. */
static enum nb_err
check_paths(const char *name, const struct nb_entries *list,
	    const struct nb_manifest_sources *sources)
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
			err = nb_fail(NB_ECORRUPT, "%s: %s is given twice",
				      name, paths[i]);
	for (size_t i = 0; !err && i < sources->count; i++)
		if (sources->at[i].members.count
		    && !bsearch(&sources->at[i].path, paths, list->count,
				sizeof *paths, by_text))
			err = nb_fail(NB_ECORRUPT,
				      "%s: %s has members, but is not listed",
				      name, sources->at[i].path);
	free(paths);
	return err;
}

/* Files go to the backup's list, members to that of their archive. */
struct lists {
	const char *name; /* names the text in messages */
	struct nb_manifest *manifest;
	struct nb_entries files;
	size_t count; /* of both */
	struct nb_manifest_source *last;
};

static struct nb_manifest_source *
find_archive(struct lists *lists, const char *path)
{
	struct nb_manifest_sources *all = &lists->manifest->sources;

	if (lists->last && !strcmp(lists->last->path, path))
		return lists->last;
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i].path && !strcmp(all->at[i].path, path))
			return lists->last = &all->at[i];
	return NULL;
}

static bool
read_line(const json_t *value, struct lists *lists, struct nb_entry *e,
	  struct nb_entries **to)
{
	char *archive = NULL;
	struct nb_manifest_source *source;

	*to = &lists->files;
	if (!nb_manifest_read_entry(value, e))
		return false;
	if (!json_object_get(value, "archive")
	    && !json_object_get(value, "archive_hex"))
		return true;
	if (!nb_manifest_read_bytes(value, "archive", &archive))
		return false;
	source = find_archive(lists, archive);
	free(archive);
	if (source)
		*to = &source->members;
	return source != NULL;
}

static enum nb_err
add_file(const json_t *value, struct lists *lists)
{
	struct nb_entry e = { 0 };
	struct nb_entries *to;
	enum nb_err err;

	lists->count++;
	if (read_line(value, lists, &e, &to))
		return nb_entries_add(to, &e);
	err = nb_fail(NB_ECORRUPT, "%s: file %zu%s%s: invalid entry",
		      lists->name, lists->count, e.path ? ": " : "",
		      e.path ? e.path : "");
	nb_entry_clear(&e);
	return err;
}

static enum nb_err
read_files(const json_t *root, struct lists *lists)
{
	const json_t *files = json_object_get(root, "files"), *value;
	enum nb_err err = NB_OK;
	size_t i;

	if (!json_is_array(files))
		return nb_fail(NB_ECORRUPT, "%s: the list of files is missing",
			       lists->name);
	json_array_foreach(files, i, value)
	{
		err = add_file(value, lists);
		if (err)
			return err;
	}
	return NB_OK;
}

/* One entry per line, so that a million of them never exist as JSON objects at
 * the same time. */
static enum nb_err
read_lines(const char *text, const char *end, struct lists *lists)
{
	enum nb_err err = NB_OK;

	while (!err && text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text);
		json_t *value = NULL;

		if (n <= NB_MANIFEST_LINE_MAX)
			value = json_loadb(text,
					   n && text[n - 1] == ',' ? n - 1 : n,
					   JSON_REJECT_DUPLICATES, NULL);
		err = value ? add_file(value, lists)
			    : nb_fail(NB_ECORRUPT,
				      "%s: file %zu: not a JSON "
				      "object",
				      lists->name, lists->count + 1);
		json_decref(value);
		text += n + 1;
	}
	return err;
}

/* Does it have the form in which nb_manifest_render writes it?  Then *FILES is
 * the first line of its list, *END the end of the last one. */
static bool
find_lines(const char *text, size_t length, const char **files,
	   const char **end)
{
	static const char first[] = "\n\"files\":[\n";
	const char *at = memmem(text, length, first, sizeof first - 1);
	size_t body = nb_manifest_body(text, length);

	if (!at || !body)
		return false;
	*files = at + sizeof first - 1;
	*end = text + body;
	return *files <= *end;
}

/* The object without the files of the lines from *LINES to *END; all of it if
 * there are none.  NB_ECORRUPT is not logged. */
static enum nb_err
load_head(const char *name, const char *text, size_t length, const char **lines,
	  const char **end, json_t **root)
{
	struct nb_str head = NB_STR_INIT;
	size_t max = WHOLE_MAX;
	enum nb_err err;

	*lines = *end = NULL;
	if (find_lines(text, length, lines, end)) {
		nb_str_add_bytes(&head, text, (size_t)(*lines - text));
		nb_str_add(&head, "]}");
		text = head.text;
		length = head.length;
		max = NB_MANIFEST_HEAD_MAX;
	}
	if (head.failed)
		err = nb_fail_memory();
	else if (length > max
		 || nb_json_cost(text, length) > NB_MANIFEST_HEAD_COST)
		err = NB_ECORRUPT;
	else
		err = nb_json_load(name, text, length, root);
	nb_str_free(&head);
	return err;
}

/* Appends all of FROM, or nothing.  A list of a million entries is moved, not
 * copied. */
static enum nb_err
move_entries(struct nb_entries *from, struct nb_entries *to)
{
	size_t before = to->count;

	if (!before) {
		const struct nb_entries unused = *to;

		*to = *from;
		*from = unused;
		return NB_OK;
	}
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
	struct lists lists = { .name = name, .manifest = &found };
	const char *lines, *end;
	bool recorded;
	enum nb_err err;
	json_t *root = NULL;

	err = load_head(name, text, length, &lines, &end, &root);
	if (!err && !read_head(root, &found))
		err = NB_ECORRUPT;
	if (err == NB_ECORRUPT)
		nb_fail(err, "%s: not a nightburn manifest", name);
	if (!err)
		err = read_files(root, &lists);
	recorded = json_is_true(json_object_get(root, "filters"));
	json_decref(root);
	if (!err && lines)
		err = read_lines(lines, end, &lists);
	if (!err)
		err = check_paths(name, &lists.files, &found.sources);
	if (!err && !recorded)
		err = nb_manifest_guess_filters(&found, &lists.files);
	if (!err)
		err = move_entries(&lists.files, entries);
	if (err)
		nb_manifest_clear(&found);
	else
		*m = found;
	nb_entries_free(&lists.files);
	return err;
}
