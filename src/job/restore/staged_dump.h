/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extracts the files of a dump to this host, for a program that opens them
 * itself. */
#ifndef NB_JOB_RESTORE_STAGED_DUMP_H
#define NB_JOB_RESTORE_STAGED_DUMP_H

#include "job/restore/restore.h"

struct nb_staged_dump {
	struct nb_temporary *made; /* the directory; NULL: none */
	char *path;                /* of the dump in it */
};

/* Extracts what is left of R->backup, which is a dump, so that
 * R->options->run_as can read it.  STAGED is empty before; remove it in every
 * case. */
enum nb_err nb_staged_dump_make(const struct nb_restoring *r,
				const struct nb_manifest_source *source,
				struct nb_staged_dump *staged,
				struct nb_extract_result *result);
enum nb_err nb_staged_dump_remove(struct nb_staged_dump *staged);

#endif
