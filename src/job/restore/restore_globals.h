/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The globals of a backup: the roles and tablespaces of the server that its
 * databases were on, which are restored before a database.
 */
#ifndef NB_JOB_RESTORE_GLOBALS_H
#define NB_JOB_RESTORE_GLOBALS_H

#include "job/restore/dump_stream.h"
#include "job/restore/restore.h"
#include "source/source.h"

struct nb_restore_globals {
	const struct nb_manifest_source *source; /* NULL: not wanted */
	struct nb_entry entry; /* a copy, since the backup is reduced to the
				  dump */
	struct nb_dump_stream stream;
};

/* Is SOURCE a script for the whole server? */
bool nb_restore_is_globals(const struct nb_manifest_source *source);

/* Finds the globals of R->backup, those that R->options names, and reads them
 * to their end, which compares their hash.  Free in every case.  NB_ENOTFOUND,
 * logged: there are none; NB_EUSAGE: those of several servers, and none is
 * named; the errors of nb_dump_stream_check. */
enum nb_err nb_restore_globals_open(const struct nb_restoring *r,
				    struct nb_restore_globals *globals);
void nb_restore_globals_free(struct nb_restore_globals *globals);

#endif
