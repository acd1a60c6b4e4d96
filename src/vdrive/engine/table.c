/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/engine/drive_private.h"

#define DISC VD_NEEDS_DISC
#define LBA (VD_NEEDS_DISC | VD_HAS_LBA)

static const struct vd_handler handlers[256] = {
	[VD_TEST_UNIT_READY] = { vd_test_unit_ready, 6, DISC },
	[VD_REQUEST_SENSE] = { vd_request_sense, 6, VD_ANY_TIME },
	[VD_FORMAT_UNIT] = { vd_format_unit, 6, DISC },
	[VD_INQUIRY] = { vd_inquiry, 6, VD_ANY_TIME },
	[VD_START_STOP] = { vd_start_stop, 6, 0 },
	[VD_PREVENT_REMOVAL] = { vd_prevent_removal, 6, 0 },
	[VD_READ_FORMAT_CAPACITIES] = { vd_read_format_capacities, 10, 0 },
	[VD_READ_CAPACITY] = { vd_read_capacity, 10, DISC },
	[VD_READ_10] = { vd_read_blocks, 10, LBA },
	[VD_WRITE_10] = { vd_write_blocks, 10, LBA },
	[VD_WRITE_VERIFY] = { vd_write_blocks, 10, LBA },
	[VD_SYNC_CACHE] = { vd_sync_cache, 10, DISC },
	[VD_READ_TOC] = { vd_read_toc, 10, DISC },
	[VD_GET_CONFIGURATION] = { vd_get_configuration, 10, VD_ANY_TIME },
	[VD_GET_EVENT] = { vd_get_event, 10, VD_ANY_TIME },
	[VD_READ_DISC_INFO] = { vd_read_disc_info, 10, DISC },
	[VD_READ_TRACK_INFO] = { vd_read_track_info, 10, DISC },
	[VD_RESERVE_TRACK] = { vd_reserve_track, 10, DISC },
	[VD_SEND_OPC] = { vd_send_opc, 10, DISC },
	[VD_MODE_SELECT] = { vd_mode_select, 10, 0 },
	[VD_MODE_SENSE] = { vd_mode_sense, 10, 0 },
	[VD_CLOSE] = { vd_close, 10, DISC },
	[VD_BUFFER_CAPACITY] = { vd_buffer_capacity, 10, DISC },
	[VD_SEND_CUE_SHEET] = { vd_send_cue_sheet, 10, DISC },
	[VD_BLANK] = { vd_blank, 12, DISC },
	[VD_READ_12] = { vd_read_blocks, 12, LBA },
	[VD_WRITE_12] = { vd_write_blocks, 12, LBA },
	[VD_GET_PERFORMANCE] = { vd_get_performance, 12, 0 },
	[VD_READ_STRUCTURE] = { vd_read_structure, 12, DISC },
	[VD_SET_STREAMING] = { vd_set_streaming, 12, 0 },
	[VD_READ_CD_MSF] = { vd_read_cd, 12, DISC },
	[VD_SET_SPEED] = { vd_set_speed, 12, 0 },
	[VD_MECHANISM_STATUS] = { vd_mechanism_status, 12, VD_ANY_TIME },
	[VD_READ_CD] = { vd_read_cd, 12, LBA }
};

const struct vd_handler *
vd_handler_of(uint8_t op)
{
	return handlers[op].run ? &handlers[op] : NULL;
}
