/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/profile.h"

#include <stddef.h>

/* Speed unit, blocks that are written together. */
#define CD 177, 1
#define DVD 1385, 16
#define BD 4496, 32
#define NEVER NB_BLANK_NEVER
#define FAST NB_BLANK_FAST
#define ALL NB_BLANK_ALL
#define HEAD NB_BLANK_HEAD

/* What can be added to it: nothing, sessions (and whether its ATIP has the
 * number of blocks), or any block: random access, format, multi-session, ATIP,
 * whether it grows, whether a quick format leaves it without a block. */
#define NOTHING false, false, false, false, false, false
#define SESSIONS false, false, true, false, false, false
#define SESSIONS_ATIP false, false, true, true, false, false
#define BLOCKS true, true, false, false, false, false
#define BLOCKS_BY_AND_BY true, true, false, false, false, true
#define BLOCKS_OF_A_FILE true, false, false, false, true, false

static const struct nb_profile profiles[] = {
	{ 0x08, "CD-ROM", CD, NEVER, NOTHING },
	{ 0x09, "CD-R", CD, NEVER, SESSIONS_ATIP },
	{ 0x0a, "CD-RW", CD, FAST, SESSIONS_ATIP },
	{ 0x10, "DVD-ROM", DVD, NEVER, NOTHING },
	{ 0x11, "DVD-R sequential recording", DVD, NEVER, SESSIONS },
	{ 0x12, "DVD-RAM", DVD, HEAD, BLOCKS },
	{ 0x13, "DVD-RW restricted overwrite", DVD, HEAD, BLOCKS_BY_AND_BY },
	{ 0x14, "DVD-RW sequential recording", DVD, ALL, SESSIONS },
	{ 0x15, "DVD-R/DL sequential recording", DVD, NEVER, NOTHING },
	{ 0x16, "DVD-R/DL layer jump recording", DVD, NEVER, NOTHING },
	{ 0x1a, "DVD+RW", DVD, HEAD, BLOCKS },
	{ 0x1b, "DVD+R", DVD, NEVER, SESSIONS },
	{ 0x2b, "DVD+R/DL", DVD, NEVER, SESSIONS },
	{ 0x40, "BD-ROM", BD, NEVER, NOTHING },
	{ 0x41, "BD-R sequential recording", BD, NEVER, SESSIONS },
	{ 0x42, "BD-R random recording", BD, NEVER, NOTHING },
	{ 0x43, "BD-RE", BD, HEAD, BLOCKS },
	{ NB_PROFILE_STDIO, "stdio file", DVD, HEAD, BLOCKS_OF_A_FILE },
};

/* For unknown media, the drive decides whether they can be blanked and appended
 * to. */
static const struct nb_profile unknown = {
	.name = "unknown",
	.speed_unit = 1385,
	.unit = 16,
	.blank = NB_BLANK_FAST,
	.multi_session = true,
};

const struct nb_profile *
nb_profile_of(int number)
{
	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
		if (profiles[i].number == number)
			return &profiles[i];
	return &unknown;
}
