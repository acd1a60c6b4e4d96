/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands that write and close share: recording blocks, and ending
 * tracks and sessions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vdrive/engine/drive_private.h"

#define TRACK_MIN 300 /* blocks, four seconds (MMC-5 4.2.3.5.2) */

static uint32_t
flip(struct vd_disc *disc, int32_t lba, uint32_t count, const uint8_t *data)
{
	size_t n = (size_t)count * VD_BLOCK;
	uint8_t *copy = malloc(n);
	int error = copy ? 0 : ENOMEM;

	if (copy) {
		memcpy(copy, data, n);
		copy[n / 2] ^= 0x10;
		error = vd_disc_write(disc, lba, count, copy);
	}
	free(copy);
	return error ? VD_WRITE_FAILED : VD_GOOD;
}

bool
vd_writes_nothing(const struct vd_drive *drive, const struct vd_io *io)
{
	return drive->before
		|| (io->fault && io->fault->action == VD_FAULT_DROP);
}

uint32_t
vd_store(struct vd_drive *drive, const struct vd_io *io, int32_t lba,
	 uint32_t count, const uint8_t *data)
{
	struct vd_disc *disc = drive->disc;
	enum vd_action action = io->fault ? io->fault->action : VD_FAULT_NONE;

	if (!count || vd_writes_nothing(drive, io))
		return VD_GOOD;
	if (action == VD_FAULT_FLIP)
		return flip(disc, lba, count, data);
	if (action == VD_FAULT_CACHE)
		return vd_disc_pretend(disc, lba, count, data) ? VD_WRITE_FAILED
							       : VD_GOOD;
	if (action == VD_FAULT_ADDRESS
	    && (int64_t)lba + 32 + count <= disc->capacity)
		lba += 32;
	if (action == VD_FAULT_SHORT)
		count /= 2;
	return count && vd_disc_write(disc, lba, count, data) ? VD_WRITE_FAILED
							      : VD_GOOD;
}

uint32_t
vd_save(struct vd_drive *drive)
{
	return !drive->before && vd_disc_save(drive->disc) ? VD_WRITE_FAILED
							   : VD_GOOD;
}

void
vd_end_test(struct vd_drive *drive)
{
	if (!drive->before)
		return;
	*drive->disc = *drive->before;
	free(drive->before);
	drive->before = NULL;
	drive->cue_count = 0;
}

uint32_t
vd_pad(struct vd_drive *drive, struct vd_track *track, int32_t end)
{
	if (end > drive->disc->capacity)
		end = drive->disc->capacity;
	if (end <= track->next)
		return VD_GOOD;
	if (!drive->before
	    && vd_disc_erase(drive->disc, track->next, end - track->next))
		return VD_WRITE_FAILED;
	track->next = end;
	return VD_GOOD;
}

uint32_t
vd_close_track(struct vd_drive *drive)
{
	struct vd_disc *disc = drive->disc;
	struct vd_track *track = vd_layout_open(disc);
	bool cd = disc->medium->family == VD_CD;
	uint32_t sense;

	if (!track)
		return VD_GOOD;
	if (track->next < track->start)
		return VD_INCOMPLETE_TRACK;
	if (track->reserved)
		sense = vd_pad(drive, track, track->end);
	else
		sense = vd_pad(drive, track,
			       cd && track->next - track->start < TRACK_MIN
				       ? track->start + TRACK_MIN
				       : vd_layout_unit_end(disc, track->next));
	if (sense)
		return sense;
	if (!track->reserved)
		track->end = track->next + (cd ? VD_RUN_OUT : 0);
	if (track->end > disc->capacity)
		track->end = disc->capacity;
	track->closed = true;
	track->reserved = false;
	track->damaged = false;
	return VD_GOOD;
}

uint32_t
vd_close_session(struct vd_drive *drive, bool final)
{
	struct vd_disc *disc = drive->disc;
	struct vd_track *open = vd_layout_open(disc);
	uint32_t sense = VD_GOOD;

	if (open && open->reserved
	    && vd_layout_unit_end(disc, open->next) < open->end)
		return VD_INCOMPLETE_TRACK;
	if (open)
		sense = vd_close_track(drive);
	if (sense)
		return sense;
	if (disc->track_count
	    && disc->tracks[disc->track_count - 1].session > disc->sessions)
		disc->sessions++;
	if (final && disc->track_count)
		disc->finalised = true;
	return VD_GOOD;
}
