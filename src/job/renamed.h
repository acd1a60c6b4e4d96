/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool or its discs have other names in the configuration than on the disc in
 * the drive. */
#ifndef NB_JOB_RENAMED_H
#define NB_JOB_RENAMED_H

#include "job/job.h"
#include "model/decide/plan.h"

/*
 * Adds to OUT both names, if that is why DECISION refuses the disc with LABEL.
 * True: nothing was burned under the new names yet, and OUT has a hint that
 * leads out without erasing what is there.
 */
bool nb_renamed_tell(const struct nb_pool_context *context,
		     const struct nb_label *label,
		     const struct nb_decision *decision,
		     struct nb_plan_info *out);

#endif
