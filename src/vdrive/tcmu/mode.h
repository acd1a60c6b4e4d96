/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MODE SENSE (6), with which the kernel asks a SCSI drive for its capabilities.
 * MMC only has the longer form, so the command is converted, as in a bridge to
 * ATAPI.
 */
#ifndef VDRIVE_TCMU_MODE_H
#define VDRIVE_TCMU_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include "vdrive/station/wire.h"

#define VK_MODE_MORE 4 /* additional bytes in the header of the longer form */

/* Converts a MODE SENSE (6) to the longer form, with VK_MODE_MORE additional
 * bytes of data; false, with no change, for any other command. */
bool vk_mode_lengthen(struct vf_request *request);

/* Undoes that, and shortens the header in DATA if there was an answer. */
void vk_mode_shorten(uint8_t *data, struct vf_request *request,
		     struct vf_reply *reply);

#endif
