/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of JSON for each command. */
#ifndef VDRIVE_TRACE_H
#define VDRIVE_TRACE_H

#include "vdrive/engine/drive.h"

/* Passes the line for COMMAND to the trace of DRIVE, which must have one. */
void vd_trace(const struct vd_drive *drive, const struct vd_command *command,
	      const struct vd_answer *answer);

#endif
