/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child process in which libisofs reads an untrusted disc.  The child has no
 * drive, no file and no lock.  It asks for blocks, which this process reads; it
 * sends records, which this process checks.  If it crashes, loops or uses too
 * much memory, the directory of the disc counts as unreadable, and this process
 * is not affected.
 */
#ifndef NB_DISC_SANDBOX_H
#define NB_DISC_SANDBOX_H

#include <stddef.h>

#include "disc/blocks.h"

/* The maximum size of a record. */
#define NB_SANDBOX_RECORD ((size_t)1 << 20)

struct nb_sandbox_out;

struct nb_sandbox {
	struct nb_blocks *blocks; /* of this process */
	uint64_t max_blocks;      /* the most that may be requested in total */
	/* Runs in the child: BLOCKS reads through this process.  Its return
	 * value, and the first error that it logs, are those of
	 * nb_sandbox_run. */
	enum nb_err (*inside)(void *ctx, struct nb_blocks *blocks,
			      struct nb_sandbox_out *out);
	/* Called in this process for each record of the child, which is
	 * untrusted.  NULL: none is expected. */
	enum nb_err (*take)(void *ctx, const void *record, size_t n);
	/* Drops the records taken so far: a new child sends them again.  NULL:
	 * nothing to drop. */
	void (*forget)(void *ctx);
	void *ctx;
};

/*
 * Runs INSIDE in a child to its end.  Its memory and its time are limited in
 * proportion to what it has read from the disc.  NB_ECORRUPT: the child did not
 * finish; else the result of INSIDE or TAKE, NB_EFAIL, NB_ENOMEM.
 */
enum nb_err nb_sandbox_run(const struct nb_sandbox *spec);

/* In the child: sends a record of N bytes.  NB_EIO, NB_EFULL: too large. */
enum nb_err nb_sandbox_put(struct nb_sandbox_out *out, const void *record,
			   size_t n);

#endif
