/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the disc in a drive blank: before a fresh session, by command, or when
 * a person adopts it.  The same steps (job/destroy.h) with other facts.
 */
#ifndef NB_JOB_BLANK_H
#define NB_JOB_BLANK_H

#include "job/disc/inspect.h"

struct nb_blanking {
	uint64_t image_blocks; /* of the complete image that is written next;
				  0: nothing is */
	/* An adoption; TYPED is NULL else. */
	const char *typed; /* the volume id, by a person who saw the disc */
	const char *shown; /* the fingerprint of that disc */
	const char *as;    /* the name in the pool that becomes free */
	bool holds_newer;  /* a good session newer than all that is known */
};

/*
 * Destroys what is on the disc that LOOK saw, when the guard permits it; LOOK
 * is of the blank disc then.  NB_EWRONG, logged: the guard does not; NB_EFAIL:
 * the power does not; NB_ESUSPECT: the disc is half blank, and recorded as
 * suspect.
 */
enum nb_err nb_blank_disc(struct nb_pool_context *context,
			  struct nb_inspection *look,
			  const struct nb_blanking *how);

#endif
