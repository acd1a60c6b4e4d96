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

/* README.txt, RESTORE.txt, index.html and restore.sh; the caller frees.
 * NB_ENOMEM */
enum nb_err nb_disc_readme_text(const struct nb_disc_readme_facts *facts,
				char **text);
enum nb_err nb_disc_restore_text(const struct nb_disc_readme_facts *facts,
				 char **text);
enum nb_err nb_disc_page_text(const struct nb_disc_readme_facts *facts,
			      char **text);
enum nb_err nb_disc_script_text(const struct nb_disc_readme_facts *facts,
				char **text);

#endif
