/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes the disc in a drive blank: before a fresh session, by command, or for
 * an adoption.  The steps are the same (job/destroy.h), the facts differ.
 */
#ifndef NB_JOB_BLANK_H
#define NB_JOB_BLANK_H

#include "job/disc/inspect.h"

struct nb_blanking {
	uint64_t image_blocks; /* of the complete image that is written next; 0:
				  none */
	bool image_shrunk;     /* it lacks something of the one before it */
	/* For an adoption; otherwise TYPED is NULL. */
	const char *typed; /* the volume id that the user typed */
	const char *shown; /* the fingerprint of the disc that was shown */
	const char *as;    /* the name in the pool to release */
	bool holds_newer;  /* it has a good session newer than any known
			      backup */
	bool newest_of;    /* see struct nb_guard_facts */
	const char *alone; /* the same */
	bool dry_run;      /* only ask whether the guard permits it */
};

/*
 * Destroys what is on the disc of LOOK if the guard permits it; afterwards LOOK
 * describes the blank disc.  NB_EWRONG, logged: the guard refused; NB_EFAIL:
 * the power check refused; NB_ESUSPECT: the disc is partly blanked and recorded
 * as suspect.
 */
enum nb_err nb_blank_disc(struct nb_pool_context *context,
			  struct nb_inspection *look,
			  const struct nb_blanking *how);

#endif
