/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/work.h"

#include <stddef.h>

const char *
nb_work_text(enum nb_work work)
{
	static const char *const texts[] = {
		[NB_WORK_NONE] = "",
		[NB_WORK_DUMP] = "dump",
		[NB_WORK_COMPARE] = "compare",
		[NB_WORK_READ_DISC] = "read the disc",
		[NB_WORK_CLAIM] = "wait for the drive",
		[NB_WORK_INSERT] = "waiting",
		[NB_WORK_BLANK] = "blank",
		[NB_WORK_FORMAT] = "format",
		[NB_WORK_BURN] = "burn",
		[NB_WORK_READ_BACK] = "read back",
		[NB_WORK_IMAGE] = "image",
		[NB_WORK_VERIFY] = "verify",
		[NB_WORK_CHECK] = "check",
		[NB_WORK_RESTORE] = "restore",
		[NB_WORK_CLONE_SCAN] = "clone: scanning",
		[NB_WORK_CLONE] = "clone",
	};

	return (size_t)work < sizeof texts / sizeof *texts ? texts[work]
							   : "unknown";
}
