/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/preload/cdrom.h"

#include <errno.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>

#include "vdrive/preload/block.h"
#include "vdrive/station/client.h"

#define CAPABILITIES                                                       \
	(CDC_CLOSE_TRAY | CDC_OPEN_TRAY | CDC_LOCK | CDC_SELECT_SPEED      \
	 | CDC_MULTI_SESSION | CDC_MEDIA_CHANGED | CDC_PLAY_AUDIO          \
	 | CDC_GENERIC_PACKET | CDC_CD_R | CDC_CD_RW | CDC_DVD | CDC_DVD_R \
	 | CDC_DVD_RAM | CDC_RAM | CDC_DRIVE_STATUS)

/* Runs a CDB of ten (or, below opcode 20h, six) bytes that reads N bytes. */
static int
ask(int drive, const uint8_t cdb[10], void *data, size_t n,
    struct vf_reply *reply)
{
	struct vf_command command = { .drive = (unsigned int)drive,
				      .cdb_length = cdb[0] < 0x20 ? 6 : 10,
				      .direction = n ? VF_FROM_DRIVE : VF_NONE,
				      .data = data,
				      .length = n };

	memcpy(command.cdb, cdb, command.cdb_length);
	return vf_client_run(&command, reply);
}

static int
drive_status(int drive)
{
	static const uint8_t ready[10],
		event[10] = { 0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8 };
	struct vf_reply reply = { 0 };
	uint8_t data[8] = { 0 };
	unsigned int code;

	if (!ask(drive, ready, NULL, 0, &reply))
		return CDS_DISC_OK;
	code = vf_sense_code(&reply);
	if (code == 0x020401)
		return CDS_DRIVE_NOT_READY;
	if (!ask(drive, event, data, sizeof data, NULL) && data[2] == 4)
		return data[5] & 2    ? CDS_DISC_OK
			: data[5] & 1 ? CDS_TRAY_OPEN
				      : CDS_NO_DISC;
	return code == 0x023a02       ? CDS_TRAY_OPEN
		: code >> 8 == 0x023a ? CDS_NO_DISC
				      : CDS_DRIVE_NOT_READY;
}

static int
move_tray(int drive, int open)
{
	uint8_t allow[10] = { 0x1e };
	uint8_t move[10] = { 0x1b, 0, 0, 0, (uint8_t)(open ? 2 : 3) };

	if (open)
		ask(drive, allow, NULL, 0, NULL);
	return ask(drive, move, NULL, 0, NULL);
}

static int
lock_door(int drive, int lock)
{
	uint8_t cdb[10] = { 0x1e, 0, 0, 0, (uint8_t)(lock != 0) };

	return ask(drive, cdb, NULL, 0, NULL);
}

static int
read_toc(int drive, int format, int track, uint8_t *data, size_t n)
{
	uint8_t cdb[10] = { 0x43,      0, (uint8_t)format, 0,
			    0,         0, (uint8_t)track,  (uint8_t)(n >> 8),
			    (uint8_t)n };

	return ask(drive, cdb, data, n, NULL);
}

static int
toc_header(int drive, struct cdrom_tochdr *header)
{
	uint8_t data[12] = { 0 };
	int error = read_toc(drive, 0, 0, data, sizeof data);

	header->cdth_trk0 = data[2];
	header->cdth_trk1 = data[3];
	return error;
}

static void
put_address(union cdrom_addr *out, int format, int32_t lba)
{
	if (format == CDROM_LBA) {
		out->lba = lba;
		return;
	}
	lba += CD_MSF_OFFSET;
	out->msf.frame = (uint8_t)(lba % CD_FRAMES);
	out->msf.second = (uint8_t)(lba / CD_FRAMES % CD_SECS);
	out->msf.minute = (uint8_t)(lba / CD_FRAMES / CD_SECS);
}

static int32_t
get_address(const uint8_t *p)
{
	return (int32_t)((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16
			 | (uint32_t)p[2] << 8 | p[3]);
}

static int
toc_entry(int drive, struct cdrom_tocentry *entry)
{
	uint8_t data[12] = { 0 };
	int error;

	if (entry->cdte_format != CDROM_LBA && entry->cdte_format != CDROM_MSF)
		return EINVAL;
	error = read_toc(drive, 0, entry->cdte_track, data, sizeof data);
	entry->cdte_ctrl = data[5] & 15;
	entry->cdte_adr = data[5] >> 4;
	entry->cdte_datamode = data[5] & 4 ? 1 : 0;
	put_address(&entry->cdte_addr, entry->cdte_format,
		    get_address(data + 8));
	return error;
}

static int
multisession(int drive, struct cdrom_multisession *info)
{
	uint8_t data[12] = { 0 };
	int error;

	if (info->addr_format != CDROM_LBA && info->addr_format != CDROM_MSF)
		return EINVAL;
	error = read_toc(drive, 1, 0, data, sizeof data);
	info->xa_flag = data[3] != data[2];
	put_address(&info->addr, info->addr_format, get_address(data + 8));
	return error;
}

/* Like cdrom_count_tracks: data, audio, mixed or none. */
static int
disc_status(int drive)
{
	struct cdrom_tocentry entry;
	struct cdrom_tochdr header;
	int data = 0, audio = 0;
	int status = drive_status(drive);

	if (status != CDS_DISC_OK)
		return CDS_NO_DISC;
	if (toc_header(drive, &header))
		return CDS_NO_INFO;
	for (int i = header.cdth_trk0; i <= header.cdth_trk1; i++) {
		entry.cdte_track = (uint8_t)i;
		entry.cdte_format = CDROM_LBA;
		if (toc_entry(drive, &entry))
			return CDS_NO_INFO;
		if (entry.cdte_ctrl & CDROM_DATA_TRACK)
			data++;
		else
			audio++;
	}
	return data && audio ? CDS_MIXED
		: data       ? CDS_DATA_1
		: audio      ? CDS_AUDIO
			     : CDS_NO_INFO;
}

/* The end of what is written, without the two run-out blocks of a track. */
static int
last_written(int drive, long *out)
{
	uint8_t info[10] = { 0x51, 0, 0, 0, 0, 0, 0, 0, 34 };
	uint8_t track[10] = { 0x52, 1, 0, 0, 0, 0, 0, 0, 36 };
	uint8_t disc[34] = { 0 }, data[36] = { 0 };
	int error = ask(drive, info, disc, sizeof disc, NULL);

	if (error)
		return error;
	track[4] = disc[11];
	track[5] = disc[6];
	error = ask(drive, track, data, sizeof data, NULL);
	if (!error && (data[6] & 0x40)) {
		track[5]--;
		error = ask(drive, track, data, sizeof data, NULL);
	}
	if (error)
		return error;
	*out = get_address(data + 8) + get_address(data + 24);
	if (data[7] & 1)
		*out = get_address(data + 12) - 7;
	return 0;
}

static int
block_ioctl(int drive, unsigned long request, void *at)
{
	uint64_t size = 0;
	int error;

	switch (request) {
	case BLKGETSIZE64:
		error = vf_block_size(drive, &size);
		*(uint64_t *)at = size;
		return error == ENOMEDIUM ? 0 : error;
	case BLKGETSIZE:
		error = vf_block_size(drive, &size);
		*(unsigned long *)at = (unsigned long)(size / 512);
		return error == ENOMEDIUM ? 0 : error;
	case BLKSSZGET:
	case BLKBSZGET:
	case BLKPBSZGET:
	case BLKIOMIN:
		*(int *)at = VF_BLOCK;
		return 0;
	case BLKROGET:
		*(int *)at = 0;
		return 0;
	case BLKFLSBUF:
	case BLKRRPART:
	case BLKRASET:
	case BLKBSZSET:
		return 0;
	default:
		return ENOTTY;
	}
}

static int
tray_ioctl(int drive, unsigned long request, long argument)
{
	switch (request) {
	case CDROMEJECT:
		return move_tray(drive, 1);
	case CDROMCLOSETRAY:
		return move_tray(drive, 0);
	case CDROM_LOCKDOOR:
		return lock_door(drive, argument != 0);
	case CDROMSTART:
	case CDROMSTOP:
	case CDROMRESET:
	case CDROM_SELECT_SPEED:
	case CDROM_SELECT_DISC:
	case CDROMEJECT_SW:
	case CDROM_SET_OPTIONS:
	case CDROM_CLEAR_OPTIONS:
		return 0;
	default:
		return ENOTTY;
	}
}

int
vf_cdrom_ioctl(int drive, unsigned long request, void *at, int *result)
{
	int error = tray_ioctl(drive, request, (long)(intptr_t)at);

	if (error == ENOTTY)
		error = block_ioctl(drive, request, at);
	if (error != ENOTTY)
		return error;
	switch (request) {
	case CDROM_DRIVE_STATUS:
		*result = drive_status(drive);
		return 0;
	case CDROM_DISC_STATUS:
		*result = disc_status(drive);
		return 0;
	case CDROM_GET_CAPABILITY:
		*result = CAPABILITIES;
		return 0;
	case CDROM_MEDIA_CHANGED:
		*result = 0;
		return 0;
	case CDROMREADTOCHDR:
		return toc_header(drive, at);
	case CDROMREADTOCENTRY:
		return toc_entry(drive, at);
	case CDROMMULTISESSION:
		return multisession(drive, at);
	case CDROM_LAST_WRITTEN:
		return last_written(drive, at);
	default:
		return ENOTTY;
	}
}
