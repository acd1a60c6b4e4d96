/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run that died had already done. */
#ifndef NB_JOB_RECORD_DEAD_H
#define NB_JOB_RECORD_DEAD_H

#include "job/job.h"

/*
 * A run died after it had begun to blank or write the disc CONTEXT->dead.  If
 * that disc is in a drive of the pool and is blank, or its session is
 * completely good, this is recorded; otherwise it stays suspect.  Only failures
 * of the catalog are errors.
 */
enum nb_err nb_record_dead(struct nb_pool_context *context);

/*
 * For run --resume: *DONE if the backup that waits is on a verified disc
 * already, as after a run that died and whose burn was good.  RESULT then
 * describes it, and it is removed from staging.
 */
enum nb_err nb_record_resumed(struct nb_pool_context *context,
			      struct nb_run_result *result, bool *done);

#endif
