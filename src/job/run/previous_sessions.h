/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What earlier sessions left on the disc, for one that is appended.
 */
#ifndef NB_JOB_PREVIOUS_SESSIONS_H
#define NB_JOB_PREVIOUS_SESSIONS_H

#include "job/run/session.h"

/* The text of nightburn's own file PATH in the session at START; the caller
 * frees.  NB_ECORRUPT when it is missing, and what nb_reader_file says. */
enum nb_err nb_disc_text(struct nb_blocks *blocks, uint32_t start,
			 const char *path, char **text, size_t *length);

/* Reads manifests and hashes of the sessions that stay reachable when one is
 * appended, into SESSION->earlier, ->kept and ->base. */
enum nb_err nb_previous_sessions_load(const struct nb_inspection *look,
				      struct nb_blocks *blocks,
				      struct nb_session *session);

/* Takes from ->kept what the session's own entries replace. */
void nb_previous_sessions_replace(struct nb_session *session);

#endif
