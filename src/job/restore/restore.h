/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two ways back from a backup that a disc holds: into a directory and into
 * a database.
 */
#ifndef NB_JOB_RESTORE_H
#define NB_JOB_RESTORE_H

#include "job/restore/extract.h"
#include "job/restore/restore_select.h"

/* Keeps what OPTIONS->paths name and what stands beneath SOURCE_PATH (NULL:
 * everything); an archive, when a member of it is wanted.  NB_ENOTFOUND when
 * nothing is left. */
enum nb_err nb_restore_select(struct nb_disc_backup *backup,
			      const struct nb_restore_options *options,
			      const char *source_path);

/* Whether OPTIONS->paths name PATH of BACKUP, with its id or without, or
 * nothing at all. */
bool nb_restore_wants(const struct nb_disc_backup *backup,
		      const struct nb_restore_options *options,
		      const char *path);

/* The source NAME of the backup.  NB_ENOTFOUND. */
enum nb_err nb_restore_source(const struct nb_disc_backup *backup,
			      const char *name,
			      const struct nb_manifest_source **out);

struct nb_restore_target {
	int fd; /* the directory, open */
	bool overwrite;
	bool attributes;
};

/* Brings back what HELD is reduced to; of trees that are archives, what
 * OPTIONS want of their members. */
enum nb_err nb_restore_extract(struct nightburn *nb, struct nb_blocks *blocks,
			       const struct nb_nodes *nodes,
			       const struct nb_disc_backup *backup,
			       const struct nb_restore_options *options,
			       struct nb_restore_target target,
			       struct nb_extract_result *result);

/* A directory in staging (NB NULL: in /tmp) for what is on its way; the caller
 * removes it. */
enum nb_err nb_restore_temporary(const struct nightburn *nb, char **path,
				 int *fd);

/* Is it a tree that is one archive?  Then its members that are wanted are
 * brought back from FILE by SPEC, whose entries are replaced. (unpack.c) */
bool nb_source_is_packed(const struct nb_manifest_source *source);
enum nb_err nb_restore_unpack(struct nb_extract *spec,
			      const struct nb_disc_backup *backup,
			      const struct nb_entry *file,
			      const struct nb_manifest_source *source,
			      const struct nb_restore_options *options,
			      struct nb_extract_result *result);

/* A dump into the database OPTIONS->into, through a pipe, or by way of staging
 * when it is a directory; HELD is reduced to it.
 * (job/restore/restore_database.c) */
enum nb_err nb_restore_into(struct nightburn *nb,
			    const struct nb_restore_options *options,
			    struct nb_blocks *blocks,
			    const struct nb_nodes *nodes,
			    struct nb_disc_backup *backup,
			    struct nb_extract_result *result);

#endif
