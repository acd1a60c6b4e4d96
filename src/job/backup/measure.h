/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By which rules of its source something is less than before. */
#ifndef NB_JOB_MEASURE_H
#define NB_JOB_MEASURE_H

#include "job/backup/backup.h"
#include "model/record/holding.h"

/* The min_ratio of the source that produces WAS; 0: nothing is compared. */
double nb_backup_min_ratio(const struct nb_backup *backup,
			   const struct nb_holding *was);

/* In the same way, the share of its files that must still be there. */
double nb_backup_min_kept(const struct nb_backup *backup,
			  const struct nb_holding *was);

/* And the share of those that are there whose content must be in the tree. */
double nb_backup_min_unchanged(const struct nb_backup *backup,
			       const struct nb_holding *was);

/* Is the source of WAS configured in the job? */
bool nb_backup_covers(const struct nb_backup *backup,
		      const struct nb_holding *was);

/* Does NOW lack, by the rules of its source, something of WAS?  OUT says what,
 * and borrows its texts.  A source that is no longer configured lacks nothing:
 * somebody removed it. */
bool nb_backup_lacks(const struct nb_backup *backup,
		     const struct nb_holding *was,
		     const struct nb_holdings *now, struct nb_shrink *out);

#endif
