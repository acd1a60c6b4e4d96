/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The backup of a job that waits in staging because a disc for it was missing.
 * There is one at a time, so that nights without a disc do not fill the staging
 * directory.
 */
#ifndef NB_JOB_WAITING_H
#define NB_JOB_WAITING_H

#include "job/backup/backup.h"

/*
 * Is there room in staging for BACKUP?  If not, and a backup of the job waits:
 * one that is older than a good one on a verified disc, and has nothing that
 * that one lacks, is removed; any other *MUST_BURN first.
 */
enum nb_err nb_waiting_make_room(const struct nb_backup *backup,
				 bool *must_burn);

/* BACKUP is complete in staging: it takes the place of one that waits, unless
 * that has something that BACKUP lacks. */
enum nb_err nb_waiting_replace(const struct nb_backup *backup);

/*
 * BACKUP is on a verified disc: removes it from staging, and whatever else
 * waits, unless BACKUP shrank or that has something that BACKUP lacks: such
 * ones are named, and RESULT->waiting is their number.
 */
enum nb_err nb_waiting_end(struct nb_backup *backup,
			   struct nb_run_result *result);

/* Names what waits for a job of the same name, but of another pool or of
 * another installation with the same staging directory: it stays. */
void nb_waiting_tell_others(struct nb_pool_context *context);

/* There is no room for BACKUP: a hint, if another one waits. */
void nb_waiting_tell(const struct nb_backup *backup);

/* BACKUP was not burned and is kept: a note, with the command that burns it for
 * the INTENT; PLAN may be a refusal. */
void nb_waiting_tell_kept(const struct nb_backup *backup, enum nb_intent intent,
			  const struct nb_plan_info *plan);

#endif
