/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way to destroy what a disc or a disk holds: blanking, adopting,
 * formatting, writing a boot area to a disk.  Each provides functions for the
 * steps; the steps and their order are defined here.
 */
#ifndef NB_JOB_DESTROY_H
#define NB_JOB_DESTROY_H

#include "job/job.h"

struct nb_destroy {
	enum nb_work work;   /* for the power check */
	const char *inhibit; /* reason of the inhibitor lock; NULL: the caller
				has one */
	/* In this order; NULL: nothing to do. */
	enum nb_err (*intend)(void *ctx);  /* record the intent on stable
					      storage */
	enum nb_err (*look)(void *ctx);    /* inspect the target again */
	enum nb_err (*permit)(void *ctx);  /* ask the guard */
	enum nb_err (*act)(void *ctx);     /* destroy the data */
	enum nb_err (*retract)(void *ctx); /* instead of act: nothing was
					      destroyed */
	enum nb_err (*record)(void *ctx, enum nb_err err); /* record the
							      result */
};

/*
 * Checks for cancellation by the caller or a signal and checks the power,
 * stores the intent, inspects again, asks the guard, acts and records the
 * result.  An error before the act retracts the intent and is returned;
 * otherwise the result of record is returned.  NB may be NULL: no power check.
 */
enum nb_err nb_destroy(struct nightburn *nb, const struct nb_destroy *steps,
		       void *ctx);

#endif
