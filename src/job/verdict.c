/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/job.h"

enum nb_err
nb_run_verdict(enum nb_err err, const struct nb_run_result *result)
{
	return !err
			&& (result->changed || result->lost || result->corrupt
			    || result->reread || result->shrunk
			    || result->nights || result->mounts_left_out
			    || result->unreadable || result->waiting
			    || result->behind)
		? NB_EWRONG
		: err;
}
