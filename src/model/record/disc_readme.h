/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts that describe a disc: README.txt, RESTORE.txt, index.html and
 * restore.sh, made from the manifests of the backups on it.  Pure text.
 *
 * restore.sh knows dumps of databases and globals of servers (words "dump" and
 * "globals" of nb_disc_item), directories and archives.  How a server is used
 * is in the parts of the kind that it is of.
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

/* Adds TEXT of RESTORE.txt or restore.sh.  Where it has the name of a part
 * between two "@", the parts of that name of all kinds are put, expanded as
 * well; if the name is a line of its own, in the place of that line.  CONTENTS
 * is the list of the backups on the disc.  (disc_script.c) */
void nb_disc_expand(struct nb_str *s, const char *text,
		    const struct nb_disc_readme_facts *facts);

/* Adds a line of restore.sh: a call of its function WHAT_item with COUNT words;
 * NULL is an empty word. */
void nb_disc_item(struct nb_str *script, const char *what,
		  const char *const *words, size_t count);

#endif
