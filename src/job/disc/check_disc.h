/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads all of a disc of ours and determines whether everything on it can be
 * restored.
 */
#ifndef NB_JOB_CHECK_DISC_H
#define NB_JOB_CHECK_DISC_H

#include "base/str.h"
#include "job/disc/disc_contents.h"

/*
 * Reads all of the newest session of the disc of LOOK, each block once,
 * compares it with SHA256SUMS and looks up what its manifests list, as a
 * restore does.  CONTENTS, to be freed in every case, is what is on the disc;
 * its manifests were judged, and the checksums of the sessions computed.  If
 * all could be read, or files are bad, each backup of it has its ->check: is
 * it, by its own manifest, what was written?  If only SHA256SUMS is damaged, it
 * is.
 * NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_check_disc(struct nightburn *nb,
			  const struct nb_inspection *look,
			  struct nb_disc_contents *contents,
			  struct nb_verify_result *result);

/* What a verification found of a backup. */
struct nb_found_backup {
	char id[NB_BACKUP_ID_MAX + 1];
	uint64_t generation;
	bool by_hand;
	enum nb_check_state check;
	uint64_t bad; /* as in struct nb_disc_backup */
};

struct nb_found_backups NB_ARRAY(struct nb_found_backup);

/* NULL: nothing was found of it. */
const struct nb_found_backup *nb_found_backup(
	const struct nb_found_backups *found, const char *backup_id);

/* Adds "generation 2 is damaged, generation 1 is good" to TEXT: what is damaged
 * first, at most five of each. */
void nb_found_text(const struct nb_found_backups *found, struct nb_str *text);

#endif
