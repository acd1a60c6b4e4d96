/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order files come from a disc: as they lie on it. */
#ifndef NB_JOB_EXTRACT_ORDER_H
#define NB_JOB_EXTRACT_ORDER_H

#include "job/restore/extract.h"

/* What the disc has for E; NULL: nothing, or SPEC reads an archive. */
const struct nb_node *nb_extract_node(const struct nb_extract *spec,
				      const struct nb_entry *e);

/*
 * The files among the entries of SPEC, by address, the names of one file behind
 * each other.  FILES has room for all entries.  NB_ECORRUPT: together they are
 * larger than the disc, so that they cannot be what was burned.
 */
enum nb_err nb_extract_order(const struct nb_extract *spec,
			     const struct nb_entry **files, size_t *count);

/* Are both names of one file, as the manifest has it? */
bool nb_extract_is_link(const struct nb_entry *e, const struct nb_entry *first);

#endif
