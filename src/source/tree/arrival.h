/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a tree on their way from another host into staging.  Private to
 * source/. */
#ifndef NB_SOURCE_REMOTE_ARRIVAL_H
#define NB_SOURCE_REMOTE_ARRIVAL_H

#include "source/source.h"

/*
 * A tree as it arrives: sorted by path, each directory before what is in it.
 * The bytes of a file come first, into INCOMING, and get their place when the
 * file's entry follows; no source's name begins with a dot.
 */
struct nb_arrival {
	const struct nb_config_source *source;
	const struct nb_source_context *context;
	char *prefix;   /* "tree/<name>" */
	char *incoming; /* "tree/.incoming" */
	char *object;   /* "tree php" */
	struct nb_entries entries;
	struct NB_ARRAY(size_t) links; /* entry of hard link 1, 2, ... */
	uint64_t dev; /* so that no other source has the same */
	int fd;       /* of INCOMING, when a file is begun */
	struct nb_sha256 *sha256;
	uint64_t size;  /* bytes of it so far */
	uint64_t bytes; /* of all files */
	struct nb_manifest_source record;
	bool recorded;
};

/* The next bytes of the file that comes.  NB_EIO, NB_EFULL */
enum nb_err nb_arrival_take_bytes(struct nb_arrival *a, const char *data,
				  size_t n);
/* They do not count: the file is sent anew. */
enum nb_err nb_arrival_forget_bytes(struct nb_arrival *a);
/* The file has come, and is E. */
enum nb_err nb_arrival_place_bytes(struct nb_arrival *a,
				   const struct nb_entry *e);
/* E is one more name of FIRST. */
enum nb_err nb_arrival_place_link(const struct nb_arrival *a,
				  const struct nb_entry *first,
				  const struct nb_entry *e);

#endif
