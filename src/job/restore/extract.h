/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Restores files of a backup from a disc to a directory.  Everything is opened
 * beneath one directory descriptor; a file gets its name only after its hash
 * matched the manifest.
 */
#ifndef NB_JOB_EXTRACT_H
#define NB_JOB_EXTRACT_H

#include "disc/read/reader.h"
#include "source/ours.h"

/* Files from an archive on the disc, in its order. */
struct nb_extract_feed {
	/* The next wanted file, NULL at the end. */
	enum nb_err (*next)(void *ctx, const struct nb_entry **e);
	/* Calls FN with its bytes. */
	enum nb_err (*bytes)(void *ctx,
			     enum nb_err (*fn)(void *fn_ctx, const void *data,
					       size_t n),
			     void *fn_ctx);
	void *ctx;
};

struct nb_extract {
	const struct nb_extract_feed *feed; /* NULL: files of the disc */
	struct nb_blocks *blocks;
	const struct nb_nodes *nodes;     /* what is on the disc: its nodes */
	const char *above;                /* directory of the backup on the
					     disc */
	const struct nb_entries *entries; /* wanted, sorted, from the manifest,
					     relative to it */
	int to;                           /* the directory, open */
	bool overwrite;                   /* replace existing files */
	const struct nb_ours *ours;       /* of which none is replaced */
	bool attributes;                  /* owners, modes and times */
	bool salvage;                     /* files without a hash as well */
	enum nb_err (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

struct nb_extract_result {
	uint64_t files, bytes; /* restored */
	uint64_t unproved;     /* of these, without a hash */
	uint64_t bad;          /* not restored, because missing, unreadable or
				  with another hash; the first were logged by
				  name */
	uint64_t lost;         /* of FILES: not read whole when they were
				  burned; the first were logged by name */
	bool lacks;            /* a database: the server has not all roles or
				  tablespaces */
};

/* NB_OK: everything was restored; NB_ECORRUPT: RESULT->bad files were not, or
 * nothing was, because the total exceeds the size of the disc; other codes: the
 * target failed. */
enum nb_err nb_extract_run(const struct nb_extract *spec,
			   struct nb_extract_result *result);

#endif
