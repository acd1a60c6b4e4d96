/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of medium, by their MMC profile number (MMC-6 5.3.1), and the fixed
 * properties of each.  Code asks for a property, never for a particular
 * profile.  What varies between discs (capacity, whether it can be blanked,
 * state) comes from the drive (struct nb_medium).
 */
#ifndef NB_DISC_PROFILE_H
#define NB_DISC_PROFILE_H

#include <stdbool.h>

/* How a disc is made blank. */
enum nb_profile_blank {
	NB_BLANK_NEVER, /* write-once or read-only */
	NB_BLANK_FAST,  /* BLANK, minimally: seconds to a minute */
	NB_BLANK_ALL,   /* full BLANK: after a minimal one, only a single
			   session can be written */
	NB_BLANK_HEAD   /* overwrite its first blocks */
};

struct nb_profile {
	int number;
	const char *name; /* as in libburn */
	int speed_unit;   /* kB/s at 1x; CD: as libburn counts */
	/* Blocks that the drive writes together (the ECC block); it reads them
	 * first if it is given fewer. */
	int unit;
	enum nb_profile_blank blank;
	bool random_access; /* blocks can be overwritten individually: the host,
			       not the drive, keeps track of sessions */
	bool needs_format;  /* before the first write */
	bool multi_session; /* the drive adds and closes sessions while the disc
			       stays open */
	bool atip;          /* its capacity is in the ATIP, not in the list of
			       formats */
	bool grows;         /* a file: its capacity depends on the free space of
			       its file system */
	bool quick_format; /* may be formatted without having a block that could
			      be read, as dvd+rw-format leaves it */
};

#define NB_PROFILE_STDIO 0xffff /* libburn's, for a file */

/* The profile with NUMBER, or one named "unknown", which is blanked only if the
 * drive says that it can be.  Never NULL. */
const struct nb_profile *nb_profile_of(int number);

#endif
