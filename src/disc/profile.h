/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of medium, by their MMC profile number (MMC-6 5.3.1), and what is
 * fixed for each.  Code asks for what a profile does, never which one it is;
 * what differs from disc to disc (capacity, whether it can be blanked, its
 * state) the drive says (struct nb_medium).
 */
#ifndef NB_DISC_PROFILE_H
#define NB_DISC_PROFILE_H

#include <stdbool.h>

enum nb_profile_family {
	NB_FAMILY_OTHER, /* not known: as a DVD */
	NB_FAMILY_CD,
	NB_FAMILY_DVD,
	NB_FAMILY_BD,
	NB_FAMILY_FILE /* that stands for a disc */
};

/* How it becomes as one that was never written. */
enum nb_profile_blank {
	NB_BLANK_NEVER, /* it is written once, or not at all */
	NB_BLANK_FAST,  /* BLANK, minimally: seconds to a minute */
	NB_BLANK_ALL,   /* BLANK, all of it: what was blanked minimally takes
			   one session, which must be the last */
	NB_BLANK_HEAD   /* its first blocks are overwritten */
};

struct nb_profile {
	int number;
	const char *name; /* as libburn has it */
	enum nb_profile_family family;
	int speed_unit; /* kB/s at speed 1; CD: as libburn counts them */
	enum nb_profile_blank blank;
	bool random_access; /* blocks are overwritten one by one: the host
			       counts and closes sessions, the drive none */
	bool needs_format;  /* before the first write */
	bool multi_session; /* the drive adds sessions, each of which it
			       closes, while the disc stays open */
	bool atip;          /* its capacity stands in the ATIP, not in the list
			       of formats */
};

#define NB_PROFILE_STDIO 0xffff /* libburn's, for a file */

/* That of NUMBER; one named "unknown", with which nothing is blanked but what
 * the drive says can be, when there is none.  Never NULL. */
const struct nb_profile *nb_profile_of(int number);

#endif
