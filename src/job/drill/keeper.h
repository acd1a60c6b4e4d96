/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that removes a directory, and the server in it, as soon as the
 * process that started it has ended, however it ended.
 */
#ifndef NB_JOB_DRILL_KEEPER_H
#define NB_JOB_DRILL_KEEPER_H

#include <stdbool.h>

#include "store/temporary.h"

struct nb_keeper;

/* The directory MADE is removed after HALT was called (NULL: nothing to stop),
 * and is in use until then.  NB_EFAIL, NB_ENOMEM */
enum nb_err nb_keeper_begin(const struct nb_temporary *made,
			    void (*halt)(const char *dir),
			    struct nb_keeper **out);

/* Makes it remove it now, and waits for that; KEEP: makes it leave everything
 * as it is.  NB_EIO: not everything could be removed.  Accepts NULL. */
enum nb_err nb_keeper_end(struct nb_keeper *keeper, bool keep);

#endif
