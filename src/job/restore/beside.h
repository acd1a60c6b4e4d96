/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files beside a dump, such as the scripts for its properties: a restore
 * into a database does not need them, but they have to be good. */
#ifndef NB_JOB_RESTORE_BESIDE_H
#define NB_JOB_RESTORE_BESIDE_H

#include "job/restore/restore.h"

/* Reads those of SOURCE to their ends.  *BAD: the number of those that are
 * missing, unreadable or have another hash, which is logged.  NB_ECANCELED,
 * NB_ENOMEM */
enum nb_err nb_restore_check_beside(const struct nb_restoring *r,
				    const struct nb_manifest_source *source,
				    uint64_t *bad);

#endif
