/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key of an installation on disk: STATE_DIR/key, 32 bytes, mode 0600.  A
 * file that others may read, or that is not a key, is refused with a hint: it
 * is never treated as "no key", so that it is never replaced without a request.
 */
#ifndef NB_STORE_KEY_H
#define NB_STORE_KEY_H

#include "model/record/key.h"

/*
 * NB_ENOTFOUND (not logged): there is none.  NB_ECONFIG: not a regular file,
 * owned by another user, or accessible by others; NB_ECORRUPT: of the wrong
 * size, or only zeros; NB_EIO.  OUT stays untouched then.
 */
enum nb_err nb_key_load(const char *state_dir, struct nb_key *out);

/* Writes it so that a crash leaves the old key or the new one; replaces an
 * existing one.  The lock must be held. */
enum nb_err nb_key_save(const char *state_dir, const struct nb_key *key);

/* A new random key, saved. */
enum nb_err nb_key_make(const char *state_dir, struct nb_key *out);

#endif
