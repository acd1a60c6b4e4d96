/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a disc says about itself: README.txt, RESTORE.txt, index.html and
 * restore.sh, made from the manifests of the backups on it.  Pure text.
 */
#ifndef NB_MODEL_CONTENT_H
#define NB_MODEL_CONTENT_H

#include "model/record/manifest.h"
#include "model/source_kind.h"

struct nb_disc_readme_facts {
	/* Newest first; [0] is the one of this session.  The earlier ones are
	 * those that an appended session keeps reachable. */
	const struct nb_manifest *const *backups;
	size_t count;
	const char *volume_id;
	/* Each is told of in the order of this list, ended by NULL. */
	const struct nb_source_kind *const *kinds;
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

/* A line of restore.sh: what there is, in COUNT words, as its function
 * WHAT_item takes them; NULL is an empty word. */
void nb_disc_item(struct nb_str *script, const char *what,
		  const char *const *words, size_t count);

#endif
