/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares what a backup holds with the last good one: an emptied directory, a
 * file system that is not mounted, and a database that was dropped look like
 * any other backup otherwise, and two nights later no disc has the data.
 */
#ifndef NB_MODEL_SHRINK_H
#define NB_MODEL_SHRINK_H

#include "model/record/holding.h"

/*
 * Trees have always some traffic: a ratio is not applied to fewer files or
 * bytes than these.  What falls to nothing is always told.
 */
#define NB_SHRINK_FILES_MIN 3
#define NB_SHRINK_BYTES_MIN ((uint64_t)16 << 10)
/* A table with fewer rows than these may lose them. */
#define NB_SHRINK_ROWS_MIN 100

/* Is NOW too small a share of WAS?  0 always is, and of less than MIN nothing
 * else. */
bool nb_shrink_fell(uint64_t was, uint64_t now, double ratio, uint64_t min);

/*
 * What NOW has less than WAS: one reason, or none (false).  RATIO: the share of
 * WAS that is enough, above 0 up to 1; 0: nothing is compared.  OUT borrows its
 * texts from both.
 *
 * In this order: what it is (nb_holding.identity); the mount point; files,
 * bytes (only of the same form), tables and rows.  Tables and rows only if they
 * fell to 0; then the rows of single tables.
 */
bool nb_shrink_of(const struct nb_holding *was, const struct nb_holding *now,
		  double ratio, struct nb_shrink *out);

/* The same, whatever it is: another directory or cluster may have less, too. */
bool nb_shrink_less(const struct nb_holding *was, const struct nb_holding *now,
		    double ratio, struct nb_shrink *out);

#define NB_SHRINK_TEXT 640
/* For people, with the name of the source and both numbers. */
const char *nb_shrink_text(const struct nb_shrink *shrink,
			   char text[NB_SHRINK_TEXT]);

#endif
