/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hooks, the administrator's own programs around a run: before the sources are
 * read, after a verified backup, on a failure.  Their environment describes the
 * run (nightburn.conf(5)).
 */
#ifndef NB_JOB_HOOK_H
#define NB_JOB_HOOK_H

#include "job/job.h"

/* A run as its hooks see it. */
struct nb_hook_facts {
	const struct nb_config *config;
	const struct nb_config_job *job;
	const struct nb_run_result *result;
	enum nb_err err; /* of the run so far */
};

/*
 * Runs the hooks of WHEN in the order of the file; stops at the first that
 * fails.  NB_EFAIL, logged: one failed or timed out.
 */
enum nb_err nb_hook_run(enum nb_hook when, const struct nb_hook_facts *facts);

#endif
