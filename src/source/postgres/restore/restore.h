/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Restores a dump into a database, and the globals of a server, with
 * PostgreSQL's own programs.
 */
#ifndef NB_SOURCE_PG_RESTORE_H
#define NB_SOURCE_PG_RESTORE_H

#include "source/source.h"

/*
 * Restores.  NB_EWRONG: the database exists and is not empty (for the
 * section data: has rows; for post-data: it may have anything), or has another
 * encoding or locale (nothing was done); or the data was restored, but the
 * database does not have all the properties that it had, which is logged.
 * NB_EFAIL: a program failed, its message is logged; NB_ESOURCE: the program is
 * missing; NB_ECORRUPT: the format is unknown; the error of ->read: the program
 * was killed before the end of the dump.
 */
enum nb_err nb_pg_restore(const struct nb_source_restore *restore);
/* Checks what can be checked before anything is changed.  NB_EUSAGE: the format
 * does not support what ->load requests; NB_ENOTFOUND: the dump does not have
 * it.  (parts.c) */
enum nb_err nb_pg_restore_check(const struct nb_source_restore *restore);

/* Lists the contents of a dump: pg_restore's table of contents, line by line,
 * without its comments; nothing for SQL text.  For a dump in directory format
 * it needs the file with that table.  NB_EFAIL, NB_ESOURCE; the error of FN.
 * (contents.c) */
enum nb_err nb_pg_contents(const struct nb_source_restore *what,
			   enum nb_err (*fn)(void *ctx, const char *line),
			   void *ctx);
bool nb_pg_contents_need(const struct nb_manifest_source *record,
			 const struct nb_entry *e);

#endif
