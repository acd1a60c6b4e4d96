/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The structs that callers of the API allocate (<nightburn/size.h>), on their
 * way in and out: a program compiled with other headers has shorter or longer
 * ones than this library, which works with complete ones.
 */
#ifndef NB_JOB_API_SIZED_H
#define NB_JOB_API_SIZED_H

#include "job/job.h"

/* Checks that the result THEIRS can be written.  NB_EUSAGE, logged: its size is
 * not set. */
enum nb_err nb_sized_check(const void *theirs);

/*
 * Copies options: THEIRS into OWN of OWN_SIZE bytes; members that THEIRS lacks
 * become 0.  NB_EUSAGE, logged: its size is not set, or it holds an option that
 * this library does not know.
 */
enum nb_err nb_sized_take(void *own, size_t own_size, const void *theirs);

/* Copies a result: OWN into THEIRS, as far as it fits; members that this
 * library does not know become 0 there.  The size stays. */
void nb_sized_give(void *theirs, const void *own, size_t own_size);

#endif
