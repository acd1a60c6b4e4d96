/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owners, modes, extended attributes, ACLs and times of what was restored, in
 * the order in which one does not undo the other: a new owner takes
 * capabilities away, a mode changes an ACL, and all of them would be too late
 * behind the times.
 */
#ifndef NB_JOB_EXTRACT_ATTR_H
#define NB_JOB_EXTRACT_ATTR_H

#include "job/restore/extract.h"

struct nb_extract_attributes {
	uint64_t lost; /* attributes that the target does not take */
};

/* Of the open file or directory FD.  NB_EIO */
enum nb_err nb_extract_set(struct nb_extract_attributes *a, int fd,
			   const struct nb_entry *e);

/* Of NAME in DIR, which cannot be opened: a link, a device. */
enum nb_err nb_extract_set_at(struct nb_extract_attributes *a, int dir,
			      const char *name, const struct nb_entry *e);

/* A file being written. */
struct nb_extract_out {
	int fd;
	const struct nb_ranges *holes;
	uint64_t size; /* that it is to have at most */
	uint64_t at;   /* position */
	size_t hole;   /* the first that does not end before it */
};

/* Writes N bytes at the position but for what was a hole: there it is left
 * out, when it is zeros indeed.  0, or -1 with errno. */
int nb_extract_write(struct nb_extract_out *out, const uint8_t *data, size_t n);

/* A link, fifo, socket or device NAME in DIR, as E has it.  0, or -1. */
int nb_extract_make(int dir, const char *name, const struct nb_entry *e);

/* Says how many were lost but for the first, which was named. */
void nb_extract_tell(const struct nb_extract_attributes *a);

#endif
