/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is too large for a disc.  A sparse file can be larger than any disc: the
 * libraries count blocks in 32 bits, and would wrap.
 */
#ifndef NB_JOB_TOO_LARGE_H
#define NB_JOB_TOO_LARGE_H

#include "model/record/entry.h"

/* The blocks that a disc can have: libburn's addresses are int. */
#define NB_BLOCKS_MAX ((uint64_t)INT32_MAX)

/* NB_EFULL, with the largest files, if ENTRIES (sorted, of one session) need
 * more blocks than a disc has from START on. */
enum nb_err nb_check_size(const struct nb_entries *entries, uint32_t start);

/* Logs the largest files among ENTRIES, if there are any. */
void nb_tell_largest(const struct nb_entries *entries);

#endif
