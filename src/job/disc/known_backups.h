/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The backups that the catalog knows, for choosing one to restore. */
#ifndef NB_JOB_KNOWN_BACKUPS_H
#define NB_JOB_KNOWN_BACKUPS_H

#include "job/disc/inspect.h"
#include "model/decide/restore.h"

struct nb_known_backups {
	struct NB_ARRAY(struct nb_known_backup) list;
	struct nb_names texts; /* the texts that the list borrows */
};

/* Loads them.  NB may be NULL, and there may be no catalog: the list is empty
 * then, and also if the catalog cannot be read, which is logged, because a
 * restore must work from the disc alone.  NB_ENOMEM.  Free in every case. */
enum nb_err nb_known_backups_load(struct nightburn *nb,
				  struct nb_known_backups *known);
void nb_known_backups_free(struct nb_known_backups *known);

/* Does WHICH (NULL: nothing) name no more than one of them?  NB_ENOTFOUND,
 * logged: several begin like this. */
enum nb_err nb_known_backups_single(const struct nb_known_backups *known,
				    const char *which);

/* Is the disc DISC_ID suspect in the catalog?  False without a catalog. */
bool nb_known_suspect(struct nightburn *nb, const char *disc_id);

#endif
