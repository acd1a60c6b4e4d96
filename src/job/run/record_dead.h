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

#endif
