/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/image/in_order.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* glibc keeps up to 7 free chunks of each size up to 1,032 bytes for the
 * thread, which are in no statistics; others are split for smaller ones. */
#define KEPT 7
#define KEPT_SIZE 1032
#define STEP 16
#define SMALLEST 24

/* A chunk that fills a gap. */
struct nb_in_order {
	struct nb_in_order *next;
};

static struct nb_in_order *
fill(struct nb_in_order *list, size_t size)
{
	struct nb_in_order *chunk = malloc(size);

	if (chunk)
		chunk->next = list;
	return chunk;
}

struct nb_in_order *
nb_in_order_begin(void)
{
	struct nb_in_order *list = NULL, *more;
	uintptr_t top;

	for (size_t size = SMALLEST; size <= KEPT_SIZE; size += STEP)
		for (int i = 0; i < KEPT && (more = fill(list, size)); i++)
			list = more;
	/* Where the chunk at the end of the heap begins. */
	top = (uintptr_t)sbrk(0) - mallinfo2().keepcost;
	while ((more = fill(list, SMALLEST))) {
		list = more;
		if ((uintptr_t)more >= top)
			break;
	}
	return list;
}

void
nb_in_order_end(struct nb_in_order *filled)
{
	while (filled) {
		struct nb_in_order *next = filled->next;

		free(filled);
		filled = next;
	}
}
