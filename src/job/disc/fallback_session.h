/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Falling back from a damaged session to an earlier one.
 */
#ifndef NB_JOB_FALLBACK_SESSION_H
#define NB_JOB_FALLBACK_SESSION_H

#include "job/disc/inspect.h"

/*
 * The session of LOOK is unusable: moves LOOK to the newest earlier session
 * with a good label of the same disc.  For reading only.  A warning names both.
 * NB_ENOTFOUND (not logged, LOOK unchanged): there is none.  NB_ECANCELED.
 */
enum nb_err nb_fallback_session(struct nb_inspection *look);

/* The same if files of LOOK's session are damaged: where the newest session
 * can be read in two ways, it is not read again. */
enum nb_err nb_fallback_earlier(struct nb_inspection *look);

/* Finds that session, and sets ->has_earlier and ->earlier, and ->volume_id if
 * the newest session has none. */
enum nb_err nb_fallback_label(struct nb_inspection *look);

/* After ERR from reading a session: can an earlier session be better? */
bool nb_fallback_may_help(enum nb_err err);

#endif
