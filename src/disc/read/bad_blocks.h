/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which blocks of a file cannot be read: all of them, not only the first one
 * that a read came upon.
 */
#ifndef NB_DISC_BAD_BLOCKS_H
#define NB_DISC_BAD_BLOCKS_H

#include "disc/read/reader.h"

/*
 * Reads all of NODE once more, logs the runs of blocks that cannot be read, and
 * adds them to BLOCKS->bad, if that is not NULL.  TICK (may be NULL) is called
 * with CTX between reads; its error ends the search and is returned.
 */
enum nb_err nb_bad_blocks_find(struct nb_blocks *blocks,
			       const struct nb_node *node,
			       enum nb_err (*tick)(void *ctx), void *ctx);

/* Sorts RUNS, and joins those that touch or overlap. */
void nb_bad_blocks_tidy(struct nb_block_runs *runs);

#endif
