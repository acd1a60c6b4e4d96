/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WRITE (MMC-5 6.44): where it is allowed, and how blocks are recorded. */
#include <stdlib.h>

#include "vdrive/engine/drive_private.h"

/* A test write leaves the disc unchanged: its state is saved. */
static uint32_t
begin_test(struct vd_drive *drive)
{
	if (drive->before || !vd_write_test(drive))
		return VD_GOOD;
	drive->before = malloc(sizeof *drive->before);
	if (!drive->before)
		return VD_WRITE_FAILED;
	*drive->before = *drive->disc;
	return VD_GOOD;
}

static uint32_t
write_random(struct vd_drive *drive, struct vd_io *io, int32_t lba,
	     uint32_t count)
{
	struct vd_disc *disc = drive->disc;
	int64_t end = (int64_t)lba + count;
	bool grows = disc->overwrite && disc->formatted < disc->capacity;

	if (disc->pending != VD_NO_PENDING
	    || (!disc->formatted && !disc->overwrite))
		return VD_NOT_FORMATTED;
	if (lba < 0 || end > (grows ? disc->capacity : disc->formatted))
		return VD_OUT_OF_RANGE;
	if (disc->overwrite
	    && ((lba | (int32_t)count) % disc->medium->unit
		|| lba > disc->formatted))
		return VD_BAD_ADDRESS;
	if (grows && end > disc->formatted)
		disc->formatted = (int32_t)end;
	return vd_store(drive, io, lba, count, io->data);
}

/* Opens the invisible track for data from LBA on. */
static uint32_t
open_track(struct vd_drive *drive, int32_t lba)
{
	struct vd_disc *disc = drive->disc;
	struct vd_view view;

	if (!vd_layout_view(disc, disc->track_count + 1, &view)
	    || disc->track_count >= disc->medium->tracks)
		return VD_NO_TRACK_LEFT;
	if (!view.writable)
		return VD_END_OF_AREA;
	if (lba != view.start)
		return VD_BAD_ADDRESS;
	disc->tracks[disc->track_count++] =
		(struct vd_track){ .start = lba,
				   .next = lba,
				   .end = lba,
				   .session = view.session,
				   .control = disc->medium->family == VD_CD
					   ? drive->write_page[3] & 15
					   : 4 };
	return VD_GOOD;
}

/* Is the write type of the mode page valid for the medium's state? */
static uint32_t
check_write_type(struct vd_drive *drive)
{
	const struct vd_disc *disc = drive->disc;
	enum vd_write_type type = vd_write_type(drive);
	const struct vd_track *open = vd_layout_open(drive->disc);

	switch (disc->type) {
	case VD_CD_R:
	case VD_CD_RW:
		if (type == VD_PACKET || (open && open->reserved))
			return VD_ILLEGAL_MODE;
		return type == VD_SAO ? VD_BAD_SEQUENCE : VD_GOOD;
	case VD_DVD_R:
	case VD_DVD_RW:
		if (type == VD_SAO)
			return open && open->reserved ? VD_GOOD
						      : VD_BAD_SEQUENCE;
		if (type == VD_TAO)
			return VD_ILLEGAL_MODE;
		return disc->sequential_only ? VD_ILLEGAL_MODE : VD_GOOD;
	default:
		return VD_GOOD;
	}
}

static size_t
block_size(const struct vd_track *track)
{
	return track->control & 4 ? VD_BLOCK : VD_AUDIO_BLOCK;
}

static uint32_t
store_audio(struct vd_drive *drive, const struct vd_io *io, int32_t lba,
	    uint32_t count)
{
	for (uint32_t i = 0; i < count && !vd_writes_nothing(drive, io); i++)
		if (vd_disc_write_audio(drive->disc, lba + (int32_t)i,
					io->data + i * VD_AUDIO_BLOCK))
			return VD_WRITE_FAILED;
	return VD_GOOD;
}

static uint32_t
write_sequential(struct vd_drive *drive, struct vd_io *io, int32_t lba,
		 uint32_t count)
{
	struct vd_disc *disc = drive->disc;
	struct vd_track *track;
	struct vd_view view;
	uint32_t sense = check_write_type(drive);
	int64_t limit;

	if (!sense && !vd_layout_open(disc))
		sense = open_track(drive, lba);
	if (sense)
		return sense;
	track = vd_layout_open(disc);
	vd_layout_view(disc, disc->track_count, &view);
	limit = track->reserved ? track->end
				: disc->capacity
			- (disc->medium->family == VD_CD ? VD_RUN_OUT : 0);
	if (track->damaged || (lba != track->next && lba != view.next))
		return VD_BAD_ADDRESS;
	if ((int64_t)lba + count > limit)
		return VD_END_OF_AREA;
	if (io->length < count * block_size(track))
		return VD_BAD_FIELD;
	sense = vd_pad(drive, track, lba);
	if (sense)
		return sense;
	sense = track->control & 4 ? vd_store(drive, io, lba, count, io->data)
				   : store_audio(drive, io, lba, count);
	if (!sense)
		track->next = lba + (int32_t)count;
	if (!sense && !track->reserved)
		track->end = track->next;
	return sense;
}

static uint32_t
write_any(struct vd_drive *drive, struct vd_io *io, int32_t lba, uint32_t count)
{
	struct vd_disc *disc = drive->disc;
	uint16_t tracks = disc->track_count;
	uint32_t sense;

	if (vd_layout_overwritable(disc))
		return write_random(drive, io, lba, count);
	if (disc->finalised)
		return VD_WRITE_PROTECTED;
	if (disc->pending != VD_NO_PENDING)
		return VD_CANNOT_WRITE;
	sense = begin_test(drive);
	if (sense)
		return sense;
	if (drive->cue_count)
		return vd_write_session(drive, io, lba, count);
	sense = write_sequential(drive, io, lba, count);
	if (sense && disc->track_count > tracks) /* opened without need */
		disc->track_count = tracks;
	return sense;
}

VD_COMMAND(vd_write_blocks)
{
	int32_t lba = (int32_t)vd_get32(io->cdb + 2);
	uint32_t count = io->cdb[0] == VD_WRITE_12 ? vd_get32(io->cdb + 6)
						   : vd_get16(io->cdb + 7);
	uint32_t sense;

	if (!count)
		return VD_GOOD;
	if (!io->to_drive || count > INT32_MAX / VD_AUDIO_BLOCK
	    || (!drive->cue_count && io->length < count * (size_t)VD_BLOCK))
		return VD_BAD_FIELD;
	if (lba > drive->disc->capacity)
		return VD_OUT_OF_RANGE;
	if (!vd_fill_buffer(drive, count * (size_t)VD_BLOCK))
		return VD_LONG_WRITE;
	sense = write_any(drive, io, lba, count);
	if (!sense)
		io->done = io->length;
	return sense;
}
