/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By which rules of its source something is less than before. */
#ifndef NB_JOB_MEASURE_H
#define NB_JOB_MEASURE_H

#include "job/backup/backup.h"
#include "model/record/holding.h"

/* What is enough of the source that produces WAS. */
struct nb_least nb_backup_least(const struct nb_backup *backup,
				const struct nb_holding *was);

/* Do the options of its source leave out PATH (nb_source_ops.leaves_out)? */
bool nb_backup_leaves_out(const struct nb_backup *backup,
			  const struct nb_holding *was, const char *path);

/* Is the source of WAS configured in the job? */
bool nb_backup_covers(const struct nb_backup *backup,
		      const struct nb_holding *was);

/* Does NOW lack, by the rules of its source, something of WAS?  OUT says what,
 * and borrows its texts.  A source that is no longer configured lacks nothing:
 * somebody removed it. */
bool nb_backup_lacks(const struct nb_backup *backup,
		     const struct nb_holding *was,
		     const struct nb_holdings *now, struct nb_shrink *out);

/* Appends that to OUT; if NOW has another source under the same name, also what
 * that has less: whoever accepts the one has to know the other.  NB_ENOMEM */
enum nb_err nb_backup_add_lacks(const struct nb_backup *backup,
				const struct nb_holding *was,
				const struct nb_holdings *now,
				struct nb_shrinks *out);

#endif
