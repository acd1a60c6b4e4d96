/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checksums of parts of a disc, computed while one pass over it reads blocks in
 * ascending order.
 */
#ifndef NB_DISC_SPAN_H
#define NB_DISC_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/err.h"
#include "base/hash.h"

struct nb_span {
	uint32_t start; /* first block */
	uint64_t blocks;
	bool known; /* CHECKSUM covers all its blocks: none was left out */
	uint8_t checksum[NB_CHECKSUM_SIZE];
};

struct nb_spans NB_ARRAY(struct nb_span);

struct nb_span_pass {
	struct nb_span *spans; /* ascending, without overlaps */
	size_t count;
	size_t now;    /* the current span, or the next one */
	uint64_t next; /* the next block that its checksum needs */
	struct nb_checksum *sum;
};

/* SPANS is borrowed and may be empty.  NB_ENOMEM. */
enum nb_err nb_span_begin(struct nb_span_pass *pass, struct nb_span *spans,
			  size_t count);
void nb_span_end(struct nb_span_pass *pass);

/* COUNT blocks from AT on were read: DATA.  Blocks come in ascending order. */
void nb_span_add(struct nb_span_pass *pass, uint64_t at, uint32_t count,
		 const uint8_t *data);

/* Of the blocks from AT on, the next ones that a checksum needs: from *FROM up
 * to, not including, *TO.  False: there are none. */
bool nb_span_wants(struct nb_span_pass *pass, uint64_t at, uint64_t *from,
		   uint64_t *to);

#endif
