/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How bytes reach libisofs: an IsoStream for each file entry, which opens it
 * beneath its root without following links, reads in large aligned pieces,
 * counts, and hashes (large files in a separate thread).
 *
 * A file that cannot be opened, is no longer a regular file, shrinks or grows
 * makes the whole image fail, with an error that names it; libisofs alone would
 * silently write zeros.  So does one that is no longer the file that was listed
 * (mtime, ctime, inode), before or after it was read.  A `tolerant` entry
 * becomes `torn` instead: a warning names it; if bytes are missing, zeros
 * replace them, and it is `lost`, too.
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
 * each entry of NB_CONTENT_LATE when libisofs opens it, after the hashes of all
 * entries written before it are known; it returns the text, of exactly the
 * entry's size, which the streams free.
 */
struct nb_streams_options {
	const int *roots;
	size_t root_count;
	struct nb_calls *calls; /* watches calls that open and read files
				   (base/watchdog.h); or NULL */
	enum nb_err (*render)(void *ctx, const struct nb_entry *entry,
			      char **text, size_t *length);
	/* The first block of the image of NB_CONTENT_BOOT; waits for it. */
	uint32_t (*boot_address)(void *ctx);
	void *ctx;
};

enum nb_err nb_streams_new(const struct nb_streams_options *options,
			   struct nb_streams **out);
/* Call it after the IsoImage with its streams was freed. */
void nb_streams_free(struct nb_streams *streams);

/*
 * An IsoStream for ENTRY, which must outlive it; its hash is written into ENTRY
 * when the bytes have passed (compared, if ENTRY has a hash already).  Streams
 * with the same SERIAL are one content for libisofs, which writes it once and
 * sorts contents by it; it must not be 0.
 */
enum nb_err nb_stream_new(struct nb_streams *streams, struct nb_entry *entry,
			  uint64_t serial, IsoStream **out);

/* Waits until all bytes passed so far are hashed.  Returns the first error of
 * any stream. */
enum nb_err nb_streams_finish(struct nb_streams *streams);

/* The first error so far, without waiting. */
enum nb_err nb_streams_error(struct nb_streams *streams);

#endif
