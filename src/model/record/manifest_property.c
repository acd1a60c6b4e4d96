/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/manifest_private.h"

#include <stdlib.h>
#include <string.h>

#define PARTS 5

/* Its strings, in the order of part_names. */
static void
parts_of(struct nb_property *p, char **parts[PARTS])
{
	parts[0] = &p->what;
	parts[1] = &p->role;
	parts[2] = &p->name;
	parts[3] = &p->value;
	parts[4] = &p->grantor;
}

/* The key of a list in a manifest, and the keys of its parts; NULL: it has no
 * such part. */
struct keys {
	const char *list;
	const char *parts[PARTS];
};

static const struct keys of_properties = {
	"properties", { "what", "role", "name", "value", "grantor" }
};
static const struct keys of_counts = {
	"counts", { "what", "schema", "name", "value", NULL }
};
static const struct keys of_identity = {
	"identity", { "what", NULL, NULL, "value", NULL }
};

/* These are always there; the others only if they are not empty. */
static bool
is_required(size_t part)
{
	return part == 0 || part == 3;
}

static void
clear(struct nb_property *p)
{
	free(p->what);
	free(p->role);
	free(p->name);
	free(p->value);
	free(p->grantor);
}

enum nb_err
nb_properties_add(struct nb_properties *list,
		  const struct nb_property *property)
{
	struct nb_property from = *property, own = { .what = NULL };
	char **texts[PARTS], **copies[PARTS];
	enum nb_err err = NB_OK;

	parts_of(&from, texts);
	parts_of(&own, copies);
	for (size_t i = 0; !err && i < PARTS; i++)
		err = nb_str_dup(*texts[i] ? *texts[i] : "", copies[i]);
	if (!err)
		err = nb_array_push(list, own);
	if (err)
		clear(&own);
	return err;
}

enum nb_err
nb_properties_copy(const struct nb_properties *from, struct nb_properties *to)
{
	enum nb_err err = NB_OK;

	for (size_t i = 0; !err && i < from->count; i++)
		err = nb_properties_add(to, &from->at[i]);
	return err;
}

const char *
nb_properties_get(const struct nb_properties *list, const char *what)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i].what, what))
			return list->at[i].value;
	return NULL;
}

static int
compare(const void *a, const void *b)
{
	const struct nb_property *p = a, *q = b;
	int order = strcmp(p->what, q->what);

	if (!order)
		order = strcmp(p->role, q->role);
	return order ? order : strcmp(p->name, q->name);
}

void
nb_properties_sort(struct nb_properties *list)
{
	if (list->count)
		qsort(list->at, list->count, sizeof *list->at, compare);
}

const struct nb_property *
nb_properties_find(const struct nb_properties *list, const char *what,
		   const char *role, const char *name)
{
	const struct nb_property wanted = { .what = (char *)(uintptr_t)what,
					    .role = (char *)(uintptr_t)role,
					    .name = (char *)(uintptr_t)name };

	return list->count ? bsearch(&wanted, list->at, list->count,
				     sizeof *list->at, compare)
			   : NULL;
}

void
nb_properties_clear(struct nb_properties *list)
{
	for (size_t i = 0; i < list->count; i++)
		clear(&list->at[i]);
	nb_array_free(list);
}

static void
add_list(struct nb_str *s, const struct keys *keys,
	 const struct nb_properties *list)
{
	for (size_t i = 0; i < list->count; i++) {
		char **parts[PARTS];

		parts_of(&list->at[i], parts);
		if (i)
			nb_str_add(s, ",\n{");
		else
			nb_str_addf(s, ",\n\"%s\":[{", keys->list);
		for (size_t k = 0; k < PARTS; k++) {
			if (!keys->parts[k] || (!**parts[k] && !is_required(k)))
				continue;
			nb_str_add(s, k ? "," : "");
			nb_manifest_add_bytes(s, keys->parts[k], *parts[k]);
		}
		nb_str_add(s, i + 1 < list->count ? "}" : "}]");
	}
}

void
nb_manifest_add_properties(struct nb_str *s, const struct nb_properties *list)
{
	add_list(s, &of_properties, list);
}

void
nb_manifest_add_counts(struct nb_str *s, const struct nb_properties *list)
{
	add_list(s, &of_counts, list);
}

void
nb_manifest_add_identity(struct nb_str *s, const struct nb_properties *list)
{
	add_list(s, &of_identity, list);
}

static bool
read_property(const json_t *object, const struct keys *keys,
	      struct nb_property *p)
{
	char **parts[PARTS];

	parts_of(p, parts);
	for (size_t k = 0; k < PARTS; k++) {
		if (keys->parts[k]
		    && nb_manifest_read_bytes(object, keys->parts[k], parts[k]))
			continue;
		if (is_required(k) || nb_str_dup("", parts[k]))
			return false;
	}
	return true;
}

static bool
read_list(const json_t *object, const struct keys *keys,
	  struct nb_properties *list)
{
	const json_t *all = json_object_get(object, keys->list), *value;
	size_t i;

	if (all && !json_is_array(all))
		return false;
	json_array_foreach(all, i, value)
	{
		struct nb_property p = { .what = NULL };

		if (!read_property(value, keys, &p) || nb_array_push(list, p)) {
			clear(&p);
			return false;
		}
	}
	return true;
}

bool
nb_manifest_read_properties(const json_t *object, struct nb_properties *list)
{
	return read_list(object, &of_properties, list);
}

bool
nb_manifest_read_counts(const json_t *object, struct nb_properties *list)
{
	return read_list(object, &of_counts, list);
}

bool
nb_manifest_read_identity(const json_t *object, struct nb_properties *list)
{
	return read_list(object, &of_identity, list);
}
