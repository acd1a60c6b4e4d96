/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disc whose label cannot be read: which one it may be. */
#ifndef NB_JOB_DOUBT_H
#define NB_JOB_DOUBT_H

#include "job/disc/inspect.h"

/*
 * If the disc of LOOK, which has no good label, is by its volume id, or by the
 * label of an earlier session, a good disc of the pool whose newest backup is
 * not known to be there any more, that is suspect from now on: in the view, and
 * with the lock in the catalog.  It counts no longer as the one that holds the
 * newest backup, so that another is not blanked.  Warned of.
 *
 * If nobody can tell which one it is, each good disc of the pool is ->unread,
 * if the drive is one of the pool (store/unread.h).
 */
enum nb_err nb_doubt(struct nb_pool_context *context,
		     const struct nb_inspection *look);

/* The same in each pool of the configuration, with the lock.  NB may be
 * NULL. */
enum nb_err nb_doubt_in_pools(struct nightburn *nb,
			      const struct nb_inspection *look);

#endif
