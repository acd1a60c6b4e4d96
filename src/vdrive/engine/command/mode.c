/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mode pages 01h, 05h and 2Ah (MMC-5 7). */
#include <string.h>

#include "vdrive/engine/drive_private.h"

#define HEADER 8

/* Write type TAO, data blocks of 2,048 bytes, audio pause of two seconds. */
static const uint8_t write_default[VD_WRITE_PAGE] = { 0x05,
						      VD_WRITE_PAGE - 2,
						      0x40 | VD_TAO,
						      0x04,
						      0x08,
						      0,
						      0,
						      0,
						      0,
						      0,
						      0,
						      0,
						      0,
						      0x10,
						      0,
						      150 };

/* The changeable fields: all that MODE SELECT evaluates. */
static const uint8_t write_mask[VD_WRITE_PAGE] = { 0x05, VD_WRITE_PAGE - 2,
						   0x7f, 0xff,
						   0x0f, 0xff,
						   0,    0x3f,
						   0xff, 0,
						   0xff, 0xff,
						   0xff, 0xff,
						   0xff, 0xff };

static const uint8_t recovery_default[12] = { 0x01, 10, 0x00, 0x20 };

/* Reads and writes everything; tray, lock; for speeds see kilobytes in
 * drive.c. */
static const uint8_t capabilities[36] = {
	0x2a, 34,   0x3f, 0x37, 0xf1, 0x77, 0x29, 0x00, 0x11, 0x3c, 0,    0,
	0x08, 0x00, 0x11, 0x3c, 0,    0,    0x06, 0xe4, 0x06, 0xe4, 0,    1,
	0,    0,    0,    0,    0x06, 0xe4, 0,    1,    0,    0,    0x06, 0xe4
};

void
vd_mode_reset(struct vd_drive *drive)
{
	memcpy(drive->write_page, write_default, sizeof write_default);
	memcpy(drive->recovery_page, recovery_default, sizeof recovery_default);
}

enum vd_write_type
vd_write_type(const struct vd_drive *drive)
{
	return (enum vd_write_type)(drive->write_page[2] & 15);
}

bool
vd_write_test(const struct vd_drive *drive)
{
	return drive->write_page[2] & 0x10;
}

bool
vd_write_multi(const struct vd_drive *drive)
{
	return drive->write_page[3] >> 6 == 3;
}

/* Appends a page: current values, changeable fields, or defaults. */
static size_t
add_page(const struct vd_drive *drive, uint8_t page, uint8_t control,
	 uint8_t *out)
{
	static const uint8_t recovery_mask[12] = { 0x01, 10, 0xff, 0xff };
	uint8_t fixed[36] = { 0x2a, 34 };

	switch (page) {
	case 0x01:
		memcpy(out,
		       control == 1           ? recovery_mask
			       : control == 2 ? recovery_default
					      : drive->recovery_page,
		       12);
		return 12;
	case 0x05:
		memcpy(out,
		       control == 1           ? write_mask
			       : control == 2 ? write_default
					      : drive->write_page,
		       VD_WRITE_PAGE);
		return VD_WRITE_PAGE;
	default:
		memcpy(out, control == 1 ? fixed : capabilities, 36);
		if (control != 1)
			out[6] |= (uint8_t)(drive->locked << 1);
		return 36;
	}
}

VD_COMMAND(vd_mode_sense)
{
	static const uint8_t pages[] = { 0x01, 0x05, 0x2a };
	uint8_t page = io->cdb[2] & 0x3f, control = io->cdb[2] >> 6;
	uint8_t data[HEADER + 12 + VD_WRITE_PAGE + 36] = { 0 };
	size_t n = HEADER;

	if (control == 3)
		return 0x053900; /* saving parameters not supported */
	if (io->cdb[3])
		return VD_BAD_FIELD;
	for (size_t i = 0; i < sizeof pages; i++)
		if (page == pages[i] || page == 0x3f)
			n += add_page(drive, pages[i], control, data + n);
	if (n == HEADER)
		return VD_BAD_FIELD;
	vd_put16(data, (uint32_t)n - 2);
	vd_give(io, data, n, vd_get16(io->cdb + 7));
	return VD_GOOD;
}

/* Values that no drive accepts (MMC-5 7.5.4). */
static bool
write_page_is_valid(const uint8_t *page)
{
	uint8_t block = page[4] & 15, type = page[2] & 15;

	if (page[1] != VD_WRITE_PAGE - 2 || type > VD_SAO)
		return false;
	if (block != 0 && block != 8 && block != 10)
		return false;
	return page[8] == 0x00 || page[8] == 0x10 || page[8] == 0x20;
}

VD_COMMAND(vd_mode_select)
{
	size_t n = vd_get16(io->cdb + 7), at;
	const uint8_t *page;

	if (!(io->cdb[1] & 0x10))
		return VD_BAD_FIELD;
	if (!vd_take(io, n))
		return VD_BAD_FIELD;
	if (!n)
		return VD_GOOD;
	at = n < HEADER ? n : HEADER + vd_get16(io->data + 6);
	if (at + 2 > n)
		return 0x051a00; /* parameter list length error */
	page = io->data + at;
	switch (page[0] & 0x3f) {
	case 0x01:
		if (page[1] != 10 || at + 12 > n)
			return VD_BAD_PARAMETER;
		memcpy(drive->recovery_page + 2, page + 2, 10);
		return VD_GOOD;
	case 0x05:
		if (at + VD_WRITE_PAGE > n || !write_page_is_valid(page))
			return VD_BAD_PARAMETER;
		memcpy(drive->write_page + 2, page + 2, VD_WRITE_PAGE - 2);
		return VD_GOOD;
	default:
		return VD_BAD_PARAMETER;
	}
}
