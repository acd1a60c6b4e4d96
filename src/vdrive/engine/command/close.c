/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SYNCHRONIZE CACHE, CLOSE TRACK/SESSION, RESERVE TRACK, SEND OPC
 * (MMC-5 6.41, 6.3, 6.31, 6.36). */
#include "vdrive/engine/drive_private.h"

/* The effect of a synchronize on the open track: on a CD it ends (MMC-5
 * 6.41.3). */
static uint32_t
sync_track(struct vd_drive *drive)
{
	struct vd_disc *disc = drive->disc;
	struct vd_track *open = vd_layout_open(disc);

	if (!open || open->damaged)
		return VD_GOOD;
	if (disc->medium->family == VD_CD)
		return open->reserved ? vd_end_session(drive)
				      : vd_close_track(drive);
	if (vd_write_type(drive) == VD_SAO && open->reserved
	    && vd_layout_unit_end(disc, open->next) == open->end
	    && (disc->type == VD_DVD_R || disc->type == VD_DVD_RW))
		return vd_close_session(
			drive, !vd_write_multi(drive) || disc->sequential_only);
	if (open->reserved && vd_layout_unit_end(disc, open->next) > open->end)
		return VD_GOOD;
	return vd_pad(drive, open, vd_layout_unit_end(disc, open->next));
}

VD_COMMAND(vd_sync_cache)
{
	uint64_t time = vd_drain_time(drive);
	uint32_t sense;
	bool test = drive->before;

	vd_end_test(drive);
	if (test)
		return VD_GOOD;
	sense = sync_track(drive);
	if (!sense)
		sense = vd_save(drive);
	if (!sense)
		vd_begin(drive, io, io->cdb[1] & 2, time, VD_LONG_WRITE, NULL);
	return sense;
}

static uint32_t
close_numbered_track(struct vd_drive *drive, int number)
{
	struct vd_disc *disc = drive->disc;

	if (number < 1 || number > vd_layout_tracks(disc))
		return VD_BAD_FIELD;
	if (number == disc->track_count)
		return vd_close_track(drive);
	return VD_GOOD;
}

/* CLOSE on media that always have one track: ends the background format. */
static uint32_t
close_overwritable(struct vd_drive *drive, uint8_t function)
{
	struct vd_disc *disc = drive->disc;

	if (function > 3 && function != 6)
		return VD_BAD_FIELD;
	if (disc->background == VD_BACKGROUND_RUNNING)
		disc->background = VD_BACKGROUND_STOPPED;
	return VD_GOOD;
}

static uint32_t
close_sequential(struct vd_drive *drive, uint8_t function, int track)
{
	const struct vd_disc *disc = drive->disc;
	bool write_once_plus =
		disc->type == VD_DVD_PLUS_R || disc->type == VD_BD_R;

	if (disc->finalised)
		return function == 1 || function == 2 ? VD_GOOD
						      : VD_WRITE_PROTECTED;
	switch (function) {
	case 1:
		return close_numbered_track(drive, track);
	case 2: /* DVD+R and BD-R use another function for the last session */
		return vd_close_session(
			drive, !write_once_plus && !vd_write_multi(drive));
	case 5:
	case 6:
		return write_once_plus ? vd_close_session(drive, true)
				       : VD_BAD_FIELD;
	default:
		return VD_BAD_FIELD;
	}
}

VD_COMMAND(vd_close)
{
	struct vd_disc *disc = drive->disc;
	uint8_t function = io->cdb[2] & 7;
	uint64_t time =
		function == 1 ? VD_SECOND : disc->medium->close * VD_SECOND;
	uint32_t sense;

	if (drive->before
	    || (vd_write_test(drive) && !vd_layout_overwritable(disc))) {
		vd_end_test(drive);
		return VD_GOOD;
	}
	sense = vd_layout_overwritable(disc)
		? close_overwritable(drive, function)
		: close_sequential(drive, function, (int)vd_get16(io->cdb + 4));
	if (!sense)
		sense = vd_save(drive);
	if (!sense)
		vd_begin(drive, io, io->cdb[1] & 1, time, VD_IN_PROGRESS, NULL);
	return sense;
}

VD_COMMAND(vd_reserve_track)
{
	struct vd_disc *disc = drive->disc;
	uint32_t blocks = vd_get32(io->cdb + 5);
	struct vd_view view;
	int number = disc->track_count + 1;

	if (vd_layout_overwritable(disc))
		return VD_CANNOT_WRITE;
	if (vd_layout_open(disc))
		return VD_BAD_SEQUENCE;
	if (!vd_layout_view(disc, number, &view) || !view.writable)
		return VD_WRITE_PROTECTED;
	if (!blocks || blocks > (uint32_t)view.free)
		return VD_BAD_FIELD;
	disc->tracks[disc->track_count++] = (struct vd_track){
		.start = view.start,
		.next = view.start,
		.end = vd_layout_unit_end(disc, view.start + (int32_t)blocks),
		.session = view.session,
		.control = 4,
		.reserved = true
	};
	if (disc->tracks[number - 1].end > disc->capacity)
		disc->tracks[number - 1].end = disc->capacity;
	return vd_save(drive);
}

/* Power calibration, which a virtual drive does not need. */
VD_COMMAND(vd_send_opc)
{
	const struct vd_disc *disc = drive->disc;

	if (!vd_take(io, vd_get16(io->cdb + 7)))
		return VD_BAD_FIELD;
	return disc->finalised && !disc->medium->erasable ? VD_WRITE_PROTECTED
							  : VD_GOOD;
}
