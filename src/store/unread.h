/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discs that nobody could identify: STATE_DIR/unread has one line for each disc
 * that one seen in a drive of its pool, which could not be read, may have been:
 *
 *     DISC-ID VERIFIED POOL
 *
 * VERIFIED is the date of its last good verification at that time.  The line
 * says nothing any more when the catalog has another date: then it was read
 * since, and is good.
 */
#ifndef NB_STORE_UNREAD_H
#define NB_STORE_UNREAD_H

#include "model/decide/pool.h"

/* Sets ->unread of the discs of VIEW.  NB_ECORRUPT, NB_EIO. */
enum nb_err nb_unread_load(const char *state_dir, struct nb_pool_view *view);

/* A disc that cannot be identified was seen: each good disc of VIEW may be it,
 * and is ->unread.  KEEP: also on stable storage; the lock is held then.
 * NB_ECORRUPT, NB_EIO, NB_EFULL. */
enum nb_err nb_unread_add(const char *state_dir, struct nb_pool_view *view,
			  bool keep);

/* Somebody said which disc of POOL it was.  On stable storage; the lock is
 * held.  NB_ECORRUPT, NB_EIO, NB_EFULL. */
enum nb_err nb_unread_forget(const char *state_dir, const char *pool);

/* The disc was read, and is good: it was another one, also if its last
 * verification was in the same second.  As nb_unread_forget. */
enum nb_err nb_unread_found(const char *state_dir, const char *disc_id);

#endif
