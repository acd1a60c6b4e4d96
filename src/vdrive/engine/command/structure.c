/* SPDX-License-Identifier: GPL-2.0-or-later */
/* READ DISC STRUCTURE (MMC-5 6.23, MMC-6 for BD). */
#include <string.h>

#include "vdrive/engine/drive_private.h"

#define DVD_DATA_START 0x30000 /* physical address of block 0 (ECMA-267) */
#define BD_DATA_START 0x100000

/* Book type and part version (MMC-5 6.23.3.2.1). */
static uint8_t
book_of(enum vd_type type)
{
	switch (type) {
	case VD_DVD_R:
		return 0x25;
	case VD_DVD_RW:
		return 0x32;
	case VD_DVD_RAM:
		return 0x16;
	case VD_DVD_PLUS_R:
		return 0xa1;
	default:
		return 0x92; /* DVD+RW */
	}
}

static size_t
physical_format(const struct vd_disc *disc, uint8_t *p)
{
	int32_t end = vd_layout_readable(disc);

	p[0] = book_of(disc->type);
	p[1] = 0x0f; /* 120 mm, rate unknown */
	p[2] = 0x02; /* one layer, rewritable area */
	vd_put24(p + 5, DVD_DATA_START);
	vd_put24(p + 9, (uint32_t)(DVD_DATA_START + disc->capacity - 1));
	if (!disc->medium->overwritable && end)
		vd_put24(p + 9, (uint32_t)(DVD_DATA_START + end - 1));
	return 2048;
}

/* ADIP of DVD+R and +RW: the manufacturer and the kind. */
static size_t
adip(const struct vd_disc *disc, uint8_t *p)
{
	physical_format(disc, p);
	memcpy(p + 19,
	       "VDRIVE\0\0"
	       "V01",
	       11);
	return 256;
}

/* Pre-recorded information in the lead-in of DVD-R and -RW (ECMA-359). */
static size_t
prerecorded(const struct vd_disc *disc, uint8_t *p)
{
	vd_put24(p, DVD_DATA_START);
	vd_put24(p + 3, (uint32_t)(DVD_DATA_START + disc->capacity));
	p[16] = 3; /* field of the manufacturer's code */
	memcpy(p + 17, "VDRIVE", 6);
	p[24] = 4;
	memcpy(p + 25, "V01   ", 6);
	return 40;
}

/* The DI unit (BD Part 1: "DI", format, sizes, the identity of the medium). */
static size_t
disc_information(const struct vd_disc *disc, uint8_t *p)
{
	memcpy(p, "DI", 2);
	p[2] = 1;
	p[3] = 1;
	p[6] = 112;
	memcpy(p + 8, disc->type == VD_BD_R ? "BDR" : "BDW", 3);
	p[11] = 0x01;
	p[12] = 0x11; /* one layer */
	vd_put32(p + 24, BD_DATA_START);
	vd_put32(p + 28, (uint32_t)(BD_DATA_START + disc->capacity - 1));
	memcpy(p + 100, "VDRIVEV01", 9);
	return 4096;
}

static size_t
spares(const struct vd_disc *disc, uint8_t *p)
{
	vd_put32(p + 4, (uint32_t)disc->spare); /* unused */
	vd_put32(p + 8, (uint32_t)disc->spare); /* allocated */
	return 12;
}

static size_t
dvd_structure(const struct vd_disc *disc, uint8_t format, uint8_t *p)
{
	bool plus = disc->type == VD_DVD_PLUS_R || disc->type == VD_DVD_PLUS_RW;
	bool dash = disc->type == VD_DVD_R || disc->type == VD_DVD_RW;

	switch (format) {
	case 0x00:
		return physical_format(disc, p);
	case 0x01: /* no copyright */
		return 4;
	case 0x04:
		return 2048;
	case 0x0a:
		return disc->type == VD_DVD_RAM ? spares(disc, p) : 0;
	case 0x0e:
		return dash ? prerecorded(disc, p) : 0;
	case 0x10:
		return physical_format(disc, p);
	case 0x11:
		return plus ? adip(disc, p) : 0;
	default:
		return 0;
	}
}

static size_t
bd_structure(const struct vd_disc *disc, uint8_t format, uint8_t *p)
{
	switch (format) {
	case 0x00:
		return disc_information(disc, p);
	case 0x0a:
		return spares(disc, p);
	default:
		return 0;
	}
}

VD_COMMAND(vd_read_structure)
{
	const struct vd_disc *disc = drive->disc;
	uint8_t data[4 + 4096] = { 0 }, kind = io->cdb[1] & 15;
	size_t n;

	if (disc->medium->family == VD_CD)
		return VD_CANNOT_READ;
	if (kind != (disc->medium->family == VD_BD) || io->cdb[6])
		return VD_BAD_FIELD;
	n = kind ? bd_structure(disc, io->cdb[7], data + 4)
		 : dvd_structure(disc, io->cdb[7], data + 4);
	if (!n)
		return VD_BAD_FIELD;
	vd_put16(data, (uint32_t)n + 2);
	vd_give(io, data, n + 4, vd_get16(io->cdb + 8));
	return VD_GOOD;
}
