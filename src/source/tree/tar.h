/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree as one archive: tar in the pax format, so that any tar reads it.  A
 * filter compresses its file.  Names are bytes.  A restore relies on the
 * manifest's list of members; names in the archive only identify the next
 * member.
 */
#ifndef NB_SOURCE_TAR_H
#define NB_SOURCE_TAR_H

#include "model/record/entry.h"
#include "source/dump_file.h"

struct nb_tar;

/* Begins an archive in FILE, which is open and outlives it. */
enum nb_err nb_tar_new(struct nb_dump_file *file, struct nb_tar **out);
void nb_tar_free(struct nb_tar *tar);

/* Adds the header of E; FIRST is the earlier name of the same file, or NULL.
 * E->size bytes of content follow for a file with FIRST NULL. */
enum nb_err nb_tar_add(struct nb_tar *tar, const struct nb_entry *e,
		       const struct nb_entry *first);
enum nb_err nb_tar_bytes(struct nb_tar *tar, const void *data, size_t n);
enum nb_err nb_tar_finish(struct nb_tar *tar);

/* ---- reading ---- */

struct nb_tar_reader;

/* Reads the archive from FD, which stays open meanwhile. */
enum nb_err nb_tar_reader_new(int fd, struct nb_tar_reader **out);
void nb_tar_reader_free(struct nb_tar_reader *reader);

/* The next member, valid until the next call; *PATH is NULL at the end.
 * NB_ECORRUPT */
enum nb_err nb_tar_next(struct nb_tar_reader *reader, const char **path);

/* Calls FN with the bytes of that member. */
enum nb_err nb_tar_content(struct nb_tar_reader *reader,
			   enum nb_err (*fn)(void *ctx, const void *data,
					     size_t n),
			   void *ctx);

#endif
