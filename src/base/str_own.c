/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings that the caller owns, with out-of-memory errors: separate from str.c,
 * which the program uses too and which reports nothing.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

enum nb_err
nb_str_take(struct nb_str *s, char **out)
{
	nb_str_add_bytes(s, "", 0);
	if (s->failed) {
		nb_str_free(s);
		return nb_fail_memory();
	}
	*out = s->text;
	*s = (struct nb_str)NB_STR_INIT;
	return NB_OK;
}

enum nb_err
nb_str_dup(const char *text, char **out)
{
	char *copy = NULL;

	if (text) {
		copy = strdup(text);
		if (!copy)
			return nb_fail_memory();
	}
	*out = copy;
	return NB_OK;
}

enum nb_err
nb_str_format(char **out, const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return nb_fail_memory();
	*out = text;
	return NB_OK;
}
