/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disc that nobody changed. */
#ifndef NB_JOB_NIGHTS_H
#define NB_JOB_NIGHTS_H

#include "job/backup/backup.h"

/*
 * BACKUP was burned and verified as RESULT says.  Tells, as an error, so that
 * cron mails it also with --quiet, how many backups in a row are on this disc;
 * RESULT->nights if these are more than the pool allows.  A pool that fills its
 * discs one by one, or has only one, is meant to be so.
 */
enum nb_err nb_count_nights(const struct nb_backup *backup,
			    struct nb_run_result *result);

#endif
