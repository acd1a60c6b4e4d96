/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formats the disc in a drive, which some discs need before the first write
 * (nb_medium.unformatted).
 */
#ifndef NB_JOB_FORMAT_H
#define NB_JOB_FORMAT_H

#include "job/disc/inspect.h"

/*
 * Formats the disc of LOOK for an image of IMAGE_BLOCKS, if it is still in the
 * drive and has nothing to lose (job/destroy.h).  The caller has stored the
 * intent to write to it, and holds the inhibitor lock.  LOOK is of the disc
 * before it was formatted.  NB_EWRONG, logged: the guard refused; NB_EFAIL: the
 * power check refused; NB_ESUSPECT: the format failed.
 */
enum nb_err nb_format_disc(struct nb_pool_context *context,
			   struct nb_inspection *look, uint64_t image_blocks);

#endif
