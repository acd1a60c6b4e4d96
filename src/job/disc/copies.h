/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nightburn's own files of which a disc has two copies: the one that can be
 * read is used.
 */
#ifndef NB_JOB_COPIES_H
#define NB_JOB_COPIES_H

#include "job/disc/disc_contents.h"

/* The place of the copy of the own file PATH: for "nightburn/manifest.json" it
 * is "nightburn/copy/manifest.json".  NB_ENOMEM. */
enum nb_err nb_copy_path(const char *path, char **out);

/* The text of the file PATH itself, not of its copy.  As nb_disc_text. */
enum nb_err nb_copy_text(const struct nb_disc_contents *contents,
			 const char *path, char **text, size_t *length);

/* Reads the label next to the manifest of BACKUP, or its copy.  NB_ENOTFOUND,
 * not logged: there is none; NB_ECORRUPT, NB_EIO. */
enum nb_err nb_copy_label(const struct nb_disc_contents *contents,
			  const struct nb_disc_backup *backup,
			  struct nb_label *label);

/* The SHA-256 of the file PATH; *GOOD: it could be read.  NB_ENOMEM. */
enum nb_err nb_copy_hash(const struct nb_disc_contents *contents,
			 const char *path, uint8_t hash[NB_SHA256_SIZE],
			 bool *good);

/* Compares SHA256SUMS with its copy, if the disc has one, and counts in *BAD
 * whichever is unreadable or wrong.  NB_ENOMEM. */
enum nb_err nb_copy_check_sums(const struct nb_disc_contents *contents,
			       uint64_t *bad);

#endif
