/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FORMAT UNIT and READ FORMAT CAPACITIES (MMC-5 6.5, 6.24; MMC-6 for BD). */
#include <string.h>

#include "vdrive/engine/drive_private.h"

#define HEADER 4
#define DESCRIPTOR 8
#define SPARE_PART \
	32 /* on a BD, one of this number of blocks is a spare by
			 default */

enum type {
	FULL = 0x00,
	SPARE_EXPANSION = 0x01,
	FULL_OVERWRITE = 0x10,
	QUICK_GROW = 0x13,
	QUICK = 0x15,
	PLUS_RW = 0x26,
	BD_SPARES = 0x30,
	BD_NO_SPARES = 0x31,
	BD_R_SPARES = 0x32
};

struct format {
	int32_t blocks; /* maximum number */
	uint8_t type;   /* MMC-5 6.5.4.2 */
	uint32_t parameter;
};

#define FORMATS_MAX 8

static int
add(struct format *out, int n, int32_t blocks, uint8_t type, uint32_t parameter)
{
	out[n] = (struct format){ blocks, type, parameter };
	return n + 1;
}

/* The sizes to which the disc can be formatted; returns their number. */
static int
list_formats(const struct vd_disc *disc, struct format out[FORMATS_MAX])
{
	int32_t all = disc->capacity / disc->medium->unit * disc->medium->unit;
	int32_t spared = (disc->capacity - disc->capacity / SPARE_PART)
		/ disc->medium->unit * disc->medium->unit;
	int n = 0;

	switch (disc->type) {
	case VD_DVD_RW:
		n = add(out, n, all, FULL, 16);
		n = add(out, n, all, FULL_OVERWRITE, 16);
		n = add(out, n, all, QUICK, 16);
		if (disc->overwrite)
			n = add(out, n, all - disc->formatted, QUICK_GROW, 16);
		break;
	case VD_DVD_PLUS_RW:
		n = add(out, n, all, PLUS_RW, 0);
		break;
	case VD_DVD_RAM:
		n = add(out, n, all, FULL, VD_BLOCK);
		n = add(out, n, spared, FULL, VD_BLOCK);
		n = add(out, n, all, SPARE_EXPANSION, VD_BLOCK);
		break;
	case VD_BD_RE:
		n = add(out, n, spared, FULL, VD_BLOCK);
		n = add(out, n, spared, BD_SPARES, VD_BLOCK);
		n = add(out, n, all, BD_NO_SPARES, VD_BLOCK);
		break;
	case VD_BD_R:
		if (disc->track_count || disc->formatted)
			break;
		n = add(out, n, spared, FULL, VD_BLOCK);
		n = add(out, n, spared, BD_R_SPARES, VD_BLOCK);
		n = add(out, n, all, BD_R_SPARES, VD_BLOCK);
		break;
	default:
		break;
	}
	return n;
}

VD_COMMAND(vd_read_format_capacities)
{
	uint8_t data[HEADER + DESCRIPTOR * (1 + FORMATS_MAX)] = { 0 };
	uint8_t *p = data + HEADER;
	const struct vd_disc *disc = drive->open ? NULL : drive->disc;
	struct format formats[FORMATS_MAX];
	int n = disc ? list_formats(disc, formats) : 0;
	size_t length;

	if (!disc) {
		p[4] = 3; /* no medium */
	} else {
		bool formatted = disc->formatted || disc->track_count;
		int32_t now = disc->formatted ? disc->formatted
					      : vd_layout_readable(disc);

		vd_put32(p, (uint32_t)(formatted ? now : disc->capacity));
		p[4] = formatted ? 2 : 1;
	}
	vd_put24(p + 5, VD_BLOCK);
	for (int i = 0; i < n; i++) {
		p += DESCRIPTOR;
		vd_put32(p, (uint32_t)formats[i].blocks);
		p[4] = (uint8_t)(formats[i].type << 2);
		vd_put24(p + 5, formats[i].parameter);
	}
	data[3] = (uint8_t)(DESCRIPTOR * (1 + n));
	length = HEADER + (size_t)data[3];
	vd_give(io, data, length, vd_get16(io->cdb + 7));
	return VD_GOOD;
}

static void
finish_format(struct vd_drive *drive)
{
	struct vd_disc *disc = drive->disc;
	int32_t blocks = drive->work.blocks;

	disc->pending = VD_NO_PENDING;
	disc->cycles++;
	switch (drive->work.type) {
	case FULL:
	case FULL_OVERWRITE:
		if (disc->type != VD_BD_R)
			vd_disc_erase(disc, 0, disc->capacity);
		break;
	case PLUS_RW:
		disc->background = VD_BACKGROUND_DONE;
		break;
	default:
		break;
	}
	if (disc->type == VD_DVD_RW) {
		disc->overwrite = true;
		disc->sequential_only = false;
		disc->finalised = false;
		disc->track_count = disc->sessions = 0;
		if (drive->work.type == QUICK)
			blocks = 0;
		if (drive->work.type == QUICK_GROW)
			blocks += disc->formatted;
	}
	if (disc->type == VD_BD_RE || disc->type == VD_BD_R)
		disc->spare = disc->capacity - blocks;
	if (disc->type == VD_BD_R)
		disc->capacity = blocks;
	disc->formatted = blocks;
	vd_save(drive);
}

/* The format of the disc that matches the request of the host, or NULL. */
static const struct format *
choose(const struct format *formats, int n, uint8_t type, uint32_t blocks)
{
	for (int i = 0; i < n; i++)
		if (formats[i].type == type
		    && (blocks == UINT32_MAX || !blocks
			|| blocks <= (uint32_t)formats[i].blocks))
			return &formats[i];
	return NULL;
}

/* DVD+RW can be written immediately, while it is formatted in the
 * background. */
static void
begin_background(struct vd_drive *drive)
{
	struct vd_disc *disc = drive->disc;

	finish_format(drive);
	if (drive->options.speed > 0) {
		disc->background = VD_BACKGROUND_RUNNING;
		drive->background_until = vd_now(drive)
			+ (uint64_t)((double)vd_write_time(drive,
							   disc->capacity)
				     / drive->options.speed);
	}
}

static uint64_t
duration(const struct vd_drive *drive)
{
	switch (drive->work.type) {
	case FULL:
	case FULL_OVERWRITE:
		return vd_write_time(drive, drive->disc->capacity);
	default:
		return drive->disc->medium->fast_blank * VD_SECOND;
	}
}

VD_COMMAND(vd_format_unit)
{
	struct vd_disc *disc = drive->disc;
	const uint8_t *list = io->data;
	struct format formats[FORMATS_MAX];
	const struct format *format;
	uint32_t blocks, sense;
	int n = list_formats(disc, formats);

	vd_end_test(drive);
	if (io->cdb[1] != 0x11 || !vd_take(io, HEADER + DESCRIPTOR))
		return VD_BAD_FIELD;
	if (!n)
		return VD_CANNOT_WRITE;
	blocks = vd_get32(list + HEADER);
	format = choose(formats, n, list[HEADER + 4] >> 2, blocks);
	if (vd_get16(list + 2) != DESCRIPTOR || !format)
		return VD_BAD_PARAMETER;
	drive->work.type = format->type;
	drive->work.blocks = blocks && blocks != UINT32_MAX ? (int32_t)blocks
							    : format->blocks;
	if (format->type == PLUS_RW)
		drive->work.blocks = format->blocks;
	disc->pending = VD_HALF_FORMATTED;
	sense = vd_save(drive);
	if (!sense)
		vd_begin(drive, io, list[1] & 2, duration(drive), VD_FORMATTING,
			 format->type == PLUS_RW ? begin_background
						 : finish_format);
	return sense;
}
