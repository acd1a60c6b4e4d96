/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the filters that a file passed, as recorded in an entry of a
 * backup: in the order of writing, separated by commas; NULL or "": none.
 */
#ifndef NB_FILTER_NAMES_H
#define NB_FILTER_NAMES_H

#include <stdbool.h>

#include "filter/filter.h"

/* The next name of *LIST, LENGTH bytes, and *LIST after it; NULL: there is no
 * other. */
const char *nb_filters_next(const char **list, size_t *length);

/* The type among TYPES (NULL: nb_filter_types) whose name is the LENGTH bytes
 * of NAME, or NULL. */
const struct nb_filter_type *nb_filter_find(
	const struct nb_filter_type *const *types, const char *name,
	size_t length);

/* Logs that OBJECT needs a filter that is unknown.  NB_EWRONG */
enum nb_err nb_filters_unknown(const char *object, const char *name,
			       size_t length);

/* Checks that all of FILTERS are known.  NB_EWRONG, logged for OBJECT. */
enum nb_err nb_filters_check(const char *object, const char *filters);

/*
 * Those of FILTERS that the suffixes of PATH do not show: a file x.sql.zst that
 * passed zstd is restored as it is; one that passed zstd and then a filter
 * without a suffix is restored with only the latter undone.  A part of FILTERS;
 * "" if there is none.
 */
const char *nb_filters_hidden(const char *path, const char *filters);

#endif
