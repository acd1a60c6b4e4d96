/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hooks, the administrator's own programs around a run: before the sources are
 * read, when they have been read, after a verified backup, on a failure, and on
 * every way out.  Their environment describes the run (nightburn.conf(5)).
 */
#ifndef NB_JOB_HOOK_H
#define NB_JOB_HOOK_H

#include "job/job.h"

/* A run as its hooks see it. */
struct nb_hook_facts {
	const struct nb_config *config;
	const struct nb_config_job *job;
	const struct nb_run_result *result;
	enum nb_err err;    /* of the run so far */
	const char *state;  /* instead of ERR: "running", "died"; NULL: ERR */
	const char *errors; /* its messages of level NB_ERROR, one a line; NULL:
			       none */
};

/*
 * Runs the hooks of WHEN in the order of the file; stops at the first that
 * fails.  NB_EFAIL, logged: one failed or timed out.
 */
enum nb_err nb_hook_run(enum nb_hook when, const struct nb_hook_facts *facts);

/* The same in a thread.  FACTS are no longer needed when this returns; config
 * and job are, until nb_hook_wait. */
struct nb_hook_thread;
enum nb_err nb_hook_start(enum nb_hook when, const struct nb_hook_facts *facts,
			  struct nb_hook_thread **out);
/* Waits until they have ended, and returns as nb_hook_run does.  Frees THREAD,
 * which may be NULL. */
enum nb_err nb_hook_wait(struct nb_hook_thread *thread);

/* Has JOB hooks of WHEN? */
bool nb_hook_has(const struct nb_config_job *job, enum nb_hook when);

/* Runs the hooks "always" of each job whose last run died before it had.  That
 * one fails is logged, and tried again next time; that they are not configured
 * any more is logged until somebody removes the record. */
enum nb_err nb_hook_owed(const struct nb_config *config);

#endif
