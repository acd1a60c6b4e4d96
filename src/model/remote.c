/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/remote.h"

#include <string.h>

#include "base/path.h"
#include "base/str.h"
#include "model/config/build.h"
#include "model/record/json.h"

#define OBJECT "remote"

void
nb_remote_request_clear(struct nb_remote_request *request)
{
	nb_config_source_clear(&request->source);
	free(request->database);
	memset(request, 0, sizeof *request);
}

/* ---- rendering ---- */

static enum nb_err
render_option(const struct nb_field *field, const void *record,
	      const void *usual, json_t *options)
{
	struct nb_names is = NB_ARRAY_INIT, was = NB_ARRAY_INIT;
	json_t *list = json_array();
	enum nb_err err =
		list ? nb_value_write(field, record, &is) : nb_fail_memory();
	bool same;

	if (!err)
		err = nb_value_write(field, usual, &was);
	same = is.count == was.count
		&& (!is.count
		    || (!nb_value_is_list(field->kind)
			&& !strcmp(is.at[0], was.at[0])));
	for (size_t i = 0; !err && !same && i < is.count; i++)
		if (json_array_append_new(list, json_string(is.at[i])))
			err = nb_fail_memory();
	if (!err && !same && json_object_set(options, field->name, list))
		err = nb_fail_memory();
	json_decref(list);
	nb_names_free(&is);
	nb_names_free(&was);
	return err;
}

/* The options whose values differ from the defaults. */
static enum nb_err
render_options(const struct nb_config_source *source, json_t *options)
{
	const struct nb_field *field = source->kind->fields;
	struct nb_config_source usual = { .name = NULL };
	enum nb_err err = nb_config_source_begin(source->kind, &usual);

	if (!err)
		err = nb_str_dup(source->name, &usual.name);
	if (!err)
		err = nb_config_source_end(OBJECT, &usual);
	for (; !err && field->name; field++)
		if (!field->local)
			err = render_option(field, source->options,
					    usual.options, options);
	nb_config_source_clear(&usual);
	return err;
}

static bool
set(json_t *object, const char *key, json_t *value)
{
	return !json_object_set_new(object, key, value);
}

/* Names of databases may contain any bytes. */
static bool
set_bytes(json_t *object, const char *key, const char *bytes)
{
	size_t n = strlen(bytes);
	char *hex = malloc(2 * n + 1);
	bool good = hex && set(object, key, json_string(nb_hex(bytes, n, hex)));

	free(hex);
	return good;
}

static enum nb_err
dump(json_t *root, bool good, char **text)
{
	if (good)
		*text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	return good && *text ? NB_OK : nb_fail_memory();
}

enum nb_err
nb_remote_request_render(const struct nb_remote_request *request, char **text)
{
	json_t *root = json_object(), *options = json_object();
	enum nb_err err = render_options(&request->source, options);
	bool good;

	good = !err && set(root, "task", json_string(request->task))
		&& set(root, "name", json_string(request->source.name))
		&& set(root, "options", json_incref(options))
		&& set(root, "sizes", json_boolean(request->sizes))
		&& set(root, "backup_id", json_string(request->above))
		&& set(root, "date", json_integer(request->date))
		&& (!request->counts || set(root, "counts", json_true()))
		&& (!request->database
		    || set_bytes(root, "database_hex", request->database));
	json_decref(options);
	if (err) {
		json_decref(root);
		return err;
	}
	return dump(root, good, text);
}

/* ---- parsing ---- */

/* Bytes from hex digits, in fresh memory; false if they are invalid, too many,
 * or include a NUL. */
static bool
read_bytes(const json_t *object, const char *key, char **out)
{
	const char *text = json_string_value(json_object_get(object, key));
	size_t n = text ? strlen(text) / 2 : 0;
	char *bytes;

	if (!n || n > 1024)
		return false;
	bytes = calloc(1, n + 1);
	if (!bytes || !nb_unhex(text, n, (uint8_t *)bytes)
	    || memchr(bytes, 0, n)) {
		free(bytes);
		return false;
	}
	*out = bytes;
	return true;
}

/* The kind that has the requested task, or NULL. */
static const struct nb_source_kind *
parse_task(const json_t *root, const struct nb_source_kind *const *kinds,
	   const char **task)
{
	const char *name = json_string_value(json_object_get(root, "task"));

	for (; name && *kinds; kinds++)
		for (size_t i = 0; (*kinds)->tasks && (*kinds)->tasks[i]; i++)
			if (!strcmp((*kinds)->tasks[i], name)) {
				*task = (*kinds)->tasks[i];
				return *kinds;
			}
	return NULL;
}

static enum nb_err
parse_option(const char *key, const json_t *values,
	     struct nb_config_source *source)
{
	const struct nb_field *field = source->kind->fields;
	enum nb_err err = NB_OK;
	const json_t *value;
	char expected[128];
	size_t i;

	while (field->name && (strcmp(field->name, key) || field->local))
		field++;
	if (!field->name)
		return nb_fail(
			NB_EUSAGE,
			OBJECT
			": option %s is not accepted from another host\nhint: "
			"install the same version of nightburn on both hosts",
			key);
	if (!json_array_size(values)
	    || (json_array_size(values) > 1 && !nb_value_is_list(field->kind)))
		return nb_fail(NB_EUSAGE,
			       OBJECT ": %s does not take a list of values",
			       key);
	json_array_foreach(values, i, value)
	{
		const char *text = json_string_value(value);

		err = text ? nb_value_read(field, text, source->options)
			   : NB_ECONFIG;
		if (err == NB_ECONFIG)
			err = nb_fail(NB_EUSAGE,
				      OBJECT ": %s is \"%s\"; "
					     "expected %s",
				      key, text ? text : "",
				      nb_value_expected(field, expected));
		if (err)
			break;
	}
	return err;
}

static enum nb_err
check_required(const json_t *options, const struct nb_config_source *source)
{
	for (const struct nb_field *f = source->kind->fields; f->name; f++)
		if (f->required && !json_object_get(options, f->name))
			return nb_fail(NB_EUSAGE, OBJECT ": a %s without a %s",
				       source->kind->name, f->name);
	return NB_OK;
}

static enum nb_err
parse_source(const json_t *root, struct nb_config_source *source)
{
	const struct nb_field name = { .kind = NB_VALUE_NAME,
				       .offset = offsetof(
					       struct nb_config_source, name) };
	json_t *options = json_object_get(root, "options"), *values;
	const char *text = json_string_value(json_object_get(root, "name"));
	const char *key;
	enum nb_err err;

	err = text && json_is_object(options)
		? nb_value_read(&name, text, source)
		: NB_ECONFIG;
	if (err == NB_ECONFIG)
		err = nb_fail(NB_EUSAGE, OBJECT ": not a nightburn request");
	if (!err)
		json_object_foreach(options, key, values)
		{
			err = parse_option(key, values, source);
			if (err)
				break;
		}
	if (!err)
		err = check_required(options, source);
	return err ? err : nb_config_source_end(OBJECT, source);
}

static bool
parse_rest(const json_t *root, struct nb_remote_request *r)
{
	const json_t *sizes = json_object_get(root, "sizes");

	r->sizes = json_is_true(sizes);
	r->counts = json_is_true(json_object_get(root, "counts"));
	return json_is_boolean(sizes)
		&& nb_json_text(root, "backup_id", r->above, sizeof r->above)
		&& nb_json_i64(root, "date", &r->date)
		&& (!*r->above
		    || (nb_path_is_safe(r->above) && !strchr(r->above, '/')))
		&& (!json_object_get(root, "database_hex")
		    || read_bytes(root, "database_hex", &r->database));
}

enum nb_err
nb_remote_request_parse(const char *text, size_t length,
			const struct nb_source_kind *const *kinds,
			struct nb_remote_request *out)
{
	const struct nb_source_kind *kind;
	struct nb_remote_request r = { .task = NULL };
	json_t *root = NULL;
	enum nb_err err = nb_json_load(OBJECT, text, length, &root);

	if (err == NB_ECORRUPT)
		return nb_fail(NB_EUSAGE, OBJECT ": not a nightburn request");
	if (err)
		return err;
	kind = parse_task(root, kinds, &r.task);
	if (!kind)
		err = nb_fail(NB_EUSAGE, OBJECT ": no such task");
	if (!err)
		err = nb_config_source_begin(kind, &r.source);
	if (!err)
		err = parse_source(root, &r.source);
	if (!err && !parse_rest(root, &r))
		err = nb_fail(NB_EUSAGE, OBJECT ": not a nightburn request");
	json_decref(root);
	if (err)
		nb_remote_request_clear(&r);
	else
		*out = r;
	return err;
}
