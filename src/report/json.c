/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <jansson.h>
#include <string.h>
#include <time.h>

#include "report/report.h"

static json_t *make_object(const struct nb_record *record, const void *row);

static json_t *
make_date(int64_t date)
{
	time_t seconds = (time_t)date;
	char text[32];
	struct tm tm;

	if (date && gmtime_r(&seconds, &tm)
	    && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return json_string(text);
	return json_null();
}

/* A name that is not UTF-8, in hex as KEY_hex. */
static int
set_hex(json_t *object, const char *name, const char *bytes)
{
	struct nb_str key = NB_STR_INIT, hex = NB_STR_INIT;
	int failed = -1;

	nb_str_addf(&key, "%s_hex", name);
	for (const char *p = bytes; *p; p++)
		nb_str_addf(&hex, "%02x", (unsigned char)*p);
	if (!key.failed && !hex.failed)
		failed = json_object_set_new(object, key.text,
					     json_string(hex.text));
	nb_str_free(&key);
	nb_str_free(&hex);
	return failed;
}

static json_t *
make_value(const struct nb_value *value)
{
	switch (value->type) {
	case NB_COLUMN_TEXT:
	case NB_COLUMN_WORD:
		return value->text ? json_string(value->text) : json_null();
	case NB_COLUMN_DATE:
		return make_date(value->number);
	case NB_COLUMN_MODE:
		return json_sprintf("%04o", (unsigned int)value->number);
	case NB_COLUMN_BOOL:
		return json_boolean(value->number);
	default:
		return json_integer(value->number);
	}
}

static json_t *
make_list(const struct nb_column *c, const void *row)
{
	json_t *list = json_array();
	const void *item;

	for (size_t i = 0; list && (item = c->item(row, i)); i++) {
		if (json_array_append_new(list, make_object(c->record, item))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static int
set_column(json_t *object, const struct nb_column *c, const void *row)
{
	struct nb_value value;
	const void *item;

	if (c->type == NB_COLUMN_LIST)
		return json_object_set_new(object, c->name, make_list(c, row));
	if (c->type == NB_COLUMN_RECORD) {
		item = c->item(row, 0);
		return json_object_set_new(object, c->name,
					   item ? make_object(c->record, item)
						: json_null());
	}
	value = nb_column_value(c, row);
	if (value.text && !nb_str_is_utf8(value.text, strlen(value.text)))
		return set_hex(object, c->name, value.text);
	return json_object_set_new(object, c->name, make_value(&value));
}

/* NULL: out of memory. */
static json_t *
make_object(const struct nb_record *record, const void *row)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < record->count; i++) {
		if (set_column(object, &record->columns[i], row)) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static int
add(const char *text, size_t n, void *ctx)
{
	nb_str_add_bytes(ctx, text, n);
	return 0;
}

static void
dump(struct nb_str *s, json_t *object)
{
	if (!object || json_dump_callback(object, add, s, 0))
		s->failed = true;
	json_decref(object);
}

static void
write_row(const struct nb_report *r, struct nb_str *s,
	  const struct nb_record *record, const void *row)
{
	json_t *object = make_object(record, row);

	if (r->shape == NB_REPORT_LIST && !r->rows)
		nb_str_add(s, "[");
	if (r->part_shape == NB_REPORT_LIST)
		nb_str_add(s, r->rows ? ",\n" : "\n");
	if (r->shape == NB_REPORT_ONE && r->failure
	    && json_object_set_new(object, "failure",
				   make_object(&nb_record_error, r->failure)))
		s->failed = true;
	dump(s, object);
}

/* A list begins with its first row: if there is none because the command
 * failed, that is the report. */
static void
begin(const struct nb_report *r, struct nb_str *s)
{
	if (r->shape == NB_REPORT_PARTS)
		nb_str_add(s, "{");
}

static void
begin_part(const struct nb_report *r, struct nb_str *s, const char *name)
{
	nb_str_addf(s, "%s\"%s\": %s", r->parts ? ",\n" : "", name,
		    r->part_shape == NB_REPORT_LIST ? "[" : "");
}

static void
end_part(const struct nb_report *r, struct nb_str *s)
{
	if (r->part_shape == NB_REPORT_LIST)
		nb_str_add(s, "]");
	else if (!r->rows)
		nb_str_add(s, "null");
}

static void
end(const struct nb_report *r, struct nb_str *s)
{
	static const char *const ends[] = {
		[NB_REPORT_ONE] = "\n",
		[NB_REPORT_LIST] = "]\n",
		[NB_REPORT_PARTS] = "}\n",
	};

	if (r->shape == NB_REPORT_LIST && !r->rows) {
		if (r->failure)
			dump(s, make_object(&nb_record_error, r->failure));
		nb_str_add(s, r->failure ? "\n" : "[]\n");
		return;
	}
	if (r->shape == NB_REPORT_PARTS && r->failure) {
		nb_str_add(s, ",\n\"failure\": ");
		dump(s, make_object(&nb_record_error, r->failure));
	}
	nb_str_add(s, ends[r->shape]);
}

/* For programs; nightburn(1) lists the keys. */
const struct nb_report_form nb_report_json = {
	.name = "json",
	.summary = "report in JSON",
	.complete = true,
	.begin = begin,
	.begin_part = begin_part,
	.row = write_row,
	.end_part = end_part,
	.end = end,
};
