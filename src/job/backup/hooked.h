/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run with its hooks: which of them are due, in which order, and what a run
 * owes when it dies in between (store/hook_record.h).  Dry runs and sessions of
 * named paths have none.
 */
#ifndef NB_JOB_HOOKED_H
#define NB_JOB_HOOKED_H

#include "job/job.h"

struct nb_hooked;

/* Listens to the errors of the run from now on.  NB, OPTIONS and RESULT must
 * outlive it.  *OUT is NULL if the run has no hooks. */
enum nb_err nb_hooked_new(const struct nightburn *nb,
			  const struct nb_run_options *options,
			  const struct nb_run_result *result,
			  struct nb_hooked **out);

/* Runs the hooks "before", with the lock of the state directory. */
enum nb_err nb_hooked_before(struct nb_hooked *hooked);

/* The last byte of the sources was read: starts the hooks "after_read", which
 * are run while the run goes on.  Only the first call does; from any thread. */
void nb_hooked_read(struct nb_hooked *hooked);

/*
 * After the run, which ended with ERR, without the lock, since a hook may call
 * nightburn: waits for "after_read", runs "after" or "on_failure", then
 * "always".  Frees HOOKED, which may be NULL.  Returns ERR or, if that is
 * NB_OK, the error of a hook: a verified backup stays verified.
 */
enum nb_err nb_hooked_end(struct nb_hooked *hooked, enum nb_err err);

#endif
