/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of the filters that a file passed, as an entry of a backup has
 * them: in the order of writing, with a comma between them; NULL or "": none.
 */
#ifndef NB_FILTER_NAMES_H
#define NB_FILTER_NAMES_H

#include <stdbool.h>

#include "filter/filter.h"

/* The next name of *LIST, LENGTH bytes, and *LIST after it; NULL: no more. */
const char *nb_filters_next(const char **list, size_t *length);

/* The type among TYPES (NULL: nb_filter_types) whose name is the LENGTH bytes
 * of NAME, or NULL. */
const struct nb_filter_type *nb_filter_find(
	const struct nb_filter_type *const *types, const char *name,
	size_t length);

/* Says of OBJECT that this filter is not known.  NB_EWRONG */
enum nb_err nb_filters_unknown(const char *object, const char *name,
			       size_t length);

/* All of FILTERS are known, or NB_EWRONG, said of OBJECT. */
enum nb_err nb_filters_check(const char *object, const char *filters);

/*
 * Those of FILTERS that the name of PATH does not show by its endings: a file
 * x.sql.zst that passed zstd is delivered as it is, and one that passed zstd
 * and then a filter without an ending is delivered with that one undone.  A
 * part of FILTERS; "" when there is none.
 */
const char *nb_filters_hidden(const char *path, const char *filters);

#endif
