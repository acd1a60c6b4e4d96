/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Read-back: one sequential pass over a session or a disc, in which each block
 * is read once: every file is compared with its SHA-256, and the whole with the
 * checksum of what was streamed.
 */
#ifndef NB_DISC_READBACK_H
#define NB_DISC_READBACK_H

#include "disc/read/reader.h"
#include "disc/read/span.h"
#include "model/record/manifest.h"

/* Up to this many bad files are logged by name; the others are only counted. */
#define NB_BAD_NAMED 200

struct nb_readback {
	struct nb_blocks *blocks;
	uint32_t start;                    /* the session whose tree is read */
	uint32_t first;                    /* the pass: from this block */
	uint64_t count;                    /* number of blocks */
	const struct nb_entries *expected; /* sorted; each must have this type,
					      mode, owner, size, target and, if
					      hashed, SHA-256, including those
					      of earlier sessions (before the
					      pass).  NULL: SUMS */
	const struct nb_sums *sums;        /* what the disc's SHA256SUMS lists,
					  sorted: every file of the tree must
					  be among them; without EXPECTED */
	const uint8_t *checksum; /* of blocks FIRST..  ; NULL: unknown */
	/* Without CHECKSUM: the checksums of these parts of the pass are
	 * computed.  An unreadable block between files makes no file bad. */
	struct nb_span *spans;
	size_t span_count;
	const struct nb_nodes *nodes; /* the tree; NULL: read it */
	enum nb_err (*progress)(void *ctx, uint64_t done, uint64_t total);
	/* Called with the bytes of NODE as they pass; may be NULL. */
	enum nb_err (*see)(void *ctx, const struct nb_node *node,
			   const void *data, size_t n);
	/* Called for each bad file, with its SHA-256; NULL: it is missing, or
	 * could not be read.  May be NULL. */
	void (*bad)(void *ctx, const char *path, const uint8_t *sha256);
	void *ctx;
};

struct nb_readback_result {
	uint64_t files, bytes; /* compared and equal, without nightburn's own */
	uint64_t
		bad; /* all those that are missing, unreadable or different; the
					 first were logged by name */
};

/* NB_OK: everything equal.  NB_ECORRUPT: RESULT->bad files differ, or the
 * checksum does.  NB_EIO: the pass could not be finished. */
enum nb_err nb_readback_run(const struct nb_readback *spec,
			    struct nb_readback_result *result);

#endif
