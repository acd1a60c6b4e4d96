/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session being created: everything that will be on the disc, the files that
 * nightburn itself adds, and the image that streams it.
 */
#ifndef NB_JOB_SESSION_H
#define NB_JOB_SESSION_H

#include "disc/image/image.h"
#include "job/backup/backup.h"
#include "job/disc/disc_contents.h"

struct nb_manifests NB_ARRAY(const struct nb_manifest *);

struct nb_session {
	struct nb_backup *backup; /* borrowed */
	struct nb_label label;    /* disc_id "" for a plain image file */
	struct nb_manifest manifest;
	struct nb_entries entries;    /* of this session, sorted */
	struct nb_disc_contents disc; /* what is on the disc already */
	struct nb_manifests earlier;  /* the manifests there, newest first */
	struct nb_sums kept;          /* files of earlier sessions that stay
					    reachable */
	struct nb_disc_backup *base;  /* the newest of the same job on the disc,
					    its entries sorted and relative to
					    it, until nb_dedup has compared
					    them; NULL: there is none */
	struct nb_hooked *hooked;     /* of the run; NULL: it has no hooks */
	struct nb_roots roots;
	struct nb_calls *calls;     /* the backup's */
	struct nb_blocks *previous; /* those of the disc, if it is not blank */
	struct nb_image *image;
	const struct nb_key *key; /* for its manifest; NULL: no MAC */
	uint32_t start;           /* first block */
	uint64_t blocks;          /* exact size */
	bool read;                /* everything that the sources hold was */
};

/*
 * Lists the backup again and builds the session of PLAN for the disc of LOOK
 * (append: after the existing sessions); LOOK NULL: a plain image file without
 * a label.  Its exact size is known afterwards; nothing is written.  BACKUP and
 * LOOK must outlive it.
 */
enum nb_err nb_session_new(struct nb_backup *backup,
			   const struct nb_inspection *look,
			   const struct nb_decision *decision,
			   struct nb_session **out);
void nb_session_free(struct nb_session *session);

#endif
