/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of a backup from a disc into a directory.  Everything is opened
 * beneath one directory descriptor; a file appears under its name only when
 * its bytes have the hash of the manifest.
 */
#ifndef NB_JOB_EXTRACT_H
#define NB_JOB_EXTRACT_H

#include "disc/reader.h"

struct nb_extract {
	struct nb_blocks *blocks;
	const struct nb_nodes *nodes;       /* what is on the disc */
	const struct nb_entries *entries;   /* wanted, sorted, from the
					       manifest */
	size_t prefix;                      /* bytes of each path to take off */
	int to;                             /* the directory, open */
	bool overwrite;                     /* replace what is there */
	bool attributes;                    /* owners, modes and times */
	enum nb_err (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

struct nb_extract_result {
	uint64_t files, bytes;   /* delivered */
	uint64_t bad;            /* missing, unreadable, or another hash: not
				    delivered; the first were logged by name */
};

/* NB_OK: all delivered; NB_ECORRUPT: RESULT->bad were not, or nothing was,
 * because it would be larger than the disc; other codes: the target failed. */
enum nb_err nb_extract_run(const struct nb_extract *spec,
			   struct nb_extract_result *result);

#endif
