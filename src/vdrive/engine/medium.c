/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/medium.h"

#include <string.h>

/*
 * CD: lead-out of session 1 6,750, of later ones 2,250; lead-in 4,500; pre-gap
 * 150 (MMC-5 4.2.3.5; ECMA-394).  A CD-R of 80 minutes by its ATIP.  DVD+R: 64
 * ECC blocks of closure and 192 of intro (ECMA-349).  DVD-R and -RW: border-out
 * and border-in, rounded (ECMA-359).  BD-R needs none between sessions.
 * Speeds: CD 10x, DVD 4x, BD 2x.
 */
static const struct vd_medium media[VD_TYPES] = {
	[VD_CD_R] = { "cd-r", VD_PROFILE_CD_R, VD_CD, 359849, 1, 11400, 6900,
		      99, false, false, 1536000, 0, 28 },
	[VD_CD_RW] = { "cd-rw", VD_PROFILE_CD_RW, VD_CD, 359849, 1, 11400, 6900,
		       99, true, false, 1536000, 45, 28 },
	[VD_DVD_R] = { "dvd-r", VD_PROFILE_DVD_R, VD_DVD, 2298496, 16, 16384,
		       3072, 1000, false, false, 5540000, 0, 40 },
	[VD_DVD_RW] = { "dvd-rw", VD_PROFILE_DVD_RW, VD_DVD, 2297888, 16, 16384,
			3072, 1000, true, false, 5540000, 60, 40 },
	[VD_DVD_PLUS_R] = { "dvd+r", VD_PROFILE_DVD_PLUS_R, VD_DVD, 2295104, 16,
			    4096, 4096, 153, false, false, 5540000, 0, 30 },
	[VD_DVD_PLUS_RW] = { "dvd+rw", VD_PROFILE_DVD_PLUS_RW, VD_DVD, 2295104,
			     16, 0, 0, 1, true, true, 5540000, 40, 20 },
	[VD_DVD_RAM] = { "dvd-ram", VD_PROFILE_DVD_RAM, VD_DVD, 2236704, 16, 0,
			 0, 1, true, true, 4155000, 40, 1 },
	[VD_BD_R] = { "bd-r", VD_PROFILE_BD_R, VD_BD, 12219392, 32, 0, 0, 1000,
		      false, false, 8990000, 0, 10 },
	[VD_BD_RE] = { "bd-re", VD_PROFILE_BD_RE, VD_BD, 12219392, 32, 0, 0, 1,
		       true, true, 8990000, 40, 1 }
};

const struct vd_medium *
vd_medium_of(enum vd_type type)
{
	return &media[type];
}

bool
vd_medium_find(const char *name, enum vd_type *out)
{
	for (int i = 0; i < VD_TYPES; i++)
		if (!strcmp(media[i].name, name)) {
			*out = (enum vd_type)i;
			return true;
		}
	return false;
}
