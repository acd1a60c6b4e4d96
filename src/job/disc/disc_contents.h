/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disc of ours tells about its backups, all that the catalog wants to
 * know of them; and whether its manifests are those that we wrote.
 */
#ifndef NB_JOB_FOUND_H
#define NB_JOB_FOUND_H

#include "job/disc/inspect.h"

/* One backup on the disc, with the session that brought it. */
struct nb_disc_content {
	struct nb_label label;
	struct nb_manifest manifest;
	struct nb_entries entries; /* also manifest and SHA256SUMS, as far as
					the session could be read by itself */
	enum nb_manifest_mac mac;
	int number;      /* of the session, from 1 */
	uint32_t start;  /* its first block; 0 where BLOCKS is 0 */
	uint64_t blocks; /* 0: not known */
	uint8_t checksum[NB_CHECKSUM_SIZE];
};

struct nb_disc_contents NB_ARRAY(struct nb_disc_content);

/* The backups on the disc that LOOK saw, oldest first.  KEY may be NULL.
 * NB_ECORRUPT, NB_EIO.  Free with nb_disc_contents_free, also on failure. */
enum nb_err nb_disc_contents_load(const struct nb_inspection *look,
				  const struct nb_key *key,
				  struct nb_disc_contents *list);
void nb_disc_contents_free(struct nb_disc_contents *list);

#endif
