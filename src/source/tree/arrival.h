/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the files of a tree from another host to staging.  Private to
 * source/. */
#ifndef NB_SOURCE_REMOTE_ARRIVAL_H
#define NB_SOURCE_REMOTE_ARRIVAL_H

#include "base/path.h"
#include "source/source.h"

/*
 * A tree arrives sorted by path, each directory before its contents.  The bytes
 * of a file come first and are written to INCOMING; they are moved to their
 * place when the entry follows.  No source has a name with a leading dot.
 */
struct nb_arrival {
	const struct nb_config_source *source;
	const struct nb_source_context *context;
	char *prefix;   /* "tree/<name>" */
	char *incoming; /* "tree/.incoming" */
	char *object;   /* "tree php" */
	struct nb_entries entries;
	struct NB_ARRAY(size_t) links; /* entry of hard link 1, 2, ... */
	uint64_t dev;            /* differs from that of all other sources */
	int fd;                  /* of INCOMING, while a file arrives */
	struct nb_parent parent; /* of what arrived last */
	struct nb_sha256 *sha256;
	uint64_t size;  /* bytes of it so far */
	uint64_t bytes; /* of all files */
	struct nb_manifest_source record;
	bool recorded;
};

/* The next bytes of the arriving file.  NB_EIO, NB_EFULL */
enum nb_err nb_arrival_take_bytes(struct nb_arrival *a, const char *data,
				  size_t n);
/* Discards them: the file is sent again. */
enum nb_err nb_arrival_forget_bytes(struct nb_arrival *a);
/* The file is complete; its entry is E. */
enum nb_err nb_arrival_place_bytes(struct nb_arrival *a,
				   const struct nb_entry *e);
/* E is another name of FIRST. */
enum nb_err nb_arrival_place_link(struct nb_arrival *a,
				  const struct nb_entry *first,
				  const struct nb_entry *e);

#endif
