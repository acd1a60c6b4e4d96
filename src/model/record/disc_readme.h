/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disc says about itself: README.txt, RESTORE.txt, index.html and
 * restore.sh, made from the manifests of the backups on it.  Pure text.
 */
#ifndef NB_MODEL_CONTENT_H
#define NB_MODEL_CONTENT_H

#include "model/record/manifest.h"

struct nb_disc_readme_facts {
	/* Newest first; [0] is the one of this session.  The earlier ones are
	 * those that an appended session keeps reachable. */
	const struct nb_manifest *const *backups;
	size_t count;
	const char *volume_id;
};

/*
 * Appends README.txt, RESTORE.txt, index.html (mode 0444) and restore.sh (mode
 * 0555) to ENTRIES, root-owned, with the date of the newest backup.
 */
enum nb_err nb_disc_readme_add(const struct nb_disc_readme_facts *facts,
			       struct nb_entries *entries);

#endif
