/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing array of any element type.
 *
 *     struct names NB_ARRAY(char *);          declares  struct names
 *     struct names list = NB_ARRAY_INIT;
 *     err = nb_array_push(&list, name);
 *     for (size_t i = 0; i < list.count; i++) use(list.at[i]);
 *     nb_array_free(&list);                   the elements are the caller's
 */
#ifndef NB_BASE_ARRAY_H
#define NB_BASE_ARRAY_H

#include <stdlib.h>

#include "base/err.h"

#define NB_ARRAY(type)           \
	{                        \
		type *at;        \
		size_t count;    \
		size_t capacity; \
	}
#define NB_ARRAY_INIT      \
	{                  \
		NULL, 0, 0 \
	}

/* Makes room in *AT for one more element of SIZE bytes.  NB_ENOMEM. */
enum nb_err nb_array_grow(void *at, size_t count, size_t *capacity,
			  size_t size);

/* Appends VALUE.  Evaluates to NB_OK or NB_ENOMEM (and leaves the array
 * unchanged). */
#define nb_array_push(array, ...)                                        \
	(nb_array_grow(&(array)->at, (array)->count, &(array)->capacity, \
		       sizeof *(array)->at)                              \
		 ? NB_ENOMEM                                             \
		 : ((array)->at[(array)->count++] = (__VA_ARGS__), NB_OK))

#define nb_array_free(array)                            \
	do {                                            \
		free((array)->at);                      \
		(array)->at = NULL;                     \
		(array)->count = (array)->capacity = 0; \
	} while (0)

#endif
