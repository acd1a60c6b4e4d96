/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/str.h"
#include "model/record/filter_list.h"

#define FILTERS_MAX 16
#define NAME_MAX_BYTES 31

static bool
is_name(const char *text)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

	return text && *text && strlen(text) <= NAME_MAX_BYTES
		&& strspn(text, set) == strlen(text);
}

static bool
join(const json_t *list, char **out)
{
	struct nb_str s = NB_STR_INIT;
	const json_t *value;
	size_t i;

	json_array_foreach(list, i, value)
	{
		const char *name = json_string_value(value);

		if (!is_name(name) || i >= FILTERS_MAX) {
			nb_str_free(&s);
			return false;
		}
		nb_str_add(&s, i ? "," : "");
		nb_str_add(&s, name);
	}
	return !nb_str_take(&s, out);
}

bool
nb_filter_list_parse(const json_t *object, char **out)
{
	const json_t *list = json_object_get(object, "filters");

	if (list && !json_is_array(list))
		return false;
	if (json_array_size(list))
		return join(list, out);
	*out = NULL;
	return true;
}

json_t *
nb_filter_list_json(const char *filters)
{
	json_t *list = json_array();

	while (list && *filters) {
		size_t n = strcspn(filters, ",");

		if (json_array_append_new(list, json_stringn(filters, n))) {
			json_decref(list);
			return NULL;
		}
		filters += n + (filters[n] == ',');
	}
	return list;
}
