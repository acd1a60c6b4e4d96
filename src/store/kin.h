/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs that may have been renamed together with their pools. */
#ifndef NB_STORE_KIN_H
#define NB_STORE_KIN_H

#include "store/catalog.h"

/*
 * The last complete backup of each job that is not configured, and of which all
 * backups are older than LINE's, under another name in another pool than LINE:
 * it may be LINE, renamed together with its pool.  The newest first, appended
 * to OUT.
 */
struct nb_kin {
	char id[NB_BACKUP_ID_MAX + 1];
	char job[NB_NAME_MAX + 1], pool[NB_NAME_MAX + 1];
};

struct nb_kins NB_ARRAY(struct nb_kin);

enum nb_err nb_catalog_kin(struct nb_catalog *catalog,
			   const struct nb_line *line, struct nb_kins *out);

#endif
