/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of several drives a command uses, decided from their contents.  The
 * list is in the order of inspection, which is that of the pool.
 */
#ifndef NB_MODEL_CHOOSE_H
#define NB_MODEL_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nb_choose_for {
	NB_CHOOSE_ANY,      /* to inspect: any disc */
	NB_CHOOSE_BEST,     /* to read: the wanted disc, if present */
	NB_CHOOSE_WRITABLE, /* to write: the disc whose turn it is, or else
			       another writable one */
	NB_CHOOSE_ONLY      /* to destroy by hand: never guess */
};

/* No other disc can fit better. */
#define NB_CHOOSE_FITS UINT64_MAX

struct nb_drive_seen {
	bool answers; /* it could be opened */
	bool loaded;  /* there is a disc in it */
	uint64_t fit; /* how well the disc fits; 0: not at all */
};

enum nb_choice {
	NB_CHOICE_DRIVE,   /* use the one at *AT */
	NB_CHOICE_NONE,    /* no drive responds */
	NB_CHOICE_SEVERAL, /* NB_CHOOSE_ONLY: more than one disc fits */
	NB_CHOICE_UNKNOWN  /* NB_CHOOSE_ONLY: one fits, but a drive that does
			      not respond may have another one */
};

/*
 * Chooses the drive whose disc fits best; if none fits, the first with a disc,
 * else the first that responds.  Of equals the first.  NB_CHOOSE_ANY ignores
 * the fit.
 */
enum nb_choice nb_choose(enum nb_choose_for purpose,
			 const struct nb_drive_seen *list, size_t count,
			 size_t *at);

/* Is the choice settled with this drive, so that further drives need not be
 * inspected? */
bool nb_choose_settled(enum nb_choose_for purpose,
		       const struct nb_drive_seen *last);

#endif
