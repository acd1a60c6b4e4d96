/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An appended session contains only what changed since the newest backup of the
 * same job on the disc: other files become further names for the bytes that are
 * there.  A file counts as unchanged if size, mtime, ctime and inode are equal.
 */
#ifndef NB_JOB_SHARE_H
#define NB_JOB_SHARE_H

#include "job/backup/session.h"

/*
 * Marks those of SESSION->entries (sorted, relative to the backup like those of
 * its base) that need not be written.  The earlier copy of each was read from
 * the disc and has its hash; if it is time by the source's `checksum`, the file
 * was read too.  If either check failed, the file is written again, and noted.
 */
enum nb_err nb_dedup(struct nb_backup *backup, struct nb_session *session);

/* Reads the file of ENTRY.  *READ: it is the one that was listed, unchanged
 * while it was read, and SHA256 is valid.  NB_ECANCELED, NB_ENOMEM */
enum nb_err nb_dedup_hash(struct nightburn *nb, const struct nb_session *s,
			  const struct nb_entry *entry,
			  uint8_t sha256[NB_SHA256_SIZE], bool *read);

/* The rule of the source that made OF. */
enum nb_reread nb_dedup_rule(const struct nb_backup *backup,
			     const struct nb_manifest_source *of);

/* ---- shared by job/backup/dedup.c and job/backup/dedup_check.c ---- */

struct nb_dedup_pair {
	struct nb_entry *entry;
	const struct nb_entry *base; /* the same file in the base */
	const char *origin;          /* the backup with the bytes */
	struct nb_manifest_source *source;
	const struct nb_node *node; /* of the earlier copy */
	bool reread;                /* the file itself must be read */
	bool dropped;               /* it is written after all */
};

struct nb_dedup_pairs NB_ARRAY(struct nb_dedup_pair);

/* Reads and compares those files of the pairs that must be read. */
enum nb_err nb_dedup_check_files(struct nightburn *nb,
				 const struct nb_session *session,
				 struct nb_dedup_pairs *pairs);
/* Reads and compares the earlier copies on the disc. */
enum nb_err nb_dedup_check_copies(struct nightburn *nb,
				  const struct nb_disc_contents *disc,
				  struct nb_dedup_pairs *pairs);

#endif
