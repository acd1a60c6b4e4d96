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

/*
 * Makes the disc blank when the guard permits it: the intent on stable
 * storage, the label read again, the guard asked, the command given, the
 * catalog told.  SESSION: what is to be written next, NULL for `blank`.
 */
enum nb_err nb_write_blank(struct nb_pool_context *context,
			   struct nb_inspection *look,
			   const struct nb_session *session);

/* What the guard is asked about a disc that was looked at twice; the caller
 * adds what is to be written, or what was typed. */
struct nb_guard_facts nb_write_facts(const struct nb_pool_context *context,
				     const struct nb_inspection *before,
				     const struct nb_inspection *now);

#endif
