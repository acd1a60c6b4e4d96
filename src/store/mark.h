/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mark: the state of the catalog for each pool, in a separate file beside
 * it (STATE_DIR/mark), on stable storage.  A catalog older than its mark is
 * stale: an old copy, or a replacement for a lost one.
 *
 * One line for each pool, "SEQUENCE GENERATION NAME", and a last one with the
 * SHA-256 of the lines before it.
 */
#ifndef NB_STORE_MARK_H
#define NB_STORE_MARK_H

#include "base/array.h"
#include "model/record/label.h"

struct nb_mark {
	char pool[NB_NAME_MAX + 1];
	uint64_t sequence;   /* changes of the catalog for this pool */
	uint64_t generation; /* the highest ever seen for it */
};

struct nb_marks NB_ARRAY(struct nb_mark);

/* Reads the marks in DIR.  NB_ENOTFOUND (not logged): there is none;
 * NB_ECORRUPT (logged): it cannot be read; MARKS stays untouched then.  Free
 * with nb_array_free. */
enum nb_err nb_marks_load(const char *dir, struct nb_marks *marks);

/* Writes them so that a crash leaves the old ones or the new ones.  NB_EIO,
 * NB_EFULL. */
enum nb_err nb_marks_save(const char *dir, const struct nb_marks *marks);

/* The mark of POOL, or NULL. */
struct nb_mark *nb_marks_find(const struct nb_marks *marks, const char *pool);

/* Raises the mark of POOL to at least these numbers; sets *RAISED if one of
 * them was lower.  NB_ENOMEM. */
enum nb_err nb_marks_raise(struct nb_marks *marks, const struct nb_mark *to,
			   bool *raised);

#endif
