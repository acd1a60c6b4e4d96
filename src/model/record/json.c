/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/record/json.h"

#include <string.h>

#include "base/log.h"

enum nb_err
nb_json_load(const char *name, const char *text, size_t length, json_t **out)
{
	json_error_t error;
	json_t *root;

	root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!root && json_error_code(&error) == json_error_out_of_memory)
		return nb_fail_memory();
	if (!json_is_object(root)) {
		json_decref(root);
		nb_log(NB_DEBUG, "%s:%d: not a JSON object: %s", name,
		       root ? 1 : error.line, root ? "wrong type" : error.text);
		return NB_ECORRUPT;
	}
	*out = root;
	return NB_OK;
}

/* Bytes of memory: for an object, which has a table of eight lists from its
 * first member on, a list, a member, and an element; then for each character of
 * a string, which may grow while it is read. */
#define COST_OBJECT 400
#define COST_LIST 200
#define COST_MEMBER 140
#define COST_ELEMENT 100
#define COST_CHARACTER 3

uint64_t
nb_json_cost(const char *text, size_t length)
{
	uint64_t cost = 4096;
	bool within = false;

	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		cost += COST_CHARACTER;
		if (within && c == '\\')
			i++;
		else if (c == '"')
			within = !within;
		else if (within)
			continue;
		else if (c == '{')
			cost += COST_OBJECT;
		else if (c == '[')
			cost += COST_LIST;
		else if (c == ':')
			cost += COST_MEMBER;
		else if (c == ',')
			cost += COST_ELEMENT;
	}
	return cost;
}

bool
nb_json_text(const json_t *object, const char *key, char *buf, size_t size)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value) || json_string_length(value) >= size)
		return false;
	memcpy(buf, json_string_value(value), json_string_length(value) + 1);
	return true;
}

bool
nb_json_hex(const json_t *object, const char *key, char *buf, size_t digits)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_string_value(value);

	if (!text || strlen(text) != digits
	    || strspn(text, "0123456789abcdef") != digits)
		return false;
	memcpy(buf, text, digits + 1);
	return true;
}

bool
nb_json_optional(const json_t *object, const char *key, char **out)
{
	const json_t *value = json_object_get(object, key);

	*out = NULL;
	if (!value || json_is_null(value))
		return true;
	if (!json_is_string(value))
		return false;
	*out = strdup(json_string_value(value));
	return *out != NULL;
}

bool
nb_json_u64(const json_t *object, const char *key, uint64_t *out)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

bool
nb_json_i64(const json_t *object, const char *key, int64_t *out)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value))
		return false;
	*out = json_integer_value(value);
	return true;
}
