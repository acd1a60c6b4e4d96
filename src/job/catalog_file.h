/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the state directory has a catalog, and what it means if it has none.
 */
#ifndef NB_JOB_CATALOG_FILE_H
#define NB_JOB_CATALOG_FILE_H

#include "job/job.h"

/* NB_ENOMEM. */
enum nb_err nb_catalog_there(const struct nb_config *config, bool *there);

/*
 * Neither a catalog nor a mark (store/mark.h), but a key: it was imported, or
 * the rest of the directory was lost.  Then discs that bear it may hold what
 * the new catalog does not know.  NB_ENOMEM.
 */
enum nb_err nb_catalog_unread(const struct nb_config *config, bool *unread);

/* Before the catalog is made: if it is unread, it is stale for all configured
 * pools until the discs were read, or nightburn catalog rebuild --finish said
 * that there are none.  The lock is held.  NB_EIO, NB_EFULL, NB_ENOMEM. */
enum nb_err nb_catalog_expect(const struct nb_config *config);

#endif
