/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A job that was renamed together with its pool. */
#ifndef NB_JOB_KIN_H
#define NB_JOB_KIN_H

#include "job/backup/backup.h"

/*
 * Where the job has no complete backup under its name: finds a job that is not
 * configured any more, and had the same sources, by what they are (identity),
 * as NOW has.  At least one is the same, and none of that name is another one.
 * Sets BACKUP->kin, and logs it.  Errors of the catalog.
 */
enum nb_err nb_backup_find_kin(struct nb_backup *backup,
			       const struct nb_holdings *now);

#endif
