/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that concern the drive itself: identity, tray, events. */
#include <string.h>

#include "vdrive/engine/drive_private.h"

VD_COMMAND(vd_test_unit_ready)
{
	(void)drive;
	(void)io;
	return VD_GOOD;
}

/* SPC-3 6.27: sense data of a command is returned once; this is the state of
 * what is in progress. */
VD_COMMAND(vd_request_sense)
{
	uint8_t data[VD_SENSE_LENGTH] = { 0x70 };
	uint32_t sense = drive->busy.until ? drive->busy.sense : VD_GOOD;

	data[2] = (uint8_t)(sense >> 16);
	data[7] = sizeof data - 8;
	data[12] = (uint8_t)(sense >> 8);
	data[13] = (uint8_t)sense;
	if (sense && drive->options.personality != VD_USB_BRIDGE) {
		data[15] = 0x80;
		vd_put16(data + 16, vd_progress(drive));
	}
	vd_give(io, data, sizeof data, io->cdb[4]);
	return VD_GOOD;
}

static uint32_t
inquire_page(const struct vd_drive *drive, struct vd_io *io)
{
	uint8_t serial[20] = { 0x05, 0x80, 0, 16 };
	static const uint8_t pages[] = { 0x05, 0x00, 0, 2, 0x00, 0x80 };

	switch (io->cdb[2]) {
	case 0x00:
		vd_give(io, pages, sizeof pages, vd_get16(io->cdb + 3));
		return VD_GOOD;
	case 0x80:
		memset(serial + 4, ' ', 16);
		memcpy(serial + 4, drive->serial, strlen(drive->serial));
		vd_give(io, serial, sizeof serial, vd_get16(io->cdb + 3));
		return VD_GOOD;
	default:
		return VD_BAD_FIELD;
	}
}

/* SPC-3 6.4; peripheral type 5, removable, SPC-3, and MMC-5 in a version
 * descriptor. */
VD_COMMAND(vd_inquiry)
{
	uint8_t data[96] = { 0x05, 0x80, 0x05, 0x02, sizeof data - 5 };

	if (io->cdb[1] & 1)
		return inquire_page(drive, io);
	if (io->cdb[2])
		return VD_BAD_FIELD;
	memcpy(data + 8, "VDRIVE  BD-RE RECORDER  1.00", 28);
	vd_put16(data + 58, 0x0300); /* SPC-3 */
	vd_put16(data + 60, 0x0430); /* MMC-5 */
	vd_give(io, data, sizeof data, vd_get16(io->cdb + 3));
	return VD_GOOD;
}

/* MMC-5 6.40: eject and load, start and stop. */
VD_COMMAND(vd_start_stop)
{
	uint8_t what = io->cdb[4] & 3;

	if (what == 2 && drive->locked && !drive->open)
		return VD_REMOVAL_PREVENTED;
	if (what & 2)
		vd_drive_tray(drive, what == 2);
	return VD_GOOD;
}

VD_COMMAND(vd_prevent_removal)
{
	drive->locked = io->cdb[4] & 1;
	return VD_GOOD;
}

/* MMC-5 6.7: media events, polled. */
VD_COMMAND(vd_get_event)
{
	uint8_t data[8] = { 0, 6, 4, 0x10 };

	if (!(io->cdb[1] & 1))
		return VD_BAD_FIELD;
	if (io->cdb[4] & 0x10) {
		data[4] = drive->event;
		data[5] = (uint8_t)(drive->open
				    | (drive->disc && !drive->open) << 1);
		drive->event = 0;
		vd_give(io, data, 8, vd_get16(io->cdb + 7));
	} else {
		data[1] = 2;
		data[2] = 0x80; /* no such class */
		vd_give(io, data, 4, vd_get16(io->cdb + 7));
	}
	return VD_GOOD;
}

/* MMC-5 6.11: not a changer. */
VD_COMMAND(vd_mechanism_status)
{
	uint8_t data[8] = { 0, (uint8_t)(drive->open << 4) };

	vd_give(io, data, sizeof data, vd_get16(io->cdb + 8));
	return VD_GOOD;
}

/* MMC-5 6.37, 6.39: there is one speed. */
VD_COMMAND(vd_set_speed)
{
	(void)drive;
	(void)io;
	return VD_GOOD;
}

VD_COMMAND(vd_set_streaming)
{
	size_t n = vd_get16(io->cdb + 9);

	(void)drive;
	return vd_take(io, n) ? VD_GOOD : VD_BAD_FIELD;
}

static uint32_t
kilobytes(const struct vd_drive *drive)
{
	uint32_t speed = drive->disc ? drive->disc->medium->speed : 1536000;

	/* CD speeds count whole blocks of 2,352 bytes (MMC-5 6.37). */
	if (!drive->disc || drive->disc->medium->family == VD_CD)
		return speed / VD_BLOCK * VD_AUDIO_BLOCK / 1000;
	return speed / 1000;
}

/* MMC-5 6.8: types 00h (performance) and 03h (write speeds). */
VD_COMMAND(vd_get_performance)
{
	uint8_t data[24] = { 0, 0, 0, 20 };
	uint32_t speed = kilobytes(drive);
	int32_t end = drive->disc ? drive->disc->capacity - 1 : 0;
	size_t room = 8 + 16 * (size_t)vd_get16(io->cdb + 8);

	switch (io->cdb[10]) {
	case 0x00:
		data[4] = io->cdb[1] & 4 ? 2 : 0; /* of writing */
		vd_put32(data + 12, speed);
		vd_put32(data + 16, (uint32_t)end);
		vd_put32(data + 20, speed);
		break;
	case 0x03:
		data[8] = 2; /* exact */
		vd_put32(data + 12, (uint32_t)end);
		vd_put32(data + 16, speed);
		vd_put32(data + 20, speed);
		break;
	default:
		return VD_BAD_FIELD;
	}
	vd_give(io, data, sizeof data, room);
	return VD_GOOD;
}

/* MMC-5 6.18. */
VD_COMMAND(vd_buffer_capacity)
{
	uint32_t unit = io->cdb[1] & 1 ? VD_BLOCK : 1;
	uint8_t data[12] = { 0, 10, 0, (uint8_t)(io->cdb[1] & 1) };

	vd_put32(data + 4, vd_buffer_size() / unit);
	vd_put32(data + 8, vd_buffer_free_bytes(drive) / unit);
	vd_give(io, data, sizeof data, vd_get16(io->cdb + 7));
	return VD_GOOD;
}
