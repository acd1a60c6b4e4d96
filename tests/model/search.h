/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Breadth first through all worlds.  A world that was met is known by 64 bits
 * of its bytes, with the move that led to it; worlds themselves are kept only
 * until they were looked at.
 */
#ifndef NB_MODEL_SEARCH_H
#define NB_MODEL_SEARCH_H

#include "moves.h"

struct report {
	int depth; /* all worlds up to so many moves */
	uint32_t worlds;
	uint64_t moves;
	uint64_t seen[M_COUNT]; /* how often each action was possible */
	const char *broken;     /* NULL: the promise holds */
};

/* Up to DEPTH moves, and not much more than MOST worlds: then REPORT->depth is
 * the last depth that was complete.  A broken promise ends it, and the way
 * there goes to stdout. */
struct report search(int depth, uint32_t most);

#endif
