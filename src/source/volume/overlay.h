/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of a block device as a separate device that is read-only, or writable
 * without changing the original: writes go to an unnamed file, through the
 * snapshot target of the device mapper.
 *
 * The loop devices disappear with their last user.  The mapped device outlives
 * the process; nb_overlay_clean removes one that a dead process left behind.
 * Private to source/.
 */
#ifndef NB_SOURCE_OVERLAY_H
#define NB_SOURCE_OVERLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct nb_overlay_spec {
	const char *object;       /* begins messages */
	const char *installation; /* random id of it */
	const char *name;         /* of the mapped device */
	const char *device;       /* the original */
	uint64_t offset, size;    /* of the part, bytes */
	const char *directory;    /* for the file with the writes; NULL:
				     read-only */
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

/* Checks that the writes had enough space, so that the contents are valid.
 * NB_ESOURCE */
enum nb_err nb_overlay_check(const struct nb_overlay *overlay);

void nb_overlay_close(struct nb_overlay *overlay);

/* Removes the mapped device NAME if it belongs to INSTALLATION.  NB_ESOURCE,
 * also if it belongs to another. */
enum nb_err nb_overlay_clean(const char *object, const char *installation,
			     const char *name);

#endif
