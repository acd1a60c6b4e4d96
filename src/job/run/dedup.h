/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An appended session carries only what changed since the newest backup of the
 * same job on the disc: the other files become second names for the bytes that
 * are there.  A file counts as unchanged by size, mtime, ctime and inode.
 */
#ifndef NB_JOB_SHARE_H
#define NB_JOB_SHARE_H

#include "job/run/session.h"

/*
 * Decides for each of SESSION->entries (sorted, relative to the backup, as
 * those of its base are) and marks those that need not be written.  The earlier
 * copy of each was read from the disc and has its hash; where the source's
 * `checksum` says that it is time, the file was read too.  What failed in
 * either is written anew, and noted.
 */
enum nb_err nb_dedup(struct nb_backup *backup, struct nb_session *session);

/* ---- shared by job/run/dedup.c and job/run/dedup_check.c ---- */

struct nb_dedup_pair {
	struct nb_entry *entry;
	const struct nb_entry *base; /* the same file in the base */
	const char *origin;          /* the backup with the bytes */
	struct nb_manifest_source *source;
	const struct nb_node *node; /* of the earlier copy */
	bool reread;                /* the file itself is to be read */
	bool dropped;               /* is written after all */
};

struct nb_dedup_pairs NB_ARRAY(struct nb_dedup_pair);

/* Reads the files of the pairs that are to be read, and compares. */
enum nb_err nb_dedup_check_files(struct nightburn *nb,
				 const struct nb_session *session,
				 struct nb_dedup_pairs *pairs);
/* Reads the earlier copies from the disc, and compares. */
enum nb_err nb_dedup_check_copies(struct nightburn *nb,
				  const struct nb_disc_contents *disc,
				  struct nb_dedup_pairs *pairs);

#endif
