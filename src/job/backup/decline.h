/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes less from night to night, and never much in one. */
#ifndef NB_JOB_DECLINE_H
#define NB_JOB_DECLINE_H

#include "job/backup/backup.h"
#include "model/record/holding.h"

/*
 * Compares NOW with the good backups on discs that are older than the last one
 * (BACKUP->last), as far back as nothing was accepted, and adds what it lacks
 * of them to BACKUP->shrinks.  Errors of the catalog.
 */
enum nb_err nb_backup_compare_older(struct nb_backup *backup,
				    const struct nb_holdings *now);

#endif
