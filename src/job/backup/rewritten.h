/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are there under their names, and whose content is gone. */
#ifndef NB_JOB_REWRITTEN_H
#define NB_JOB_REWRITTEN_H

#include "job/backup/session.h"

/* Of fewer files, nothing is said. */
#define NB_REWRITTEN_MIN 10

/*
 * For each tree of the last good backup that did not shrink otherwise: of those
 * of its files that are still there under their names, is the content of enough
 * (min_unchanged) still in the tree, whatever name it has now?  What encrypts
 * all files in their places changes neither number nor names, nor much of the
 * size.  If it was not so from the backup before that one to the last one
 * either, the files are written anew each night, and nothing is said.
 *
 * Only files whose size or dates are not those of the last backup are read, and
 * only in a tree of which there are more of these than min_unchanged permits,
 * until enough are found.  ENTRIES of SESSION are sorted, relative to the
 * backup.  Adds to BACKUP->shrinks.  Errors of the catalog, NB_ECANCELED.
 */
enum nb_err nb_rewritten_find(struct nb_backup *backup,
			      const struct nb_session *session);

#endif
