/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of the disc, read backwards through the filters that it passed. */
#ifndef NB_JOB_RESTORE_STREAM_H
#define NB_JOB_RESTORE_STREAM_H

#include "disc/read/reader.h"
#include "filter/chain.h"

/* The bytes of NODE through the chain that SPEC describes.  What reading the
 * disc, the chain and its sink give. */
enum nb_err nb_restore_stream(struct nb_blocks *blocks,
			      const struct nb_node *node,
			      const struct nb_chain_spec *spec);

/*
 * The file E into a directory: the filters that its name does not show are
 * undone, so a dump x.sql.zst stays as it is.  nb_restore_hidden: is there one?
 * Then the hash of E is compared on the way.  nb_restore_size: bytes that come
 * out at most.
 */
bool nb_restore_hidden(const struct nb_entry *e);
uint64_t nb_restore_size(const struct nb_entry *e);
enum nb_err nb_restore_file(struct nb_blocks *blocks,
			    const struct nb_node *node,
			    const struct nb_entry *e, nb_filter_sink *put,
			    void *ctx);

#endif
