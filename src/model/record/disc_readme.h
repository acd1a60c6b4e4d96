/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts that describe a disc: README.txt, RESTORE.txt, index.html and
 * restore.sh, made from the manifests of the backups on it.  Pure text.
 */
#ifndef NB_MODEL_CONTENT_H
#define NB_MODEL_CONTENT_H

#include "model/record/manifest.h"
#include "model/source_kind.h"

struct nb_disc_readme_facts {
	/* Newest first; [0] is the one of this session.  The others are those
	 * that an appended session keeps reachable. */
	const struct nb_manifest *const *backups;
	size_t count;
	const char *volume_id;
	/* Described in the order of this list, which ends with NULL. */
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

/* Adds a line of restore.sh: a call of its function WHAT_item with COUNT words;
 * NULL is an empty word. */
void nb_disc_item(struct nb_str *script, const char *what,
		  const char *const *words, size_t count);

#endif
