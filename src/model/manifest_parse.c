/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/path.h"
#include "base/str.h"
#include "model/json.h"

/* A disc may say anything: of JSON that is not in our form so much is taken at
 * once, and of a line, which has a path, a target and some numbers. */
#define WHOLE_MAX ((size_t)4 << 20)
#define LINE_MAX_BYTES ((size_t)256 << 10)

/* Bytes from "KEY" or "KEY_hex", in fresh memory; a NUL among them is false. */
static bool
read_bytes(const json_t *object, const char *key, char **out)
{
	const char *text = json_string_value(json_object_get(object, key));
	char hex_key[32];
	uint8_t *bytes;
	size_t n;

	if (text) {
		*out = strdup(text);
		return *out != NULL;
	}
	strcpy(hex_key, key);
	strcat(hex_key, "_hex");
	text = json_string_value(json_object_get(object, hex_key));
	if (!text)
		return false;
	n = strlen(text) / 2;
	bytes = calloc(1, n + 1);
	if (!bytes || !nb_unhex(text, n, bytes)
	    || memchr(bytes, 0, n)) {
		free(bytes);
		return false;
	}
	*out = (char *)bytes;
	return true;
}

static bool
read_mode(const json_t *object, mode_t *mode)
{
	const char *text = json_string_value(json_object_get(object, "mode"));
	unsigned long value;
	char *end;

	if (!text || !*text || strspn(text, "01234567") != strlen(text))
		return false;
	value = strtoul(text, &end, 8);
	*mode = (mode_t)value;
	return value <= 07777;
}

static bool
read_id(const json_t *object, const char *key, uint32_t *out)
{
	uint64_t value;

	if (!nb_json_u64(object, key, &value) || value > UINT32_MAX)
		return false;
	*out = (uint32_t)value;
	return true;
}

/* A number, or its digits as text where it is beyond INT64_MAX. */
static bool
read_number(const json_t *object, const char *key, uint64_t *out)
{
	const char *text = json_string_value(json_object_get(object, key));
	unsigned long long value;

	if (!text)
		return nb_json_u64(object, key, out);
	if (!*text || strspn(text, "0123456789") != strlen(text))
		return false;
	errno = 0;
	value = strtoull(text, NULL, 10);
	*out = value;
	return errno == 0 && value > INT64_MAX;
}

static bool
read_hash(const json_t *object, struct nb_entry *e)
{
	static const uint8_t unknown[NB_SHA256_SIZE];
	char hex[NB_SHA256_HEX + 1];

	if (!nb_json_hex(object, "sha256", hex, NB_SHA256_HEX))
		return false;
	nb_unhex(hex, NB_SHA256_SIZE, e->sha256);
	e->hashed = memcmp(e->sha256, unknown, sizeof unknown) != 0;
	return true;
}

static bool
read_special(const json_t *object, struct nb_entry *e)
{
	uint32_t number[2];

	switch (e->type) {
	case NB_ENTRY_FILE:
		return nb_json_u64(object, "size", &e->size)
			&& read_hash(object, e);
	case NB_ENTRY_SYMLINK:
		return read_bytes(object, "target", &e->target);
	case NB_ENTRY_CHAR:
	case NB_ENTRY_BLOCK:
		if (!read_id(object, "major", &number[0])
		    || !read_id(object, "minor", &number[1]))
			return false;
		e->rdev = makedev(number[0], number[1]);
		return true;
	default:
		return true;
	}
}

static bool
read_entry(const json_t *object, struct nb_entry *e)
{
	const char *type = json_string_value(json_object_get(object, "type"));

	if (json_object_get(object, "ino")
	    && (!read_number(object, "ino", &e->ino)
		|| !read_number(object, "dev", &e->dev)))
		return false;
	return type && nb_entry_type_parse(type, &e->type)
		&& read_bytes(object, "path", &e->path)
		&& nb_path_is_safe(e->path)
		&& read_mode(object, &e->mode)
		&& read_id(object, "uid", &e->uid)
		&& read_id(object, "gid", &e->gid)
		&& nb_json_i64(object, "mtime", &e->mtime)
		&& read_special(object, e);
}

static bool
read_source(const json_t *object, struct nb_manifest_source *source)
{
	return read_bytes(object, "kind", &source->kind)
		&& read_bytes(object, "name", &source->name)
		&& (read_bytes(object, "database", &source->database)
		    || nb_json_optional(object, "database",
					&source->database))
		&& nb_json_optional(object, "format", &source->format)
		&& (read_bytes(object, "path", &source->path)
		    || nb_json_optional(object, "path", &source->path))
		&& nb_json_optional(object, "compression",
				    &source->compression)
		&& nb_json_optional(object, "server_version",
				    &source->server_version)
		&& nb_json_u64(object, "bytes", &source->bytes)
		&& nb_json_u64(object, "stored", &source->stored);
}

static bool
read_sources(const json_t *root, struct nb_manifest *m)
{
	const json_t *list = json_object_get(root, "sources"), *value;
	size_t i;

	if (!json_is_array(list))
		return false;
	json_array_foreach(list, i, value) {
		struct nb_manifest_source source = { 0 };

		if (!read_source(value, &source)
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
add_file(const char *name, const json_t *value, struct nb_entries *list)
{
	struct nb_entry e = { 0 };
	enum nb_err err;

	if (read_entry(value, &e))
		return nb_entries_add(list, &e);
	err = nb_fail(NB_ECORRUPT, "%s: file %zu%s%s: not a sound entry",
		      name, list->count + 1, e.path ? ": " : "",
		      e.path ? e.path : "");
	nb_entry_clear(&e);
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
		err = add_file(name, value, list);
		if (err)
			return err;
	}
	return NB_OK;
}

/* One entry a line: a million of them never are JSON objects all at once. */
static enum nb_err
read_lines(const char *name, const char *text, const char *end,
	   struct nb_entries *list)
{
	enum nb_err err = NB_OK;

	while (!err && text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((eol ? eol : end) - text);
		json_t *value = NULL;

		if (n <= LINE_MAX_BYTES)
			value = json_loadb(text, n && text[n - 1] == ','
					   ? n - 1 : n,
					   JSON_REJECT_DUPLICATES, NULL);
		err = value ? add_file(name, value, list)
			: nb_fail(NB_ECORRUPT, "%s: file %zu: not a JSON "
				  "object", name, list->count + 1);
		json_decref(value);
		text += n + 1;
	}
	return err;
}

/* Is it in the form that nb_manifest_render gives it?  Then *FILES is the
 * first line of its list, *END behind the last one. */
static bool
find_lines(const char *text, size_t length, const char **files,
	   const char **end)
{
	static const char first[] = "\n\"files\":[\n", last[] = "\n]}\n";
	const char *at = memmem(text, length, first, sizeof first - 1);

	if (!at || length < sizeof last - 1
	    || memcmp(text + length - (sizeof last - 1), last,
		      sizeof last - 1))
		return false;
	*files = at + sizeof first - 1;
	*end = text + length - (sizeof last - 1);
	return *files <= *end;
}

/* The object without the files that *LINES to *END are; no lines: all. */
static enum nb_err
load_head(const char *name, const char *text, size_t length,
	  const char **lines, const char **end, json_t **root)
{
	struct nb_str head = NB_STR_INIT;
	enum nb_err err;

	*lines = *end = NULL;
	if (find_lines(text, length, lines, end)) {
		nb_str_add_bytes(&head, text, (size_t)(*lines - text));
		nb_str_add(&head, "]}");
		text = head.text;
		length = head.length;
	}
	if (head.failed)
		err = nb_fail_memory();
	else if (length > WHOLE_MAX)
		err = nb_fail(NB_ECORRUPT, "%s: not a manifest of nightburn",
			      name);
	else
		err = nb_json_load(name, text, length, root);
	nb_str_free(&head);
	return err;
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
	const char *lines, *end;
	enum nb_err err;
	json_t *root;

	err = load_head(name, text, length, &lines, &end, &root);
	if (err)
		return err;
	if (!read_head(root, &found))
		err = nb_fail(NB_ECORRUPT, "%s: not a manifest of nightburn",
			      name);
	else
		err = read_files(name, root, &list);
	json_decref(root);
	if (!err && lines)
		err = read_lines(name, lines, end, &list);
	if (!err)
		err = check_doubled(name, &list);
	if (!err)
		err = move_entries(&list, entries);
	if (err)
		nb_manifest_clear(&found);
	else
		*m = found;
	nb_entries_free(&list);
	return err;
}
