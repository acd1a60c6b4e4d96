/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a backup to a verified disc: plan with exact sizes, blank if the guard
 * permits it, burn, read back, commit.
 */
#ifndef NB_JOB_WRITE_H
#define NB_JOB_WRITE_H

#include "job/backup/session.h"

struct nb_write {
	struct nb_pool_context *context;
	struct nb_backup *backup;
	struct nb_inspection *look;
	enum nb_intent intent;
};

/*
 * Decides with the exact size, and builds the session for the plan.  On a
 * refusal *SESSION is NULL, DECISION says why, and NB_OK is returned.
 */
enum nb_err nb_write_plan(const struct nb_write *write,
			  struct nb_decision *decision,
			  struct nb_session **session);

/*
 * Executes DECISION.  NB_OK: verified and recorded.  NB_ESUSPECT: the disc was
 * written, is not good, and is recorded as suspect.  Other codes: nothing was
 * destroyed that the guard did not permit.  Fills in RESULT.
 */
enum nb_err nb_write_session(const struct nb_write *write,
			     const struct nb_decision *decision,
			     struct nb_session *session,
			     struct nb_run_result *result);

#endif
