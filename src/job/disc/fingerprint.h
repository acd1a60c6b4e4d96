/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Identifies the disc in a drive if it has no nightburn label: a user who
 * adopts a disc was shown exactly this one.
 */
#ifndef NB_JOB_FINGERPRINT_H
#define NB_JOB_FINGERPRINT_H

#include "job/disc/inspect.h"

#define NB_FINGERPRINT_SIZE 320

/* As text: everything that the drive reports about the disc of LOOK, and a hash
 * of the first blocks of its newest session, of its last blocks, and of samples
 * between them.  Which blocks are unreadable is part of it. */
enum nb_err nb_fingerprint(const struct nb_inspection *look,
			   char out[NB_FINGERPRINT_SIZE]);

#endif
