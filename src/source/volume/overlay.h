/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of a block device, as a device of its own that cannot be written, or
 * that can without the original being changed: what is written goes into a file
 * without a name, through the snapshot target of the device mapper.
 *
 * The loop devices go away with the last one who uses them.  The mapped device
 * outlives the process; nb_overlay_clean removes what one that died left.
 * Private to source/.
 */
#ifndef NB_SOURCE_OVERLAY_H
#define NB_SOURCE_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct nb_overlay_spec {
	const char *object;       /* in front of messages */
	const char *installation; /* random id of it */
	const char *name;         /* of the mapped device */
	const char *device;       /* the original */
	uint64_t offset, size;    /* of the part, bytes */
	const char *directory;    /* where what is written goes to; NULL:
				       nothing can be written */
};

struct nb_overlay {
	const char *object; /* borrowed */
	char *name;         /* of the mapped device; NULL: none */
	char path[80];      /* the device to use */
	int base;           /* the open loop device on the part */
};

/* NB_ESOURCE.  Close in every case. */
enum nb_err nb_overlay_open(const struct nb_overlay_spec *spec,
			    struct nb_overlay *overlay);

/* What was written had room, so that what was read counts.  NB_ESOURCE */
enum nb_err nb_overlay_check(const struct nb_overlay *overlay);

void nb_overlay_close(struct nb_overlay *overlay);

/* Removes the mapped device NAME when it is of this INSTALLATION.  NB_ESOURCE,
 * also when it is another's. */
enum nb_err nb_overlay_clean(const char *object, const char *installation,
			     const char *name);

#endif
