/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/tcmu/mode.h"

#include <string.h>

#include "vdrive/engine/mmc.h"

#define MODE_SENSE_6 0x1a
#define HEADER 8 /* bytes of the longer form (SPC-3 7.4.3) */

bool
vk_mode_lengthen(struct vf_request *request)
{
	uint8_t *cdb = request->cdb;
	uint32_t room = (uint32_t)cdb[4] + VK_MODE_MORE;

	if (cdb[0] != MODE_SENSE_6)
		return false;
	cdb[0] = VD_MODE_SENSE;
	cdb[9] = cdb[5];
	cdb[4] = cdb[5] = cdb[6] = 0;
	cdb[7] = (uint8_t)(room >> 8);
	cdb[8] = (uint8_t)room;
	request->cdb_length = 10;
	request->length += VK_MODE_MORE;
	return true;
}

void
vk_mode_shorten(uint8_t *data, struct vf_request *request,
		struct vf_reply *reply)
{
	uint32_t follow = (uint32_t)data[0] << 8 | data[1];

	request->length -= VK_MODE_MORE;
	if (reply->error || reply->host || reply->status
	    || reply->transferred < HEADER)
		return;
	follow = follow + 2 - VK_MODE_MORE - 1;
	data[0] = follow < 255 ? (uint8_t)follow : 255;
	data[1] = data[2];
	data[2] = data[3];
	data[3] = data[7];
	reply->transferred -= VK_MODE_MORE;
	memmove(data + HEADER - VK_MODE_MORE, data + HEADER,
		reply->transferred - (HEADER - VK_MODE_MORE));
}
