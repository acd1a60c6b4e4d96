/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child process for what must not harm this one: libisofs reading a disc
 * that nobody knows.  The child has no drive, no file and no lock.  It asks for
 * blocks, this process reads them; it sends records, this process checks them.
 * When it crashes, runs round in circles or wants too much memory, the disc is
 * one whose directory cannot be read, and nothing else happens.
 */
#ifndef NB_DISC_SANDBOX_H
#define NB_DISC_SANDBOX_H

#include <stddef.h>

#include "disc/blocks.h"

/* A record is not larger. */
#define NB_SANDBOX_RECORD ((size_t)1 << 20)

struct nb_sandbox_out;

struct nb_sandbox {
	struct nb_blocks *blocks; /* of this process */
	uint64_t max_blocks;      /* so many may be asked for in all */
	/* In the child: BLOCKS reads through this process.  What it returns
	 * and the first error that it logs are those of the whole. */
	enum nb_err (*inside)(void *ctx, struct nb_blocks *blocks,
			      struct nb_sandbox_out *out);
	/* In this process: each record of the child, which is not to be
	 * believed.  NULL: none is expected. */
	enum nb_err (*take)(void *ctx, const void *record, size_t n);
	/* Forgets the records taken: they come once more, from a new child.
	 * NULL: nothing is to be forgotten. */
	void (*forget)(void *ctx);
	void *ctx;
};

/*
 * Runs INSIDE in a child to its end.  Its memory and its time are bounded by
 * what it has read of the disc.  NB_ECORRUPT: the child did not come to its
 * end; else what INSIDE or TAKE says, NB_EFAIL, NB_ENOMEM.
 */
enum nb_err nb_sandbox_run(const struct nb_sandbox *spec);

/* In the child: sends a record of N bytes.  NB_EIO, NB_EFULL: too large. */
enum nb_err nb_sandbox_put(struct nb_sandbox_out *out, const void *record,
			   size_t n);

#endif
