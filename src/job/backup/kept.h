/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are there in number and size, and have other names. */
#ifndef NB_JOB_KEPT_H
#define NB_JOB_KEPT_H

#include "job/backup/backup.h"

/* Of fewer files, nothing is said: a directory with a few exports that bear
 * their date is no accident. */
#define NB_KEPT_MIN 20

/*
 * For each tree of the last good backup that did not shrink otherwise: are
 * enough of its files (min_kept) still there, by their names, among FILES,
 * which are sorted, or the members of its archive in M?  One that is empty now
 * is not.  Whatever renames all
 * files, as what encrypts them does, changes neither number nor size.  Adds to
 * BACKUP->shrinks.  Errors of the catalog.
 */
enum nb_err nb_backup_compare_names(struct nb_backup *backup,
				    const struct nb_manifest *m,
				    const struct nb_entries *files);

#endif
