/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program's end of the connection: accepts clients and passes their
 * commands to the drives; one thread per client, one command at a time per
 * drive.
 */
#ifndef VDRIVE_FRONT_SERVE_H
#define VDRIVE_FRONT_SERVE_H

#include <stddef.h>

#include "vdrive/front/rundir.h"
#include "vdrive/station/station.h"

/* Creates the socket; from now on clients may connect and wait. 0 or errno. */
int vf_serve_listen(const struct vf_rundir *run);

/* Starts to answer for the N stations, which are borrowed until vf_serve_stop;
 * anything that must be forked has to be forked before. 0 or errno. */
int vf_serve_start(struct vf_station *const *stations, size_t n);

/* Stops accepting, waits for the commands in progress, and answers no more. */
void vf_serve_stop(void);

#endif
