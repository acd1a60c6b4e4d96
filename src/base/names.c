/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum nb_err
nb_names_take(struct nb_names *names, char *text)
{
	if (!nb_array_push(names, text))
		return NB_OK;
	free(text);
	return NB_ENOMEM;
}

enum nb_err
nb_names_add(struct nb_names *names, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return n < 0 ? nb_fail_memory() : nb_names_take(names, text);
}

void
nb_names_free(struct nb_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->at[i]);
	nb_array_free(names);
}
