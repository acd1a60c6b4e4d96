/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that nightburn itself adds to a disc: one table, from README.txt to
 * the manifest.
 */
#ifndef NB_MODEL_OWN_FILES_H
#define NB_MODEL_OWN_FILES_H

#include "model/record/disc_readme.h"

/* What they are rendered from. */
struct nb_own_facts {
	const struct nb_disc_readme_facts *readme; /* unused by late ones */
	const struct nb_label *label; /* NULL: an image without a label */
	const struct nb_manifest *manifest;
	const struct nb_entries *entries; /* of the session, sorted */
	const struct nb_sums *kept; /* files of earlier sessions that stay */
	const struct nb_key *key;   /* for the manifest; NULL: no MAC */
};

struct nb_own_file {
	const char *path;
	const char *of; /* the file that this is a copy of; NULL: it is not a
			   copy */
	mode_t mode;
	int weight; /* higher: nearer to the start of the image */
	bool late;  /* rendered after all other files were written */
	bool kept;  /* an appended session moves the previous one to
		       nightburn/<its backup id>/ */
	/* The caller frees *TEXT; NULL: this disc has none.  The length does
	 * not depend on hashes.  NB_ENOMEM, NB_EFAIL. */
	enum nb_err (*render)(const struct nb_own_facts *facts, char **text,
			      size_t *length);
};

#define NB_OWN_FILES 10
/* The weight of the gap between what is known only at the end of an image and
 * its copies. */
#define NB_GAP_WEIGHT (-3000)
extern const struct nb_own_file nb_own_files[NB_OWN_FILES];

/* The file with PATH, or NULL. */
const struct nb_own_file *nb_own_file_find(const char *path);

/* Is PATH, on a disc, one of nightburn's own: one of these files, or whatever
 * is in its directory? */
bool nb_own_path(const char *path);

/* The number of files among ENTRIES, with paths on the disc, that are not
 * nightburn's own, and their bytes: the size of a backup, wherever it is told.
 * Directories and links do not count, an archive is one file. */
void nb_own_files_rest(const struct nb_entries *entries, uint64_t *files,
		       uint64_t *bytes);

/* Where the file PATH is after a session was appended to that of backup ID:
 * *OUT is fresh memory, or NULL if it stays.  NB_ENOMEM. */
enum nb_err nb_own_file_moved(const char *path, const char *id, char **out);

/* Appends them and their directory to ENTRIES, with the date of the manifest;
 * late ones without a size. */
enum nb_err nb_own_files_add(const struct nb_own_facts *facts,
			     struct nb_entries *entries);

/* Gives each copy among ENTRIES (sorted) the hash of its original, as soon as
 * that has one. */
void nb_own_files_share(struct nb_entries *entries);

/* Sets the sizes of late files among ENTRIES, which are FACTS->entries and
 * complete except for hashes. */
enum nb_err nb_own_files_measure(const struct nb_own_facts *facts,
				 struct nb_entries *entries);

#endif
