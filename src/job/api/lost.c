/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/api/sized.h"
#include "job/jobs.h"

enum nb_err
nb_disc_lost(struct nightburn *nb, const char *job, const char *disc,
	     struct nb_lost_result *result)
{
	struct nb_lost_result own = { .size = sizeof own };
	enum nb_err err = nb_sized_check(result);

	if (err)
		return err;
	err = nb_job_lost(nb, job, disc, &own);
	nb_sized_give(result, &own, sizeof own);
	return err;
}
