/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The part of a backup that a restore is asked for: its source, and its paths,
 * with or without the backup's id.
 */
#ifndef NB_JOB_RESTORE_PATHS_H
#define NB_JOB_RESTORE_PATHS_H

#include "job/disc/disc_contents.h"

/* Keeps the entries that OPTIONS->paths name and that are beneath SOURCE_PATH
 * (NULL: everything); keeps an archive if a member of it is wanted.
 * NB_ENOTFOUND if nothing is left. */
enum nb_err nb_restore_select(struct nb_disc_backup *backup,
			      const struct nb_restore_options *options,
			      const char *source_path);

/* The same, and keeps the directories in which these are, marked
 * ->on_the_way. */
enum nb_err nb_restore_select_placed(struct nb_disc_backup *backup,
				     const struct nb_restore_options *options,
				     const char *source_path);

/* Marks in WAY, which has an element for each entry of LIST, the directories in
 * which PATH is.  NB_ENOMEM. */
enum nb_err nb_restore_mark_way(const struct nb_entries *list, const char *path,
				bool *way);

/* Whether OPTIONS->paths name PATH of BACKUP, with or without its id, or are
 * empty. */
bool nb_restore_wants(const struct nb_disc_backup *backup,
		      const struct nb_restore_options *options,
		      const char *path);

/* The source NAME of the backup.  NB_ENOTFOUND. */
enum nb_err nb_restore_source(const struct nb_disc_backup *backup,
			      const char *name,
			      const struct nb_manifest_source **out);

/* How SOURCE of BACKUP is configured now; NULL: not at all.  NB may be NULL. */
const struct nb_config_source *nb_restore_configured(
	const struct nightburn *nb, const struct nb_disc_backup *backup,
	const struct nb_manifest_source *source);

/* The source that is a tree in one archive, at PATH; or NULL. */
const struct nb_manifest_source *nb_restore_packed(
	const struct nb_disc_backup *backup, const char *path);

/* A file, directory or other node as it is restored; borrowed. */
struct nb_restore_path {
	const char *path; /* relative to the backup */
	const struct nb_entry *entry;
	/* Of a member of an archive: the file on the disc, and its source. */
	const struct nb_entry *archive;
	const struct nb_manifest_source *packed;
};

typedef enum nb_err nb_restore_path_fn(void *ctx,
				       const struct nb_restore_path *path);

/* Calls FN for each wanted path of SOURCE (NULL: of all sources), until it
 * fails. */
enum nb_err nb_restore_each(const struct nb_disc_backup *backup,
			    const struct nb_restore_options *options,
			    const struct nb_manifest_source *source,
			    nb_restore_path_fn *fn, void *ctx);

/* Is PATH equal to PART, or beneath it? */
bool nb_restore_is_beneath(const char *path, const char *part);

/* Does the file at PATH stand beside that of a source, like its scripts? */
bool nb_restore_is_beside(const char *path, const char *source_path);

#endif
