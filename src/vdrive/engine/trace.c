/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/trace.h"

#include <stdio.h>

#include "vdrive/engine/drive_private.h"

static const char *const ends[] = {
	[VD_HANGS] = "hang",        [VD_TIMED_OUT] = "timeout",
	[VD_DETACHED] = "detached", [VD_KILLS] = "kill",
	[VD_SWAPS] = "swap",        [VD_SIGNALS] = "signal"
};

void
vd_trace(const struct vd_drive *drive, const struct vd_command *command,
	 const struct vd_answer *answer)
{
	double t = (double)(vd_now(drive) - drive->began) / 1e9;
	size_t bytes = command->cdb_length < 16 ? command->cdb_length : 16;
	char cdb[33] = "", line[256];
	const uint8_t *sense = answer->sense;
	int n;

	for (size_t i = 0; i < bytes; i++)
		snprintf(cdb + 2 * i, 3, "%02x", command->cdb[i]);
	n = snprintf(line, sizeof line,
		     "{\"t\":%.6f,\"op\":\"%.2s\",\"cdb\":\"%s\",\"status\":%u",
		     t, cdb, cdb, answer->status);
	if (answer->sense_length)
		n += snprintf(line + n, sizeof line - (size_t)n,
			      ",\"key\":%u,\"asc\":%u,\"ascq\":%u", sense[2],
			      sense[12], sense[13]);
	if (answer->end != VD_ANSWERED)
		n += snprintf(line + n, sizeof line - (size_t)n,
			      ",\"end\":\"%s\"", ends[answer->end]);
	snprintf(line + n, sizeof line - (size_t)n, ",\"len\":%zu}",
		 answer->transferred);
	drive->options.trace(drive->options.context, line);
}
