/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/array.h"

#include <string.h>

enum nb_err
nb_array_grow(void *at, size_t count, size_t *capacity, size_t size)
{
	size_t wanted;
	void *old, *grown;

	if (count < *capacity)
		return NB_OK;
	wanted = *capacity ? *capacity * 2 : 8;
	memcpy(&old, at, sizeof old);
	grown = reallocarray(old, wanted, size);
	if (!grown)
		return nb_fail_memory();
	memcpy(at, &grown, sizeof grown);
	*capacity = wanted;
	return NB_OK;
}
