/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Something that can be read in blocks of 2,048 bytes: the disc in a drive, or
 * a file that is used as one.  Reader and read-back work on it without knowing
 * which.
 */
#ifndef NB_DISC_BLOCKS_H
#define NB_DISC_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include <nightburn/nightburn.h>

#include "base/array.h"
#include "base/err.h"
#include "model/decide/medium.h"

struct nb_block_runs NB_ARRAY(struct nb_block_run);

struct nb_blocks {
	/* Reads up to COUNT blocks from LBA into BUF.  Returns how many blocks
	 * from LBA on could be read; errno is the reason why the next one could
	 * not: 0 if it lies beyond the end. */
	uint32_t (*get)(struct nb_blocks *blocks, uint32_t lba, uint32_t count,
			void *buf);
	void (*free)(struct nb_blocks *blocks);
	uint64_t count;            /* readable blocks, if known */
	const char *name;          /* for messages */
	struct nb_block_runs *bad; /* receives what disc/read/bad_blocks.h
				      finds; NULL: not wanted */
	bool busy; /* the disc is being written and must not be read */
};

/* Reads COUNT blocks from LBA into BUF.  NB_EIO: one of them cannot be read or
 * lies beyond the end; logged with its address. */
enum nb_err nb_blocks_read(struct nb_blocks *blocks, uint32_t lba,
			   uint32_t count, void *buf);

/* An implementation of get() for the descriptor FD. */
uint32_t nb_blocks_pread(int fd, uint32_t lba, uint32_t count, void *buf);

/* The same blocks, but unreadable ones are returned as zeros. */
struct nb_patient_blocks {
	struct nb_blocks blocks; /* first, so that a pointer to it is one to the
				    struct */
	struct nb_blocks *inner;
	uint64_t lost; /* number of reads that returned such zeros */
};

/* INNER is borrowed; there is nothing to free. */
void nb_patient_begin(struct nb_patient_blocks *patient,
		      struct nb_blocks *inner);

static inline void
nb_blocks_free(struct nb_blocks *blocks)
{
	if (blocks)
		blocks->free(blocks);
}

#endif
