/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SEND CUE SHEET and writing a session at once (MMC-5 6.33, 4.2.3.3). */
#include "vdrive/engine/drive_private.h"

#define ENTRY 8
#define LEAD_OUT 0xaa

/* Bytes that the host sends for a block of this data form (MMC-5 6.33.3),
 * or -1; SKIP of them come before the user data. */
static int
form_size(uint8_t form, uint16_t *skip)
{
	*skip = 0;
	switch (form & 0x3f) {
	case 0x00: /* audio */
		return VD_AUDIO_BLOCK;
	case 0x01: /* audio, mode 1: made by the drive */
	case 0x14:
		return 0;
	case 0x10: /* mode 1, mode 2 form 1 */
	case 0x12:
	case 0x20:
		return VD_BLOCK;
	case 0x11: /* mode 1 with header */
	case 0x13:
		*skip = 16;
		return VD_AUDIO_BLOCK;
	default:
		return -1;
	}
}

/* One entry of the sheet; the one before ends where this begins. */
static bool
add_entry(struct vd_drive *drive, const uint8_t *entry, bool *ended)
{
	struct vd_cue *cue = &drive->cues[drive->cue_count];
	int32_t start = vd_get_msf(entry + 5);
	int size;

	if ((entry[0] & 15) != 1 || !entry[1])
		return true; /* catalogue number, ISRC, lead-in */
	if (drive->cue_count)
		cue[-1].end = start;
	if (drive->cue_count && start < cue[-1].start)
		return false;
	*ended = entry[1] == LEAD_OUT;
	if (*ended)
		return drive->cue_count && start <= drive->disc->capacity;
	size = form_size(entry[3], &cue->skip);
	if (size < 0 || drive->cue_count == VD_CUE_MAX - 1)
		return false;
	cue->start = start;
	cue->block = (uint16_t)size;
	cue->control = entry[0] >> 4;
	cue->track = entry[1];
	cue->pregap = !entry[2];
	drive->cue_count++;
	return true;
}

VD_COMMAND(vd_send_cue_sheet)
{
	struct vd_disc *disc = drive->disc;
	uint32_t n = vd_get24(io->cdb + 6);
	struct vd_view view;
	bool ended = false;

	if (disc->medium->family != VD_CD)
		return VD_CANNOT_WRITE;
	if (disc->finalised || disc->pending != VD_NO_PENDING
	    || vd_layout_open(disc)
	    || !vd_layout_view(disc, disc->track_count + 1, &view))
		return VD_WRITE_PROTECTED;
	if (vd_write_type(drive) != VD_SAO)
		return VD_BAD_SEQUENCE;
	if (!n || n % ENTRY || !vd_take(io, n))
		return VD_BAD_FIELD;
	drive->cue_count = 0;
	for (uint32_t i = 0; i < n && !ended; i += ENTRY)
		if (!add_entry(drive, io->data + i, &ended)) {
			drive->cue_count = 0;
			return VD_BAD_PARAMETER;
		}
	if (!ended || drive->cues[0].start != view.start - VD_PREGAP) {
		drive->cue_count = 0;
		return VD_BAD_PARAMETER;
	}
	return VD_GOOD;
}

static const struct vd_cue *
cue_at(const struct vd_drive *drive, int32_t lba)
{
	for (int i = 0; i < drive->cue_count; i++)
		if (lba >= drive->cues[i].start && lba < drive->cues[i].end)
			return &drive->cues[i];
	return NULL;
}

/* The start and end of the track that the cue belongs to. */
static void
track_limits(const struct vd_drive *drive, const struct vd_cue *cue,
	     struct vd_track *track)
{
	for (int i = 0; i < drive->cue_count; i++) {
		const struct vd_cue *other = &drive->cues[i];

		if (other->track != cue->track)
			continue;
		if (other->pregap || i == 0 || other[-1].track != other->track
		    || other[-1].pregap)
			track->start =
				other->pregap ? other->end : other->start;
		track->end = other->end;
	}
}

/* Makes the track of CUE the open one. */
static bool
enter(struct vd_drive *drive, const struct vd_cue *cue, int32_t lba)
{
	struct vd_disc *disc = drive->disc;
	struct vd_track *open = vd_layout_open(disc);
	struct vd_track track = { .next = lba,
				  .session = (uint16_t)(disc->sessions + 1),
				  .control = cue->control,
				  .reserved = true };

	track_limits(drive, cue, &track);
	if (open && open->start == track.start)
		return true;
	if (disc->track_count >= disc->medium->tracks)
		return false;
	if (open)
		open->closed = true;
	disc->tracks[disc->track_count++] = track;
	return true;
}

static uint32_t
put_blocks(struct vd_drive *drive, struct vd_io *io, const struct vd_cue *cue,
	   int32_t lba, uint32_t count, const uint8_t *data)
{
	if (lba < 0)
		return VD_GOOD;
	if (cue->block == VD_BLOCK)
		return vd_store(drive, io, lba, count, data);
	for (uint32_t i = 0; i < count && !vd_writes_nothing(drive, io); i++) {
		const uint8_t *block = data + i * cue->block;
		int32_t at = lba + (int32_t)i;

		if (cue->skip ? vd_disc_write(drive->disc, at, 1,
					      block + cue->skip)
			      : vd_disc_write_audio(drive->disc, at, block))
			return VD_WRITE_FAILED;
	}
	return VD_GOOD;
}

/* The next block from LBA on that the host sends: not all of a pre-gap is. */
static int32_t
next_sent(const struct vd_drive *drive, int32_t lba)
{
	const struct vd_cue *cue = cue_at(drive, lba);

	while (cue && !cue->block && cue->end > lba) {
		lba = cue->end;
		cue = cue_at(drive, lba);
	}
	return lba;
}

/* A write may go over the borders of several cues. */
uint32_t
vd_write_session(struct vd_drive *drive, struct vd_io *io, int32_t lba,
		 uint32_t count)
{
	struct vd_disc *disc = drive->disc;
	struct vd_track *open = vd_layout_open(disc);
	size_t used = 0;
	uint32_t sense;

	if (lba != next_sent(drive, open ? open->next : drive->cues[0].start))
		return VD_BAD_ADDRESS;
	while (count) {
		const struct vd_cue *cue = cue_at(drive, lba);
		uint32_t n = count;

		if (!cue || !enter(drive, cue, lba))
			return VD_END_OF_AREA;
		if (n > (uint32_t)(cue->end - lba))
			n = (uint32_t)(cue->end - lba);
		if (!cue->block || used + (size_t)n * cue->block > io->length)
			return VD_BAD_FIELD;
		sense = put_blocks(drive, io, cue, lba, n, io->data + used);
		if (sense)
			return sense;
		used += (size_t)n * cue->block;
		lba += (int32_t)n;
		count -= n;
		vd_layout_open(disc)->next = lba;
	}
	return VD_GOOD;
}

uint32_t
vd_end_session(struct vd_drive *drive)
{
	struct vd_track *open = vd_layout_open(drive->disc);
	int32_t end;

	if (!drive->cue_count || !open)
		return VD_GOOD;
	end = drive->cues[drive->cue_count - 1].end;
	if (open->next != end)
		return VD_GOOD;
	open->reserved = false;
	open->closed = true;
	drive->cue_count = 0;
	return vd_close_session(drive, !vd_write_multi(drive));
}
