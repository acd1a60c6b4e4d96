/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets owners, modes, extended attributes, ACLs and times of restored files, in
 * an order in which none undoes another: changing the owner removes
 * capabilities, the mode changes an ACL, and any of them changes the times,
 * which come last.
 */
#ifndef NB_JOB_EXTRACT_ATTR_H
#define NB_JOB_EXTRACT_ATTR_H

#include "job/restore/extract.h"

/* Entries with flags of chattr, borrowed. */
struct nb_extract_flagged NB_ARRAY(const struct nb_entry *);

struct nb_extract_attributes {
	uint64_t lost; /* attributes that the target does not support */
	uint64_t lost_flags;
	uint64_t set_ids; /* files that lack such a bit, being another's */
	struct nb_extract_flagged flagged; /* set last of all */
	bool *existing; /* by entry: a directory on the way that existed: it
			   stays as it is */
};

/* For the open file or directory FD.  NB_EIO */
enum nb_err nb_extract_set(struct nb_extract_attributes *a, int fd,
			   const struct nb_entry *e);

/* For NAME in DIR, which cannot be opened: a link, a device. */
enum nb_err nb_extract_set_at(struct nb_extract_attributes *a, int dir,
			      const char *name, const struct nb_entry *e);

/* For all directories of SPEC, the deepest first; they only have to be there if
 * SPEC wants no attributes.  NB_EIO */
enum nb_err nb_extract_set_directories(struct nb_extract_attributes *a,
				       const struct nb_extract *spec);

/* Sets what has to be set while the new file FD is empty. */
void nb_extract_set_early(int fd, const struct nb_entry *e);

/* Says of E, which is restored and torn, what that means; counts in RESULT what
 * is lost, and names the first of these. */
void nb_extract_tell_torn(struct nb_extract_result *result,
			  const struct nb_entry *e);

/* Sets the flags of all files and directories that were set before: nothing can
 * be changed in or about one that is immutable. */
void nb_extract_set_flags(struct nb_extract_attributes *a,
			  const struct nb_extract *spec);

/* A file being written. */
struct nb_extract_out {
	int fd;
	const struct nb_ranges *holes;
	uint64_t size; /* the maximum size */
	uint64_t at;   /* position */
	size_t hole;   /* the first hole that does not end before it */
};

/* Writes N bytes at the position, but does not write zeros where a hole is
 * recorded. 0, or -1 with errno. */
int nb_extract_write(struct nb_extract_out *out, const uint8_t *data, size_t n);

/* Creates the link, FIFO, socket or device NAME in DIR, as described by E.  0,
 * or -1. */
int nb_extract_make(int dir, const char *name, const struct nb_entry *e);

/* Logs how many attributes were lost in addition to the first, which was
 * named. */
void nb_extract_log_lost(const struct nb_extract_attributes *a);

/* Reports, by errno, that E could not be created or renamed (WHAT) as NAME in
 * DIR.  NB_EWRONG if its name exists, else NB_EIO. */
enum nb_err nb_extract_cannot(const char *what, const struct nb_entry *e,
			      int dir, const char *name);

#endif
