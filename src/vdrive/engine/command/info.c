/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Information about disc, tracks and size (MMC-5 6.22, 6.27, 6.19). */
#include <string.h>

#include "vdrive/engine/drive_private.h"

/* 0 empty, 1 incomplete, 2 damaged, 3 complete (MMC-5 6.22.3.1.3). */
static uint8_t
session_state(const struct vd_disc *disc)
{
	const struct vd_track *last;

	if (disc->pending != VD_NO_PENDING)
		return 2;
	if (vd_layout_overwritable(disc)) {
		if (disc->overwrite && disc->formatted < disc->capacity)
			return 1;
		return disc->formatted ? 3 : 0;
	}
	if (disc->finalised)
		return 3;
	if (!disc->track_count)
		return 0;
	last = &disc->tracks[disc->track_count - 1];
	return last->session > disc->sessions;
}

VD_COMMAND(vd_read_disc_info)
{
	const struct vd_disc *disc = drive->disc;
	int sessions = vd_layout_sessions(disc);
	int first = vd_layout_first(disc, sessions);
	int last = vd_layout_last(disc, sessions);
	uint8_t data[34] = { 0, 32 };

	if (io->cdb[1] & 7)
		return VD_BAD_FIELD;
	data[2] =
		(uint8_t)(disc->medium->erasable << 4 | session_state(disc) << 2
			  | vd_layout_status(disc));
	data[3] = 1;
	data[4] = (uint8_t)sessions;
	data[5] = (uint8_t)first;
	data[6] = (uint8_t)last;
	data[7] = 0x20; /* unrestricted use */
	if (disc->type == VD_DVD_PLUS_RW)
		data[7] |= (uint8_t)disc->background;
	data[8] = disc->track_count || disc->formatted ? 0x00 : 0xff;
	data[9] = (uint8_t)(sessions >> 8);
	data[10] = (uint8_t)(first >> 8);
	data[11] = (uint8_t)(last >> 8);
	if (disc->medium->family == VD_CD) {
		memset(data + 16, 0xff, 8);
		if (!disc->finalised) {
			data[16] = data[20] = 0; /* hours */
			vd_put_msf(data + 17,
				   vd_layout_next_start(disc) - VD_PREGAP
					   - 4500);
			vd_put_msf(data + 21, disc->capacity);
		}
		if (!disc->track_count) { /* if the ATIP has one */
			data[17] = 97;
			data[18] = 34;
			data[19] = 23;
		}
	}
	vd_give(io, data, sizeof data, vd_get16(io->cdb + 7));
	return VD_GOOD;
}

/* The track that an address of type 0 to 2 selects, or 0. */
static int
addressed_track(const struct vd_disc *disc, uint8_t type, uint32_t address)
{
	int sessions = vd_layout_sessions(disc);

	switch (type) {
	case 0:
		return vd_layout_track_at(disc, (int32_t)address);
	case 1:
		if (address == 0xff) {
			struct vd_view last;
			int n = vd_layout_tracks(disc);

			return vd_layout_view(disc, n, &last)
					&& (last.blank || !last.closed)
				? n
				: 0;
		}
		return address <= (uint32_t)vd_layout_tracks(disc)
			? (int)address
			: 0;
	case 2:
		return address && address <= (uint32_t)sessions
			? vd_layout_first(disc, (int)address)
			: 0;
	default:
		return 0;
	}
}

/* On a blank CD, session at once begins with the pre-gap (MMC-5 6.27.3.16); in
 * later sessions programs expect the start of the track. */
static void
follow_write_type(const struct vd_drive *drive, struct vd_view *view)
{
	if (drive->disc->medium->family == VD_CD && view->writable
	    && !drive->disc->track_count && vd_write_type(drive) == VD_SAO)
		view->next = view->start - VD_PREGAP;
}

VD_COMMAND(vd_read_track_info)
{
	const struct vd_disc *disc = drive->disc;
	struct vd_view view;
	uint8_t data[48] = { 0, 46 };
	int number =
		addressed_track(disc, io->cdb[1] & 3, vd_get32(io->cdb + 2));

	if (!number || !vd_layout_view(disc, number, &view))
		return VD_BAD_FIELD;
	follow_write_type(drive, &view);
	data[2] = (uint8_t)number;
	data[3] = (uint8_t)view.session;
	data[5] = (uint8_t)(view.damaged << 5 | view.control);
	data[6] = (uint8_t)(view.reserved << 7 | view.blank << 6
			    | (view.control & 4 ? 1 : 0));
	if (disc->overwrite)
		data[6] |= 0x30; /* fixed packets */
	data[7] = (uint8_t)(view.recorded << 1 | view.writable);
	vd_put32(data + 8, (uint32_t)view.start);
	if (view.writable)
		vd_put32(data + 12, (uint32_t)view.next);
	vd_put32(data + 16, (uint32_t)view.free);
	if (disc->medium->family != VD_CD)
		vd_put32(data + 20, (uint32_t)disc->medium->unit);
	vd_put32(data + 24, (uint32_t)view.size);
	if (view.recorded)
		vd_put32(data + 28, (uint32_t)view.last);
	data[32] = (uint8_t)(number >> 8);
	data[33] = (uint8_t)(view.session >> 8);
	vd_give(io, data, sizeof data, vd_get16(io->cdb + 7));
	return VD_GOOD;
}

VD_COMMAND(vd_read_capacity)
{
	int32_t end = vd_layout_readable(drive->disc);
	uint8_t data[8];

	vd_put32(data, end ? (uint32_t)end - 1 : 0);
	vd_put32(data + 4, VD_BLOCK);
	vd_give(io, data, sizeof data, sizeof data);
	return VD_GOOD;
}
