/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory that goes with the process that made it.  The process holds a
 * lock (flock) on the file .lock in it; the kernel releases that however the
 * process ends, so the next one can tell what nobody uses any more.
 *
 *     PARENT/restore.XXXXXX     .lock in it: temporary; without: it is kept
 *     PARENT/<name>.partial     of a backup (store/staging.h); nobody's if
 *                               .lock is free or missing
 */
#ifndef NB_STORE_TEMPORARY_H
#define NB_STORE_TEMPORARY_H

#include <stdbool.h>

#include "base/err.h"

#define NB_TEMPORARY_PARTIAL ".partial"

struct nb_temporary {
	char *path;
	int dir;  /* descriptor of it; children may use it */
	int lock; /* as long as this is open, in any process, the directory is
		     in use; -1: the file system has no locks */
};

/* PARENT/restore.XXXXXX, mode 0711.  NB_EIO, NB_ENOMEM */
enum nb_err nb_temporary_make(const char *parent, struct nb_temporary **out);

/* From now on it is called NAME in the same directory; ->path as well.
 * NB_EIO */
enum nb_err nb_temporary_rename(struct nb_temporary *temporary,
				const char *name);

/* It is no longer temporary: it stays when the process ends. */
void nb_temporary_keep(struct nb_temporary *temporary);

/* Frees TEMPORARY and gives the directory up; whoever sweeps next removes it.
 * Accepts NULL. */
void nb_temporary_close(struct nb_temporary *temporary);

/* Removes the directory at PATH with all that is in it; .lock goes last, so
 * that what an interrupted removal leaves is found by the next sweep.  True if
 * there is no such directory.  False with errno. */
bool nb_temporary_remove(const char *path);

/* Removes what dead processes of this user left in PARENT, and names it.  What
 * cannot be removed is told and stays. */
void nb_temporary_sweep(const char *parent);

#endif
