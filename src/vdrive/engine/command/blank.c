/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BLANK (MMC-5 6.2): the disc is half blanked until it is finished. */
#include "vdrive/engine/drive_private.h"

enum type {
	WHOLE = 0,
	MINIMAL = 1,
	TRACK = 2,
	UNRESERVE = 3,
	UNCLOSE = 5,
	SESSION = 6
};

static void
drop_tracks(struct vd_disc *disc, int from)
{
	disc->track_count = (uint16_t)from;
	disc->finalised = false;
}

static void
blank_disc(struct vd_drive *drive, bool minimal)
{
	struct vd_disc *disc = drive->disc;

	if (!minimal)
		vd_disc_erase(disc, 0, disc->capacity);
	vd_disc_forget(disc);
	drop_tracks(disc, 0);
	disc->sessions = 0;
	disc->overwrite = false;
	disc->formatted = 0;
	/* MMC-5 6.2.5: afterwards a DVD-RW takes one session, written at
	 * once. */
	disc->sequential_only = minimal && disc->type == VD_DVD_RW;
}

/* Removes the last session, closed or not. */
static void
blank_session(struct vd_disc *disc)
{
	int session = disc->track_count
		? disc->tracks[disc->track_count - 1].session
		: 0;

	if (!session)
		return;
	drop_tracks(disc, vd_layout_first(disc, session) - 1);
	disc->sessions = (uint16_t)(session - 1);
}

static void
finish_blank(struct vd_drive *drive)
{
	struct vd_disc *disc = drive->disc;

	switch (drive->work.type) {
	case WHOLE:
	case MINIMAL:
		blank_disc(drive, drive->work.type == MINIMAL);
		break;
	case TRACK:
	case UNRESERVE:
		drop_tracks(disc, disc->track_count - 1);
		break;
	case UNCLOSE:
		disc->sessions--;
		disc->finalised = false;
		break;
	default:
		blank_session(disc);
		break;
	}
	drive->cue_count = 0;
	disc->cycles++;
	disc->pending = VD_NO_PENDING;
	vd_save(drive);
}

/* The last track, while its session is open. */
static bool
is_last_of_open(const struct vd_disc *disc, int32_t lba)
{
	const struct vd_track *last;

	if (!disc->track_count)
		return false;
	last = &disc->tracks[disc->track_count - 1];
	return last->session > disc->sessions
		&& vd_layout_track_at(disc, lba) == disc->track_count;
}

static uint32_t
check(const struct vd_disc *disc, uint8_t type, int32_t lba)
{
	bool sessions =
		!vd_layout_overwritable(disc) && disc->pending == VD_NO_PENDING;
	const struct vd_track *last =
		disc->track_count ? &disc->tracks[disc->track_count - 1] : NULL;

	switch (type) {
	case WHOLE:
	case MINIMAL:
		return VD_GOOD;
	case TRACK:
		return sessions && is_last_of_open(disc, lba) ? VD_GOOD
							      : VD_BAD_FIELD;
	case UNRESERVE:
		return sessions && last && last->reserved
				&& last->next == last->start
			? VD_GOOD
			: VD_BAD_FIELD;
	case UNCLOSE:
		return sessions && last && last->session == disc->sessions
			? VD_GOOD
			: VD_BAD_FIELD;
	case SESSION:
		return sessions && last ? VD_GOOD : VD_BAD_FIELD;
	default:
		return VD_BAD_FIELD;
	}
}

VD_COMMAND(vd_blank)
{
	struct vd_disc *disc = drive->disc;
	uint8_t type = io->cdb[1] & 7;
	int32_t lba = (int32_t)vd_get32(io->cdb + 2);
	uint32_t sense;
	bool erasable = disc->type == VD_CD_RW || disc->type == VD_DVD_RW;

	vd_end_test(drive);
	if (!erasable)
		return VD_CANNOT_WRITE;
	sense = check(disc, type, lba);
	if (sense)
		return sense;
	drive->work.type = type;
	drive->work.lba = lba;
	disc->pending = VD_HALF_BLANKED;
	sense = vd_save(drive);
	if (!sense)
		vd_begin(drive, io, io->cdb[1] & 0x10,
			 type == WHOLE ? vd_write_time(drive, disc->capacity)
				       : disc->medium->fast_blank * VD_SECOND,
			 VD_IN_PROGRESS, finish_blank);
	return sense;
}
