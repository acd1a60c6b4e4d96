/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a drive refuses a command (sense data, MMC-5 annex F), as libburn passes
 * it on: in the texts of its messages.
 */
#ifndef NB_DISC_SENSE_H
#define NB_DISC_SENSE_H

#include <stdbool.h>

struct nb_sense {
	unsigned int key, asc, ascq;
};

/* Finds a sense code in TEXT, a message of libburn: "[2 04 01]", or "Sense Key
 * 2 ..., ASC 04 ASCQ 01".  False: there is none. */
bool nb_sense_find(const char *text, struct nb_sense *out);

/*
 * May it pass by itself?  By its class, since drives use codes that no list
 * has: not ready (key 2), unless there is no medium or one that the drive
 * cannot use (ASC 3A, 30), and unit attention (key 6).
 */
bool nb_sense_passes(const struct nb_sense *sense);

#endif
