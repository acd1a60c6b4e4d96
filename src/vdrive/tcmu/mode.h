/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MODE SENSE (6), by which the kernel asks a SCSI drive what it can do.  MMC
 * has the longer form alone; as in a bridge to ATAPI, one becomes the other.
 */
#ifndef VDRIVE_TCMU_MODE_H
#define VDRIVE_TCMU_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "vdrive/station/wire.h"

#define VK_MODE_MORE 4 /* bytes that the header of the longer form has more */

/* Makes a MODE SENSE (6) the longer form, with VK_MODE_MORE bytes of data more;
 * false, and nothing done, for any other command. */
bool vk_mode_lengthen(struct vf_request *request);

/* Undoes that, and shortens the header in DATA, when there was an answer. */
void vk_mode_shorten(uint8_t *data, struct vf_request *request,
		     struct vf_reply *reply);

#endif
