/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "vdrive/front/command.h"
#include "vdrive/front/spawn.h"

int
vf_usage(const char *message, const char *what)
{
	fprintf(stderr, "vdrive: %s%s%s\nhint: vdrive --help\n",
		what ? what : "", what ? ": " : "", message);
	return VF_EXIT_USAGE;
}
