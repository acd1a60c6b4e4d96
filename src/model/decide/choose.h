/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of several drives a command takes, from what was seen in them.  The
 * list is in the order in which they were looked at, which is that of the pool.
 */
#ifndef NB_MODEL_CHOOSE_H
#define NB_MODEL_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nb_choose_for {
	NB_CHOOSE_ANY,      /* to look: whatever is in a drive */
	NB_CHOOSE_BEST,     /* to read: the disc that is wanted, if it is in */
	NB_CHOOSE_WRITABLE, /* to write: the first disc that may be written */
	NB_CHOOSE_ONLY      /* to destroy by a person's word: no guess */
};

/* No other disc can fit better. */
#define NB_CHOOSE_FITS UINT64_MAX

struct nb_drive_seen {
	bool answers; /* it could be opened */
	bool loaded;  /* there is a disc in it */
	uint64_t fit; /* how well the disc fits; 0: not at all */
};

enum nb_choice {
	NB_CHOICE_DRIVE,   /* the one at *AT */
	NB_CHOICE_NONE,    /* no drive answers */
	NB_CHOICE_SEVERAL, /* NB_CHOOSE_ONLY: more than one disc fits */
	NB_CHOICE_UNKNOWN  /* NB_CHOOSE_ONLY: one does, and a drive that does
			      not answer may have another one */
};

/*
 * The drive whose disc fits best; where none fits the first with a disc, else
 * the first that answers.  Of equals the first.  NB_CHOOSE_ANY asks for no fit.
 */
enum nb_choice nb_choose(enum nb_choose_for purpose,
			 const struct nb_drive_seen *list, size_t count,
			 size_t *at);

/* Would drives after this one change nothing, so that they need not be looked
 * at? */
bool nb_choose_settled(enum nb_choose_for purpose,
		       const struct nb_drive_seen *last);

#endif
