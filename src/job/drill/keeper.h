/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that removes a directory, and the server in it, as soon as the
 * process that started it has ended, in whatever way.
 */
#ifndef NB_JOB_DRILL_KEEPER_H
#define NB_JOB_DRILL_KEEPER_H

#include <stdbool.h>

#include "base/err.h"

struct nb_keeper;

/* DIR is removed after HALT was called (NULL: nothing to end).  NB_EFAIL,
 * NB_ENOMEM */
enum nb_err nb_keeper_begin(const char *dir, void (*halt)(const char *dir),
			    struct nb_keeper **out);

/* Has it remove DIR now, and waits for that; KEEP: has it leave everything as
 * it is.  NB_EIO: not all of it could be removed.  Accepts NULL. */
enum nb_err nb_keeper_end(struct nb_keeper *keeper, bool keep);

#endif
