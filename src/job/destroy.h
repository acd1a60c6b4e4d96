/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one way to destroy what a disc or a disk holds: blanking, adopting,
 * formatting, writing a boot area to a disk.  Each brings its own functions for
 * the steps; which steps there are, and their order, is decided here.
 */
#ifndef NB_JOB_DESTROY_H
#define NB_JOB_DESTROY_H

#include "job/job.h"

struct nb_destroy {
	const char *what;    /* for the guard over the power: "blank" */
	const char *inhibit; /* why the machine stays up meanwhile; NULL: the
				caller holds the lock */
	/* In this order; NULL: nothing to do there. */
	enum nb_err (*intend)(void *ctx);  /* the intent on stable storage */
	enum nb_err (*look)(void *ctx);    /* at the target, once more */
	enum nb_err (*permit)(void *ctx);  /* does the guard permit it? */
	enum nb_err (*act)(void *ctx);     /* destroys */
	enum nb_err (*retract)(void *ctx); /* instead: nothing was destroyed */
	enum nb_err (*record)(void *ctx, enum nb_err err); /* what came of it */
};

/*
 * Asks the caller, signals and the UPS whether anything may begin, stores the
 * intent, looks again, asks the guard, acts and records.  An error before the
 * act takes the intent back and is returned; what record returns is returned
 * otherwise.  NB may be NULL: no UPS is asked.
 */
enum nb_err nb_destroy(struct nightburn *nb, const struct nb_destroy *steps,
		       void *ctx);

#endif
