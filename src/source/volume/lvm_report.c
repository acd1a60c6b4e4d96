/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/lvm_report.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

static void
volume_clear(struct nb_lvm_volume *v)
{
	free(v->group);
	free(v->name);
	free(v->tags);
	free(v->origin);
}

void
nb_lvm_volumes_free(struct nb_lvm_volumes *list)
{
	for (size_t i = 0; i < list->count; i++)
		volume_clear(&list->at[i]);
	nb_array_free(list);
}

/* NULL if the row has no such field. */
static const char *
field(const json_t *row, const char *name)
{
	return json_string_value(json_object_get(row, name));
}

static bool
is_set(const json_t *row, const char *name)
{
	const char *text = field(row, name);

	return text && *text;
}

static bool
says(const json_t *row, const char *name, const char *what)
{
	const char *text = field(row, name);

	return text && !strcmp(text, what);
}

static bool
read_bytes(const json_t *row, const char *name, uint64_t *out)
{
	const char *text = field(row, name);
	char *end;

	if (!text || *text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return !*end && !errno;
}

/* "12.34", of which the integer part suffices: strtod depends on the locale. */
static double
read_percent(const json_t *row, const char *name)
{
	const char *text = field(row, name);

	return text ? (double)strtoul(text, NULL, 10) : 0;
}

static bool
is_thin(const json_t *row)
{
	const char *layout = field(row, "lv_layout");

	return layout && strstr(layout, "thin") && !strstr(layout, "pool");
}

static enum nb_err
take_texts(const json_t *row, struct nb_lvm_volume *v)
{
	const char *tags = field(row, "lv_tags");
	const char *origin = field(row, "origin");
	enum nb_err err = nb_str_dup(field(row, "vg_name"), &v->group);

	if (!err)
		err = nb_str_dup(field(row, "lv_name"), &v->name);
	if (!err)
		err = nb_str_dup(tags ? tags : "", &v->tags);
	if (!err)
		err = nb_str_dup(origin ? origin : "", &v->origin);
	return err;
}

static enum nb_err
take_row(const char *object, const json_t *row, struct nb_lvm_volumes *list)
{
	struct nb_lvm_volume v = {
		.active = is_set(row, "lv_active"),
		.thin = is_thin(row),
		.invalid = says(row, "lv_snapshot_invalid", "snapshot invalid"),
		.failed = says(row, "lv_health_status", "failed"),
		.used = read_percent(row, "snap_percent"),
	};
	enum nb_err err;

	if (!is_set(row, "vg_name") || !is_set(row, "lv_name")
	    || !read_bytes(row, "lv_size", &v.size)
	    || !read_bytes(row, "vg_free", &v.free))
		return nb_fail(NB_ESOURCE,
			       "%s: lvs reports a volume without "
			       "name or size",
			       object);
	err = take_texts(row, &v);
	if (!err)
		err = nb_array_push(list, v);
	if (err)
		volume_clear(&v);
	return err;
}

enum nb_err
nb_lvm_report_parse(const char *object, const char *text,
		    struct nb_lvm_volumes *list)
{
	json_error_t where;
	json_t *root = json_loads(text, 0, &where);
	json_t *report = json_array_get(json_object_get(root, "report"), 0);
	json_t *rows = json_object_get(report, "lv"), *row;
	enum nb_err err = NB_OK;
	size_t i;

	if (!root)
		err = nb_fail(NB_ESOURCE, "%s: lvs: not JSON, line %d: %s",
			      object, where.line, where.text);
	else if (!json_is_array(rows))
		err = nb_fail(NB_ESOURCE, "%s: lvs: no report of volumes",
			      object);
	else
		json_array_foreach(rows, i, row)
		{
			err = take_row(object, row, list);
			if (err)
				break;
		}
	json_decref(root);
	return err;
}

const struct nb_lvm_volume *
nb_lvm_volumes_find(const struct nb_lvm_volumes *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->at[i].name, name))
			return &list->at[i];
	return NULL;
}

bool
nb_lvm_has_tag(const struct nb_lvm_volume *volume, const char *tag)
{
	size_t n = strlen(tag);

	for (const char *p = volume->tags; *p;) {
		size_t length = strcspn(p, ",");

		if (length == n && !strncmp(p, tag, n))
			return true;
		p += length + (p[length] == ',');
	}
	return false;
}
