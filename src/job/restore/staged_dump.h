/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a dump on this host, for a program that opens them itself. */
#ifndef NB_JOB_RESTORE_STAGED_DUMP_H
#define NB_JOB_RESTORE_STAGED_DUMP_H

#include "job/restore/restore.h"

struct nb_staged_dump {
	char *dir;  /* that was made for it; NULL: none */
	char *path; /* of the dump in it */
	int fd;     /* of the directory; -1: closed */
};

/* Extracts what is left of R->backup, a dump, so that R->options->run_as can
 * read it.  STAGED is empty; remove it in every case. */
enum nb_err nb_staged_dump_make(const struct nb_restoring *r,
				const struct nb_manifest_source *source,
				struct nb_staged_dump *staged,
				struct nb_extract_result *result);
enum nb_err nb_staged_dump_remove(struct nb_staged_dump *staged);

#endif
