/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the size of the last backup says about a plan that does not know that of
 * the next one. */
#ifndef NB_JOB_LAST_SIZE_H
#define NB_JOB_LAST_SIZE_H

#include "job/job.h"

/* Sets PLAN->expected; logs if the last backup of CONTEXT's job would not fit
 * where PLAN puts the next one.  Nothing for a refusal, or if there is no
 * backup. */
enum nb_err nb_last_size_tell(const struct nb_pool_context *context,
			      struct nb_plan_info *plan);

#endif
