/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a file from the disc through its filters in reverse. */
#ifndef NB_JOB_RESTORE_STREAM_H
#define NB_JOB_RESTORE_STREAM_H

#include "disc/read/reader.h"
#include "filter/chain.h"

/* Passes the bytes of NODE through the chain that SPEC describes.  Errors of
 * reading the disc, of the chain and of its sink. */
enum nb_err nb_restore_stream(struct nb_blocks *blocks,
			      const struct nb_node *node,
			      const struct nb_chain_spec *spec);

/*
 * For restoring the file E to a directory: filters that its name does not show
 * are undone, while a dump x.sql.zst stays as it is. nb_restore_hidden: are
 * there such filters?  Then the hash of E is compared while reading.
 * nb_restore_size: the maximum size of the result.
 */
bool nb_restore_hidden(const struct nb_entry *e);
uint64_t nb_restore_size(const struct nb_entry *e);
enum nb_err nb_restore_file(struct nb_blocks *blocks,
			    const struct nb_node *node,
			    const struct nb_entry *e, nb_filter_sink *put,
			    void *ctx);

#endif
