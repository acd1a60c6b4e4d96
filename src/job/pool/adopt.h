/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of a disc before a person may put it into the pool (adopt). */
#ifndef NB_JOB_ADOPT_H
#define NB_JOB_ADOPT_H

#include "job/disc/inspect.h"

/*
 * *NEWER becomes true if the disc has, in the session of LOOK or an earlier
 * one, a good backup that is newer than any known one.  A failed burn or
 * verification may concern only the newest session, or another backup.  As long
 * as the pool has none, any on a disc that the catalog does not have (KNOWN)
 * counts, whatever key its label has, unless somebody said that it is not
 * needed.
 */
enum nb_err nb_adopt_find_newer(struct nb_pool_context *context,
				struct nb_inspection look, bool known,
				bool *newer);

#endif
