/* SPDX-License-Identifier: GPL-2.0-or-later */
/* READ (MMC-5 6.15), READ CD and READ CD MSF (6.20, 6.21). */
#include "vdrive/engine/drive_private.h"

enum kind { DATA, AUDIO };

/* Whether block LBA can be read as KIND. */
static uint32_t
check_block(const struct vd_disc *disc, int32_t lba, enum kind kind)
{
	const struct vd_track *track = NULL;

	if (disc->pending != VD_NO_PENDING)
		return VD_UNREADABLE;
	if (disc->medium->overwritable && !disc->formatted)
		return VD_NOT_FORMATTED;
	if (lba < 0 || lba >= vd_layout_readable(disc))
		return VD_OUT_OF_RANGE;
	if (vd_layout_overwritable(disc))
		return VD_GOOD;
	for (int i = disc->track_count; i-- > 0 && !track;)
		if (lba >= disc->tracks[i].start)
			track = &disc->tracks[i];
	if (!track || lba >= track->next) /* run-out, gap, lead-in */
		return VD_ILLEGAL_MODE;
	return (track->control & 4 ? DATA : AUDIO) == kind ? VD_GOOD
							   : VD_ILLEGAL_MODE;
}

/* How many of COUNT blocks can be read; the reason why no more can. */
static uint32_t
readable(const struct vd_disc *disc, int32_t lba, uint32_t count,
	 enum kind kind, uint32_t *sense)
{
	uint32_t n = 0;

	*sense = VD_GOOD;
	if (vd_layout_overwritable(disc) && count && lba >= 0
	    && (int64_t)lba + count <= vd_layout_readable(disc)
	    && disc->pending == VD_NO_PENDING)
		return count;
	while (n < count && !*sense) {
		*sense = check_block(disc, lba + (int32_t)n, kind);
		n += !*sense;
	}
	return n;
}

static int32_t
spoiled_address(const struct vd_drive *drive, const struct vd_io *io,
		int32_t lba, uint32_t count)
{
	uint32_t sense;
	int32_t other = lba + 2 * 16;

	if (!io->fault || io->fault->action != VD_FAULT_ADDRESS)
		return lba;
	return readable(drive->disc, other, count, DATA, &sense) == count
		? other
		: lba;
}

static uint32_t
read_data(struct vd_drive *drive, struct vd_io *io, int32_t lba, uint32_t count)
{
	uint32_t sense, good;

	if (io->to_drive || (uint64_t)count * VD_BLOCK > io->length)
		return VD_BAD_FIELD;
	good = readable(drive->disc, lba, count, DATA, &sense);
	if (sense) {
		io->has_bad = true;
		io->bad = lba + (int32_t)good;
	}
	if (good
	    && vd_disc_read(drive->disc, spoiled_address(drive, io, lba, good),
			    good, io->data))
		return VD_UNREADABLE;
	io->done = (size_t)good * VD_BLOCK;
	vd_read_time(drive, io, lba, good);
	return sense;
}

VD_COMMAND(vd_read_blocks)
{
	return read_data(drive, io, (int32_t)vd_get32(io->cdb + 2),
			 io->cdb[0] == VD_READ_12 ? vd_get32(io->cdb + 6)
						  : vd_get16(io->cdb + 7));
}

static uint32_t
read_audio(struct vd_drive *drive, struct vd_io *io, int32_t lba,
	   uint32_t count)
{
	uint32_t sense, good;

	if (io->to_drive || (uint64_t)count * VD_AUDIO_BLOCK > io->length)
		return VD_BAD_FIELD;
	good = readable(drive->disc, lba, count, AUDIO, &sense);
	for (uint32_t i = 0; i < good; i++)
		if (vd_disc_read_audio(drive->disc, lba + (int32_t)i,
				       io->data + i * VD_AUDIO_BLOCK))
			return VD_UNREADABLE;
	io->done = (size_t)good * VD_AUDIO_BLOCK;
	vd_read_time(drive, io, lba, good);
	return sense;
}

/* User data of either kind: no headers, no error bits, no sub-channel. */
VD_COMMAND(vd_read_cd)
{
	bool msf = io->cdb[0] == VD_READ_CD_MSF;
	int32_t lba =
		msf ? vd_get_msf(io->cdb + 3) : (int32_t)vd_get32(io->cdb + 2);
	int32_t end = msf ? vd_get_msf(io->cdb + 6) : 0;
	uint32_t count = msf ? (uint32_t)(end > lba ? end - lba : 0)
			     : vd_get24(io->cdb + 6);
	uint8_t expected = io->cdb[1] >> 2 & 7, what = io->cdb[9];
	bool audio;

	if (drive->disc->medium->family != VD_CD)
		return VD_CANNOT_READ;
	if (!count || (what & 0xf8) == 0)
		return VD_GOOD;
	if (io->cdb[10] & 7 || what & 6 || expected > 5)
		return VD_BAD_FIELD;
	audio = expected == 1
		|| (!expected
		    && check_block(drive->disc, lba, DATA) == VD_ILLEGAL_MODE
		    && !check_block(drive->disc, lba, AUDIO));
	if (audio)
		return read_audio(drive, io, lba, count);
	return (what & 0xf8) == 0x10 ? read_data(drive, io, lba, count)
				     : VD_BAD_FIELD;
}
