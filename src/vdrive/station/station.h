/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One drive of the program: the engine with its disc file, its stack of further
 * discs and its options, protected by a lock.
 */
#ifndef VDRIVE_STATION_STATION_H
#define VDRIVE_STATION_STATION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "vdrive/station/wire.h"

#define VF_STACK_MAX 32

struct vf_station_options {
	const char *device;              /* "/dev/sr0" */
	const char *discs[VF_STACK_MAX]; /* the first one is in the drive */
	size_t disc_count;
	bool open;               /* begins with the tray open */
	const char *faults;      /* rule file, or NULL */
	const char *trace;       /* JSON lines appended there, or NULL */
	const char *timing;      /* "instant", "real", a number; or NULL */
	const char *personality; /* "new", "old", "usb-bridge"; or NULL */
	bool power_loss;         /* at the end, lose what was not
				    synchronised */
};

struct vf_station;

/*
 * Opens the disc files and the drive.  OPTIONS is copied, its strings are
 * borrowed.  0, or -1 after a message on stderr.
 */
int vf_station_open(const struct vf_station_options *options,
		    struct vf_station **out);

/* Ends the drive: afterwards, everything that it has acknowledged is in the
 * disc file, or lost if power_loss is set. 0, or -1 after a message. */
int vf_station_close(struct vf_station *station);

/*
 * Answers REQUEST of the process CLIENT, with DATA of VF_DATA_MAX bytes.  FD is
 * watched while a command hangs: the command ends when the client goes away.
 */
void vf_station_answer(struct vf_station *station,
		       const struct vf_request *request, void *data, int fd,
		       pid_t client, struct vf_reply *reply);

#endif
