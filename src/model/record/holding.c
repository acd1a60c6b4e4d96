/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/holding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

/* ---- holdings ---- */

static bool
is_dump(const struct nb_manifest_source *source)
{
	return source->format && !nb_manifest_source_is_archive(source);
}

/* Counts E, which is no copy of a file if not all of that could be read. */
static void
count_one(const struct nb_entry *e, struct nb_holding *h)
{
	if (e->lost) {
		h->lost++;
		h->lost_bytes += e->size;
	} else {
		h->files += e->type != NB_ENTRY_DIR;
	}
}

static void
count_members(const struct nb_entries *members, struct nb_holding *h)
{
	h->files = 0;
	for (size_t i = 0; i < members->count; i++)
		count_one(&members->at[i], h);
}

static void
count_beneath(const struct nb_entries *entries, const char *path,
	      struct nb_holding *h)
{
	size_t n = strlen(path);

	h->files = 0;
	for (size_t i = 0; i < entries->count; i++) {
		const struct nb_entry *e = &entries->at[i];

		if (!strncmp(e->path, path, n) && e->path[n] == '/')
			count_one(e, h);
	}
}

/* If anything was counted, the number of tables is that of their rows. */
static enum nb_err
count_tables(const struct nb_properties *counts, struct nb_holding *h)
{
	enum nb_err err = NB_OK;

	if (counts->count)
		h->tables = h->rows = 0;
	for (size_t i = 0; !err && i < counts->count; i++) {
		const struct nb_property *p = &counts->at[i];
		char *name = NULL;

		if (strcmp(p->what, "rows"))
			continue;
		h->tables++;
		h->rows += strtoll(p->value, NULL, 10);
		if (!strcmp(p->value, "0"))
			continue;
		err = nb_str_format(&name, "%s.%s", p->role, p->name);
		if (!err)
			err = nb_identity_add(&h->filled, "", name, p->value);
		free(name);
	}
	if (!err)
		nb_properties_sort(&h->filled);
	return err;
}

static void
clear(struct nb_holding *h)
{
	free(h->kind);
	free(h->name);
	free(h->form);
	free(h->mount);
	nb_names_free(&h->inner);
	nb_properties_clear(&h->identity);
	nb_properties_clear(&h->filled);
}

static enum nb_err
take_mounts(const struct nb_properties *properties, struct nb_holding *h)
{
	enum nb_err err = nb_str_dup(
		nb_properties_get(properties, NB_PROPERTY_MOUNT), &h->mount);

	for (size_t i = 0; !err && i < properties->count; i++)
		if (!strcmp(properties->at[i].what, NB_PROPERTY_INNER_MOUNT))
			err = nb_names_add(&h->inner, "%s",
					   properties->at[i].value);
	return err;
}

static enum nb_err
take_one(const struct nb_manifest_source *source,
	 const struct nb_entries *entries, struct nb_holding *h)
{
	const char *with = source->compression ? source->compression : "none";
	enum nb_err err = nb_str_dup(source->kind, &h->kind);

	h->bytes = source->bytes;
	h->database = source->database != NULL;
	h->files = h->tables = h->rows = NB_NOT_COUNTED;
	if (!err)
		err = nb_str_dup(source->name, &h->name);
	if (!err)
		err = take_mounts(&source->properties, h);
	if (!err)
		err = nb_properties_copy(&source->identity, &h->identity);
	if (!err && is_dump(source))
		err = nb_str_format(&h->form, "%s %s", source->format, with);
	if (!err && is_dump(source))
		err = count_tables(&source->counts, h);
	else if (source->format)
		count_members(&source->members, h);
	else if (source->path)
		count_beneath(entries, source->path, h);
	h->bytes -= h->lost_bytes < h->bytes ? h->lost_bytes : h->bytes;
	return err;
}

enum nb_err
nb_holdings_take(const struct nb_manifest *m, const struct nb_entries *entries,
		 struct nb_holdings *out)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < m->sources.count; i++) {
		struct nb_holding h = { .kind = NULL };

		err = take_one(&m->sources.at[i], entries, &h);
		if (!err)
			err = nb_array_push(out, h);
		if (err)
			clear(&h);
	}
	return err;
}

const struct nb_holding *
nb_holdings_find(const struct nb_holdings *list, const char *kind,
		 const char *name, bool database)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i].kind, kind)
		    && !strcmp(list->at[i].name, name)
		    && list->at[i].database == database)
			return &list->at[i];
	return NULL;
}

void
nb_holdings_free(struct nb_holdings *list)
{
	for (size_t i = 0; i < list->count; i++)
		clear(&list->at[i]);
	nb_array_free(list);
}

enum nb_err
nb_identity_add(struct nb_properties *list, const char *what, const char *name,
		const char *value)
{
	struct nb_property p = { .value = (char *)(uintptr_t)value };
	enum nb_err err;

	if (!value || strpbrk(value, "\t\n") || strpbrk(name, "\t\n"))
		return NB_OK;
	err = nb_str_format(&p.what, "%s%s", what, name);
	if (!err)
		err = nb_properties_add(list, &p);
	free(p.what);
	return err;
}

/* ---- shrinks ---- */

static void
clear_shrink(struct nb_shrink *shrink)
{
	free(shrink->kind);
	free(shrink->name);
	free(shrink->mount);
	free(shrink->of);
	free(shrink->is);
	free(shrink->had);
}

enum nb_err
nb_shrinks_add(struct nb_shrinks *list, const struct nb_shrink *shrink)
{
	struct nb_shrink own = { .what = shrink->what,
				 .before = shrink->before,
				 .now = shrink->now };
	enum nb_err err = nb_str_dup(shrink->kind, &own.kind);

	if (!err)
		err = nb_str_dup(shrink->name, &own.name);
	if (!err)
		err = nb_str_dup(shrink->mount, &own.mount);
	if (!err)
		err = nb_str_dup(shrink->of, &own.of);
	if (!err)
		err = nb_str_dup(shrink->is, &own.is);
	if (!err)
		err = nb_str_dup(shrink->had, &own.had);
	if (!err)
		err = nb_array_push(list, own);
	if (err)
		clear_shrink(&own);
	return err;
}

enum nb_err
nb_shrinks_copy(const struct nb_shrinks *from, struct nb_shrinks *to)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < from->count; i++)
		err = nb_shrinks_add(to, &from->at[i]);
	return err;
}

bool
nb_shrinks_have(const struct nb_shrinks *list, const struct nb_holding *holding)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->at[i].what != NB_SHRINK_OTHER
		    && !strcmp(list->at[i].kind, holding->kind)
		    && !strcmp(list->at[i].name, holding->name))
			return true;
	return false;
}

void
nb_shrinks_free(struct nb_shrinks *list)
{
	for (size_t i = 0; i < list->count; i++)
		clear_shrink(&list->at[i]);
	nb_array_free(list);
}

static const char *const names[] = {
	[NB_SHRINK_GONE] = "gone",           [NB_SHRINK_MOUNT] = "mount",
	[NB_SHRINK_FILES] = "files",         [NB_SHRINK_BYTES] = "bytes",
	[NB_SHRINK_TABLES] = "tables",       [NB_SHRINK_ROWS] = "rows",
	[NB_SHRINK_CONTENT] = "content",     [NB_SHRINK_LOST] = "lost",
	[NB_SHRINK_PART] = "part",           [NB_SHRINK_OTHER] = "other",
	[NB_SHRINK_NAMES] = "names",         [NB_SHRINK_EMPTIED] = "emptied",
	[NB_SHRINK_REWRITTEN] = "rewritten", [NB_SHRINK_INNER] = "inner",
	[NB_SHRINK_LINK] = "link",
};

const char *
nb_shrink_name(enum nb_shrink_what what)
{
	return names[what];
}

bool
nb_shrink_parse(const char *name, enum nb_shrink_what *what)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(name, names[i]))
			continue;
		*what = (enum nb_shrink_what)i;
		return true;
	}
	return false;
}
