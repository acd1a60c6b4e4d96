/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of an earlier backup, beside those of this one. */
#ifndef NB_JOB_PAST_FILES_H
#define NB_JOB_PAST_FILES_H

#include "job/backup/backup.h"

/* Valid during the call. */
struct nb_past_file {
	size_t at;                  /* its source in BACKUP->last */
	const char *path;           /* "tree/www/a" */
	const struct nb_entry *was; /* as the catalog has it */
	const struct nb_entry *now; /* the one with that path; NULL: none */
};

/*
 * Calls FN, by path, once for each file (whatever is no directory) of the
 * backup ID that belongs to a source of BACKUP->last which M has, too, with the
 * one of that path among FILES, which are sorted and relative to the backup, or
 * the members of its archive in M.  NB_ENOMEM, errors of the catalog and of FN.
 */
enum nb_err nb_past_files(const struct nb_backup *backup,
			  const struct nb_manifest *m,
			  const struct nb_entries *files, const char *id,
			  enum nb_err (*fn)(void *ctx,
					    const struct nb_past_file *file),
			  void *ctx);

#endif
