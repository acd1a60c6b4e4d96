/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tells the disc in a drive from any other where it has no label of ours:
 * a person who adopts it was shown this one.
 */
#ifndef NB_JOB_FINGERPRINT_H
#define NB_JOB_FINGERPRINT_H

#include "job/disc/inspect.h"

#define NB_FINGERPRINT_SIZE 320

/* All that the drive says of the disc that LOOK saw, and a hash of the first
 * blocks of its newest session, of the disc's last ones and of samples between
 * them, as text.  What cannot be read is a part of it, too. */
enum nb_err nb_fingerprint(const struct nb_inspection *look,
			   char out[NB_FINGERPRINT_SIZE]);

#endif
