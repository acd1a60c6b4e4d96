/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structs that callers of libnightburn allocate.
 *
 * Each begins with its size, which NB_INIT sets; later versions only add
 * members at the end.  The library reads and writes no more than that size: an
 * old program gets what it knows, and of a newer one's options those that are
 * not 0 are refused (NB_EUSAGE, as is a size that was not set).  Linux does the
 * same with clone3(2) and openat2(2).  Numbers of versions would need a table
 * of sizes on both sides; functions instead of members would be a hundred.
 *
 * A struct within a struct is a pointer, so that both can grow.  Rows that the
 * library passes to a function are its own, and grow at the end as well.  The
 * symbols have versions (NIGHTBURN_0.1).
 */
#ifndef NIGHTBURN_SIZE_H
#define NIGHTBURN_SIZE_H

#include <stddef.h>

/* The size of a struct, first in it, and how the caller makes one: all 0 but
 * the size.  In C++ any struct nb_... x = {} has it. */
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
