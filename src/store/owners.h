/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who owns a pool: STATE_DIR/owners, one line for each take-over, in the order
 * in which they came:
 *
 *     from INSTALLATION NUMBER POOL   this installation took it from that one
 *     by INSTALLATION NUMBER POOL     that one took it from this installation
 *
 * A disc with the label of any other installation that has the same key is
 * never written to.
 */
#ifndef NB_STORE_OWNERS_H
#define NB_STORE_OWNERS_H

#include "model/decide/pool.h"

/* Of POOL; OUT is zeroed, and stays so if there is no such file.  NB_ECORRUPT,
 * NB_EIO. */
enum nb_err nb_owners_load(const char *state_dir, const char *pool,
			   struct nb_pool_owner *out);

/* Adds the line of a take-over: BY another one, or from it.  On stable storage;
 * the lock is held.  NB_ECORRUPT, NB_EIO, NB_EFULL. */
enum nb_err nb_owners_add(const char *state_dir, bool by,
			  const char *installation, uint64_t number,
			  const char *pool);

#endif
