/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back: from a session that is bad to the one before it.
 */
#ifndef NB_JOB_FALLBACK_SESSION_H
#define NB_JOB_FALLBACK_SESSION_H

#include "job/disc/inspect.h"

/*
 * What LOOK's session holds cannot be used: from now on LOOK is one at the
 * newest session before it that has a good label, of the same disc.  For
 * reading only.  A warning names both.  NB_ENOTFOUND (not logged, LOOK as it
 * was): there is none.  NB_ECANCELED.
 */
enum nb_err nb_fallback_session(struct nb_inspection *look);

/* The same for ->has_earlier and ->earlier, and for ->volume_id where the
 * newest session has none. */
enum nb_err nb_fallback_label(struct nb_inspection *look);

/* Is ERR, of reading a session, one for which another session may help? */
bool nb_fallback_may_help(enum nb_err err);

#endif
