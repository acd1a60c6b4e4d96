/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How bytes reach libisofs: an IsoStream of our own for each file entry, which
 * opens beneath its root without following links, reads in large aligned
 * pieces, counts, and hashes (in a thread of its own for large files).
 *
 * A file that cannot be opened, is no longer a regular file, shrinks or grows
 * makes the whole image fail with its name; libisofs alone would write zeros
 * and say nothing.  So does one that is not the file that was listed any more
 * (mtime, ctime, inode), before or after it was read.  Where the entry is
 * `tolerant` it becomes `torn` instead, is told by name, and zeros stand for
 * what it lacks.
 */
#ifndef NB_DISC_STREAM_H
#define NB_DISC_STREAM_H

#include <stdint.h>

#include <libisofs/libisofs.h>

#include "model/record/entry.h"

struct nb_streams;

/*
 * The common part of all streams of one image: ROOTS (borrowed, COUNT open
 * directories), the hash thread, the first error.  RENDER is called once for
 * each entry of NB_CONTENT_LATE when libisofs opens it, after the hashes of
 * all entries written before it are in place; it returns the text, of exactly
 * the entry's size, which the streams free.
 */
struct nb_streams_options {
	const int *roots;
	size_t root_count;
	enum nb_err (*render)(void *ctx, const struct nb_entry *entry,
			      char **text, size_t *length);
	/* The first block of the image of NB_CONTENT_BOOT; waits for it. */
	uint32_t (*boot_address)(void *ctx);
	void *ctx;
};

enum nb_err nb_streams_new(const struct nb_streams_options *options,
			   struct nb_streams **out);
/* After the IsoImage with its streams was freed. */
void nb_streams_free(struct nb_streams *streams);

/*
 * An IsoStream for ENTRY, which must outlive it; its hash is written into
 * ENTRY when the bytes have passed (compared, when ENTRY is hashed already).
 * Streams of equal SERIAL are one content for libisofs, which writes it once
 * and orders contents by it; it must not be 0.
 */
enum nb_err nb_stream_new(struct nb_streams *streams, struct nb_entry *entry,
			  uint64_t serial, IsoStream **out);

/* Waits until all bytes given so far are hashed; the first error of any
 * stream, or NB_OK. */
enum nb_err nb_streams_finish(struct nb_streams *streams);

/* The first error so far, without waiting. */
enum nb_err nb_streams_error(struct nb_streams *streams);

#endif
