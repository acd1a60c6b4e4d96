/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The earlier sessions of a disc, for one that is appended.
 */
#ifndef NB_JOB_PREVIOUS_SESSIONS_H
#define NB_JOB_PREVIOUS_SESSIONS_H

#include "job/backup/session.h"

/* Reads what is on the disc, which an appended session keeps reachable, into
 * SESSION->disc, ->previous, ->earlier, ->kept and ->base. */
enum nb_err nb_previous_sessions_load(struct nightburn *nb,
				      const struct nb_inspection *look,
				      struct nb_session *session);

/* Frees what is needed only to compare with earlier backups: the nodes of the
 * disc and the entries of ->base.  Their manifests and ->kept stay. */
void nb_previous_sessions_compared(struct nb_session *session);

/* Removes from ->kept what the session's own entries replace. */
void nb_previous_sessions_replace(struct nb_session *session);

#endif
