/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order in which files are read from a disc: by their address. */
#ifndef NB_JOB_EXTRACT_ORDER_H
#define NB_JOB_EXTRACT_ORDER_H

#include "job/restore/extract.h"

/* The node on the disc for E; NULL: none, or SPEC reads an archive. */
const struct nb_node *nb_extract_node(const struct nb_extract *spec,
				      const struct nb_entry *e);

/*
 * The files among the entries of SPEC, by address, with the names of one file
 * next to each other.  FILES has room for all entries.  NB_ENOMEM; NB_ECORRUPT:
 * together they are larger than the disc, so they cannot be what was burned.
 */
enum nb_err nb_extract_order(const struct nb_extract *spec,
			     const struct nb_entry **files, size_t *count);

/* According to the manifest, are both names of one file? */
bool nb_extract_is_link(const struct nb_entry *e, const struct nb_entry *first);

#endif
