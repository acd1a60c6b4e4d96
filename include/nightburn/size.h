/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structs that callers of libnightburn allocate.
 *
 * Each begins with its size, which NB_INIT sets; later versions only add
 * members at the end.  The library never accesses more than that size: an old
 * program gets the members that it knows, and if a newer program sets an option
 * that the library does not know to anything but 0, the call fails (NB_EUSAGE,
 * as it does if the size was not set).  Linux does the same with clone3(2) and
 * openat2(2).  Version numbers would need a table of sizes at both ends;
 * functions instead of members would be a hundred functions.
 *
 * A struct within a struct is a pointer, so that both can grow.  Rows that the
 * library passes to a callback belong to the library, and grow at the end as
 * well.  The symbols are versioned (NIGHTBURN_0.1).
 */
#ifndef NIGHTBURN_SIZE_H
#define NIGHTBURN_SIZE_H

#include <stddef.h>

/* The size of a struct, as its first member, and how the caller initializes
 * one: all zeros except for the size.  In C++, any struct nb_... x = {} has
 * it. */
#ifdef __cplusplus
#define NB_SIZE(type) size_t size = sizeof(struct type)
#define NB_INIT(type) \
	{             \
	}
#else
#define NB_SIZE(type) size_t size
#define NB_INIT(type)                       \
	{                                   \
		.size = sizeof(struct type) \
	}
#endif

#endif
