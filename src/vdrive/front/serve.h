/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's end of the wire: accepts clients and passes their commands to
 * the drives, one thread a client, one command at a time a drive.
 */
#ifndef VDRIVE_FRONT_SERVE_H
#define VDRIVE_FRONT_SERVE_H

#include <stddef.h>

#include "vdrive/front/rundir.h"
#include "vdrive/station/station.h"

/* Makes the socket; clients may connect from now on and wait.  0 or errno. */
int vf_serve_listen(const struct vf_rundir *run);

/* Starts to answer for the N stations, which are borrowed until
 * vf_serve_stop; fork whatever has to be forked before.  0 or errno. */
int vf_serve_start(struct vf_station *const *stations, size_t n);

/* Stops accepting, waits for the commands under way, and answers no more. */
void vf_serve_stop(void);

#endif
