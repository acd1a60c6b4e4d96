/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock that allows one run at a time: flock on STATE_DIR/lock. */
#ifndef NB_STORE_LOCK_H
#define NB_STORE_LOCK_H

#include "base/err.h"

struct nb_lock;

/*
 * Takes the lock in the directory STATE_DIR, or returns NB_ELOCKED with the
 * process id and command of its owner, as recorded in the file.  The file
 * stays; the kernel releases the lock when the process ends.
 */
enum nb_err nb_lock_take(const char *state_dir, struct nb_lock **out);
void nb_lock_release(struct nb_lock *lock);

#endif
