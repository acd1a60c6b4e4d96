/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a backup to a verified disc: plan with exact sizes, blank through the
 * guard, burn, read back, commit.
 */
#ifndef NB_JOB_WRITE_H
#define NB_JOB_WRITE_H

#include "job/run/session.h"

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
 * Carries DECISION out.  NB_OK: verified and in the catalog.  NB_ESUSPECT: the
 * disc was written and is not good, recorded as such.  Other codes: nothing
 * was destroyed that the guard did not permit.  RESULT is filled in.
 */
enum nb_err nb_write_session(const struct nb_write *write,
			     const struct nb_decision *decision,
			     struct nb_session *session,
			     struct nb_run_result *result);

#endif
