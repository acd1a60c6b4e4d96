/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "filter/names.h"

#include <stdio.h>
#include <string.h>

const char *
nb_filters_next(const char **list, size_t *length)
{
	const char *name = *list;

	if (!name || !*name)
		return NULL;
	*length = strcspn(name, ",");
	*list = name + *length + (name[*length] == ',');
	return name;
}

const struct nb_filter_type *
nb_filter_find(const struct nb_filter_type *const *types, const char *name,
	       size_t length)
{
	for (types = types ? types : nb_filter_types; *types; types++)
		if (strlen((*types)->name) == length
		    && !memcmp((*types)->name, name, length))
			return *types;
	return NULL;
}

enum nb_err
nb_filters_unknown(const char *object, const char *name, size_t length)
{
	return nb_fail(NB_EWRONG,
		       "%s: written with the filter \"%.*s\", which this "
		       "version does not support\nhint: read it with a newer "
		       "nightburn",
		       object, (int)length, name);
}

enum nb_err
nb_filters_check(const char *object, const char *filters)
{
	const char *name;
	size_t length;

	while ((name = nb_filters_next(&filters, &length)))
		if (!nb_filter_find(NULL, name, length))
			return nb_filters_unknown(object, name, length);
	return NB_OK;
}

const char *
nb_filters_hidden(const char *path, const char *filters)
{
	const char *rest = filters ? filters : "", *shown = rest, *name;
	char endings[64] = "";
	size_t length, used = 0, n = strlen(path);

	while ((name = nb_filters_next(&rest, &length))) {
		const struct nb_filter_type *type =
			nb_filter_find(NULL, name, length);

		if (!type || !*type->ending
		    || used + strlen(type->ending) >= sizeof endings)
			break;
		strcpy(endings + used, type->ending);
		used += strlen(type->ending);
		if (used <= n && !strcmp(path + n - used, endings))
			shown = rest;
	}
	return shown;
}
