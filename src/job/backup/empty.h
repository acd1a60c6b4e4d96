/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would never be missed, because there never was anything. */
#ifndef NB_JOB_EMPTY_H
#define NB_JOB_EMPTY_H

#include "job/backup/backup.h"
#include "model/record/holding.h"

/* Adds to BACKUP->shrinks each tree of NOW that is without a file, unless a
 * good backup of it was made before.  NB_ENOMEM */
enum nb_err nb_backup_compare_empty(struct nb_backup *backup,
				    const struct nb_holdings *now);

#endif
