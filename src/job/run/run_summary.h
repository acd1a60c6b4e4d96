/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user should know about what was and was not backed up.
 */
#ifndef NB_JOB_RUN_SUMMARY_H
#define NB_JOB_RUN_SUMMARY_H

#include "job/backup/session.h"

/* Fills in the counters of RESULT. */
void nb_run_summary(const struct nb_session *session,
		    struct nb_run_result *result);

#endif
