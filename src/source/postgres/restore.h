/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back: a dump into a database, with PostgreSQL's own programs.
 */
#ifndef NB_SOURCE_PG_RESTORE_H
#define NB_SOURCE_PG_RESTORE_H

#include "source/source.h"

/*
 * Restores.  NB_EWRONG: the database exists and has tables in it (nothing was
 * done); NB_EFAIL: a program failed, its last words are logged; NB_ESOURCE:
 * there is no such program; NB_ECORRUPT:
 * the format is unknown; what ->read gave: the program was ended before it came
 * to the end of the dump.
 */
enum nb_err nb_pg_restore(const struct nb_source_restore *restore);

/* Only a dump that is a directory stands on this host. */
bool nb_pg_restore_by_path(const struct nb_manifest_source *record);

#endif
