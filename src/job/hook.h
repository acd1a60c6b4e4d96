/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The administrator's own programs around a run: before the sources are read,
 * after a verified backup, on a failure.  What they need to know stands in
 * their environment (nightburn.conf(5)).
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
 * Runs the hooks of WHEN in the order of the file; the first that fails is the
 * last.  NB_EFAIL: one ended badly, or not in time; logged.
 */
enum nb_err nb_hook_run(enum nb_hook when, const struct nb_hook_facts *facts);

#endif
