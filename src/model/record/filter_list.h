/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filters that a file passed, as they are recorded on a disc: the member
 * "filters" of a JSON object, an array of names in the order of writing.  In
 * memory it is one text with commas between the names (nb_entry.filters).
 */
#ifndef NB_MODEL_FILTER_LIST_H
#define NB_MODEL_FILTER_LIST_H

#include <jansson.h>
#include <stdbool.h>

/* *OUT is the caller's, NULL if OBJECT has no filters.  False, *OUT untouched:
 * not such a list, or out of memory. */
bool nb_filter_list_parse(const json_t *object, char **out);

/* The array for FILTERS, which is not NULL; NULL: out of memory. */
json_t *nb_filter_list_json(const char *filters);

#endif
