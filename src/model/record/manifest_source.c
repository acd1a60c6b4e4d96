/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/manifest_private.h"

#include <stdlib.h>
#include <string.h>

static const char *const note_names[] = {
	[NB_NOTE_TOO_LARGE] = "too-large", [NB_NOTE_CHANGED] = "changed",
	[NB_NOTE_CORRUPT] = "corrupt",     [NB_NOTE_OFF_DISC] = "off-disc",
	[NB_NOTE_DATE] = "date",           [NB_NOTE_REREAD] = "reread",
	[NB_NOTE_FLAGS] = "flags",         [NB_NOTE_XATTRS] = "xattrs",
	[NB_NOTE_LEFT_OUT] = "left-out",   [NB_NOTE_ROWS] = "rows",
	[NB_NOTE_PREPARED] = "prepared",   [NB_NOTE_OURS] = "nightburn",
	[NB_NOTE_MOUNT] = "mount",         [NB_NOTE_UNREADABLE] = "unreadable",
	[NB_NOTE_BEHIND] = "behind",
};

#define NOTES (sizeof note_names / sizeof *note_names)

enum nb_err
nb_manifest_source_note(struct nb_manifest_source *source, enum nb_note what,
			const char *path, uint64_t size)
{
	struct nb_manifest_note note = { .what = what, .size = size };
	enum nb_err err;

	if (source->notes.count >= NB_NOTES_MAX)
		return NB_OK;
	err = nb_str_dup(path, &note.path);
	if (!err)
		err = nb_array_push(&source->notes, note);
	if (err)
		free(note.path);
	return err;
}

struct nb_manifest_source *
nb_manifest_find(const struct nb_manifest *m, const char *kind,
		 const char *name)
{
	for (size_t i = 0; i < m->sources.count; i++) {
		struct nb_manifest_source *s = &m->sources.at[i];

		if (!strcmp(s->kind, kind) && !strcmp(s->name, name))
			return s;
	}
	return NULL;
}

static enum nb_err
copy_lists(const struct nb_manifest_source *from, struct nb_manifest_source *to)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < from->notes.count; i++)
		err = nb_manifest_source_note(to, from->notes.at[i].what,
					      from->notes.at[i].path,
					      from->notes.at[i].size);
	for (size_t i = 0; !err && i < from->members.count; i++) {
		struct nb_entry e;

		err = nb_entry_copy(&from->members.at[i], &e);
		if (!err)
			err = nb_entries_add(&to->members, &e);
	}
	if (!err)
		err = nb_properties_copy(&from->properties, &to->properties);
	if (!err)
		err = nb_properties_copy(&from->counts, &to->counts);
	return err ? err : nb_properties_copy(&from->identity, &to->identity);
}

enum nb_err
nb_manifest_source_copy(const struct nb_manifest_source *from,
			struct nb_manifest_source *out)
{
	struct nb_manifest_source to = {
		.bytes = from->bytes,
		.stored = from->stored,
		.excluded = from->excluded,
		.checked = from->checked,
	};
	enum nb_err err;

	err = nb_str_dup(from->kind, &to.kind);
	if (!err)
		err = nb_str_dup(from->name, &to.name);
	if (!err)
		err = nb_str_dup(from->database, &to.database);
	if (!err)
		err = nb_str_dup(from->format, &to.format);
	if (!err)
		err = nb_str_dup(from->path, &to.path);
	if (!err)
		err = nb_str_dup(from->compression, &to.compression);
	if (!err)
		err = nb_str_dup(from->server_version, &to.server_version);
	if (!err)
		err = copy_lists(from, &to);
	if (err)
		nb_manifest_source_clear(&to);
	else
		*out = to;
	return err;
}

void
nb_manifest_source_clear(struct nb_manifest_source *source)
{
	free(source->kind);
	free(source->name);
	free(source->database);
	free(source->format);
	free(source->path);
	free(source->compression);
	free(source->server_version);
	for (size_t i = 0; i < source->notes.count; i++)
		free(source->notes.at[i].path);
	nb_array_free(&source->notes);
	nb_properties_clear(&source->properties);
	nb_properties_clear(&source->counts);
	nb_properties_clear(&source->identity);
	nb_entries_free(&source->members);
	memset(source, 0, sizeof *source);
}

static void
add_optional(struct nb_str *s, const char *key, const char *value)
{
	if (!value)
		return;
	nb_str_add(s, ",");
	nb_manifest_add_bytes(s, key, value);
}

static void
add_notes(struct nb_str *s, const struct nb_manifest_notes *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct nb_manifest_note *note = &list->at[i];

		nb_str_add(s, i ? ",\n{" : ",\n\"notes\":[{");
		nb_manifest_add_bytes(s, "path", note->path);
		nb_str_addf(s, ",\"what\":\"%s\",\"size\":%llu}%s",
			    note_names[note->what],
			    (unsigned long long)note->size,
			    i + 1 < list->count ? "" : "]");
	}
}

void
nb_manifest_add_source(struct nb_str *s,
		       const struct nb_manifest_source *source)
{
	nb_str_add(s, "{");
	nb_manifest_add_bytes(s, "kind", source->kind);
	nb_str_add(s, ",");
	nb_manifest_add_bytes(s, "name", source->name);
	add_optional(s, "database", source->database);
	add_optional(s, "format", source->format);
	add_optional(s, "path", source->path);
	add_optional(s, "compression", source->compression);
	add_optional(s, "server_version", source->server_version);
	nb_str_addf(s, ",\"bytes\":%llu,\"stored\":%llu",
		    (unsigned long long)source->bytes,
		    (unsigned long long)source->stored);
	if (source->excluded)
		nb_str_addf(s, ",\"excluded\":%llu",
			    (unsigned long long)source->excluded);
	if (source->checked)
		nb_str_addf(s, ",\"checked\":%lld", (long long)source->checked);
	add_notes(s, &source->notes);
	nb_manifest_add_properties(s, &source->properties);
	nb_manifest_add_counts(s, &source->counts);
	nb_manifest_add_identity(s, &source->identity);
	nb_str_add(s, "}");
}

static bool
read_note(const json_t *object, struct nb_manifest_note *note)
{
	const char *what = json_string_value(json_object_get(object, "what"));

	for (size_t i = 0; what && i < NOTES; i++) {
		if (!strcmp(what, note_names[i])) {
			note->what = (enum nb_note)i;
			return nb_json_u64(object, "size", &note->size)
				&& nb_manifest_read_bytes(object, "path",
							  &note->path);
		}
	}
	return false;
}

static bool
read_notes(const json_t *object, struct nb_manifest_source *source)
{
	const json_t *list = json_object_get(object, "notes"), *value;
	size_t i;

	if (list && !json_is_array(list))
		return false;
	json_array_foreach(list, i, value)
	{
		struct nb_manifest_note note = { .path = NULL };

		if (!read_note(value, &note)
		    || nb_array_push(&source->notes, note)) {
			free(note.path);
			return false;
		}
	}
	return true;
}

bool
nb_manifest_read_source(const json_t *object, struct nb_manifest_source *source)
{
	return nb_manifest_read_bytes(object, "kind", &source->kind)
		&& nb_manifest_read_bytes(object, "name", &source->name)
		&& (nb_manifest_read_bytes(object, "database",
					   &source->database)
		    || nb_json_optional(object, "database", &source->database))
		&& nb_json_optional(object, "format", &source->format)
		&& (nb_manifest_read_bytes(object, "path", &source->path)
		    || nb_json_optional(object, "path", &source->path))
		&& nb_json_optional(object, "compression", &source->compression)
		&& nb_json_optional(object, "server_version",
				    &source->server_version)
		&& nb_json_u64(object, "bytes", &source->bytes)
		&& nb_json_u64(object, "stored", &source->stored)
		&& (!json_object_get(object, "excluded")
		    || nb_json_u64(object, "excluded", &source->excluded))
		&& (!json_object_get(object, "checked")
		    || nb_json_i64(object, "checked", &source->checked))
		&& read_notes(object, source)
		&& nb_manifest_read_properties(object, &source->properties)
		&& nb_manifest_read_counts(object, &source->counts)
		&& nb_manifest_read_identity(object, &source->identity);
}

static bool
is_below(const char *path, const char *of)
{
	size_t n = of ? strlen(of) : 0;

	return n && !strncmp(path, of, n) && path[n] == '/';
}

/* The members of an archive have the same paths in the catalog. */
const struct nb_entry *
nb_manifest_source_file(const struct nb_manifest_source *source,
			const struct nb_entries *files, const char *path,
			const char **within)
{
	const struct nb_entry *e;

	if (is_below(path, source->path)) {
		*within = path + strlen(source->path) + 1;
		return files ? nb_entries_find(files, path) : NULL;
	}
	if (!source->members.count || !is_below(path, source->kind))
		return NULL;
	e = nb_entries_find(&source->members, path + strlen(source->kind) + 1);
	if (e)
		*within = strchr(e->path, '/') ? strchr(e->path, '/') + 1
					       : e->path;
	return e;
}
