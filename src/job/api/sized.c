/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/api/sized.h"

#include <string.h>

#define SIZE_MOST 65536 /* anything larger is not a size */

static size_t
size_of(const void *theirs)
{
	size_t size;

	memcpy(&size, theirs, sizeof size);
	return size;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

enum nb_err
nb_sized_check(const void *theirs)
{
	size_t size = size_of(theirs);

	if (size >= sizeof size && size <= SIZE_MOST)
		return NB_OK;
	return nb_fail(NB_EUSAGE,
		       "libnightburn: a struct whose size is not set\n"
		       "hint: initialize every struct with NB_INIT");
}

enum nb_err
nb_sized_take(void *own, size_t own_size, const void *theirs)
{
	const char *bytes = theirs;
	size_t size = size_of(theirs);
	enum nb_err err = nb_sized_check(theirs);

	if (err)
		return err;
	for (size_t i = own_size; i < size; i++)
		if (bytes[i])
			return nb_fail(NB_EUSAGE,
				       "libnightburn %s: an option that this "
				       "version does not support",
				       PACKAGE_VERSION);
	memset(own, 0, own_size);
	memcpy(own, theirs, least(size, own_size));
	memcpy(own, &own_size, sizeof own_size);
	return NB_OK;
}

void
nb_sized_give(void *theirs, const void *own, size_t own_size)
{
	size_t size = size_of(theirs), head = sizeof size;
	size_t common = least(size, own_size);

	memcpy((char *)theirs + head, (const char *)own + head, common - head);
	memset((char *)theirs + common, 0, size - common);
}
