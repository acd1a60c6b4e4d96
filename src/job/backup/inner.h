/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a tree that are as small as nobody would miss them in all of it. */
#ifndef NB_JOB_INNER_H
#define NB_JOB_INNER_H

#include "job/backup/backup.h"
#include "model/record/holding.h"

/*
 * For each tree of the last good backup that did not shrink otherwise: has a
 * file system that is mounted below its top, in NOW as well, much fewer files
 * than before, and is a directory that had files a symbolic link now, which
 * leads out of the tree?  FILES are sorted and relative to the backup of M.
 * Adds to BACKUP->shrinks.  Errors of the catalog.
 */
enum nb_err nb_backup_compare_inner(struct nb_backup *backup,
				    const struct nb_manifest *m,
				    const struct nb_entries *files,
				    const struct nb_holdings *now);

#endif
