/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring of large page-aligned buffers that one thread fills and another one
 * hashes, so that reading and hashing run in parallel in bounded memory.
 */
#ifndef NB_DISC_HASHER_H
#define NB_DISC_HASHER_H

#include "base/hash.h"

#define NB_PIECE ((size_t)1 << 20) /* bytes of a piece */

struct nb_hasher;

/* Called from the hashing thread with the digest of a file and its OWNER. */
typedef void nb_hasher_fn(void *ctx, void *owner,
			  const uint8_t digest[NB_SHA256_SIZE]);

/* NB_ENOMEM. */
enum nb_err nb_hasher_new(nb_hasher_fn *fn, void *ctx, struct nb_hasher **out);
void nb_hasher_free(struct nb_hasher *hasher);

/* The next free piece, NB_PIECE bytes; waits if there is none. */
uint8_t *nb_hasher_piece(struct nb_hasher *hasher);

/* Passes on the piece just filled: N bytes of OWNER's file, LAST when the file
 * ends with them.  Its bytes may be read until the next nb_hasher_piece. */
void nb_hasher_give(struct nb_hasher *hasher, void *owner, size_t n, bool last);

/* Forgets the unfinished file, as after a failed read. */
void nb_hasher_reset(struct nb_hasher *hasher);

/* Waits until everything given is hashed. */
void nb_hasher_wait(struct nb_hasher *hasher);

#endif
