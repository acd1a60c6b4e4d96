/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mark: how far the catalog of each pool had come, in a file beside it
 * (STATE_DIR/mark), on stable storage.  A catalog that lies behind its mark is
 * an old copy, or a new one in place of one that was lost.
 *
 * One line for each pool, "SEQUENCE GENERATION NAME", and a last one with the
 * SHA-256 of what stands above it.
 */
#ifndef NB_STORE_MARK_H
#define NB_STORE_MARK_H

#include "base/array.h"
#include "model/record/label.h"

struct nb_mark {
	char pool[NB_NAME_MAX + 1];
	uint64_t sequence;   /* changes of the catalog for this pool */
	uint64_t generation; /* the highest that was ever seen of it */
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

/* The mark of POOL gets at least these numbers; *RAISED is set when one of
 * them was lower, else left alone.  NB_ENOMEM. */
enum nb_err nb_marks_raise(struct nb_marks *marks, const struct nb_mark *to,
			   bool *raised);

#endif
