/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two ways to restore a backup from a disc: to a directory and into a
 * database.
 */
#ifndef NB_JOB_RESTORE_H
#define NB_JOB_RESTORE_H

#include "job/restore/extract.h"
#include "job/restore/restore_select.h"

/* Keeps the entries that OPTIONS->paths name and that are beneath SOURCE_PATH
 * (NULL: everything); keeps an archive if a member of it is wanted.
 * NB_ENOTFOUND if nothing is left. */
enum nb_err nb_restore_select(struct nb_disc_backup *backup,
			      const struct nb_restore_options *options,
			      const char *source_path);

/* Whether OPTIONS->paths name PATH of BACKUP, with or without its id, or are
 * empty. */
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

/* Restores what nb_restore_select kept; from trees that are archives, the
 * members that OPTIONS name. */
enum nb_err nb_restore_extract(struct nightburn *nb, struct nb_blocks *blocks,
			       const struct nb_nodes *nodes,
			       const struct nb_disc_backup *backup,
			       const struct nb_restore_options *options,
			       struct nb_restore_target target,
			       struct nb_extract_result *result);

/* Restores what OPTIONS name of BACKUP, whose entries are sorted, to the
 * directory OPTIONS->to. */
enum nb_err nb_restore_to(struct nightburn *nb,
			  const struct nb_restore_options *options,
			  struct nb_blocks *blocks,
			  const struct nb_nodes *nodes,
			  struct nb_disc_backup *backup,
			  struct nb_extract_result *result);

/* Moves the blocks that could not be read to RESULT, which then owns them. */
void nb_restore_tell_bad(struct nb_block_runs *bad,
			 struct nb_restore_result *result);

/* Restores whatever can be read from a damaged disc: with the manifest, without
 * it by SHA256SUMS, or by the directory alone.  NB_ESUSPECT: something is
 * missing; NB_EWRONG: the manifest is missing, or something cannot be proved.
 * (salvage.c) */
enum nb_err nb_restore_salvage(struct nightburn *nb,
			       const struct nb_restore_options *options,
			       struct nb_restore_result *result);

/* Creates a temporary directory in staging (NB NULL: in /tmp); the caller
 * removes it. */
enum nb_err nb_restore_temporary(const struct nightburn *nb, char **path,
				 int *fd);

/* Is it a tree in one archive?  Then its wanted members are restored from FILE
 * by SPEC, whose entries are replaced.  (unpack.c) */
bool nb_source_is_packed(const struct nb_manifest_source *source);
enum nb_err nb_restore_unpack(struct nb_extract *spec,
			      const struct nb_disc_backup *backup,
			      const struct nb_entry *file,
			      const struct nb_manifest_source *source,
			      const struct nb_restore_options *options,
			      struct nb_extract_result *result);

/* Restores a dump into the database OPTIONS->into, through a pipe, or through
 * staging if it is a directory; only the dump is kept in the backup.
 * (restore_database.c) */
enum nb_err nb_restore_into(struct nightburn *nb,
			    const struct nb_restore_options *options,
			    struct nb_blocks *blocks,
			    const struct nb_nodes *nodes,
			    struct nb_disc_backup *backup,
			    struct nb_extract_result *result);

#endif
