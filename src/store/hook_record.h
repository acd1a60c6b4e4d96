/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a job owes: STATE_DIR/hooks-JOB exists from before its hooks "before"
 * are run until its hooks "always" have been run.  The run that made it holds
 * its lock as long as it lives, so a record that can be locked belongs to a run
 * that died.
 */
#ifndef NB_STORE_HOOK_RECORD_H
#define NB_STORE_HOOK_RECORD_H

#include <stdbool.h>

#include "base/names.h"

struct nb_hook_record;

/* Makes the record of JOB, on stable storage.  NB_ELOCKED: a run that lives has
 * it.  NB_EIO, NB_EFULL */
enum nb_err nb_hook_record_begin(const char *state_dir, const char *job,
				 struct nb_hook_record **out);

/* Takes over the record that a dead run left.  *OUT is NULL if there is none,
 * or if its run lives.  NB_EIO */
enum nb_err nb_hook_record_find(const char *state_dir, const char *job,
				struct nb_hook_record **out);

/* Adds the jobs that have a record to JOBS, whether their run lives or not.
 * NB_EIO */
enum nb_err nb_hook_record_jobs(const char *state_dir, struct nb_names *jobs);

/* DONE: nothing is owed any more; otherwise the next run finds the record.
 * Frees RECORD, which may be NULL.  NB_EIO */
enum nb_err nb_hook_record_end(struct nb_hook_record *record, bool done);

#endif
