/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list that owns its strings: names, patterns, arguments of a program. */
#ifndef NB_BASE_NAMES_H
#define NB_BASE_NAMES_H

#include "base/array.h"
#include "base/err.h"

struct nb_names NB_ARRAY(char *);

/* Appends the formatted text.  NB_ENOMEM */
enum nb_err nb_names_add(struct nb_names *names, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends TEXT and takes ownership of it; frees it on failure.  NB_ENOMEM */
enum nb_err nb_names_take(struct nb_names *names, char *text);

void nb_names_free(struct nb_names *names);

#endif
