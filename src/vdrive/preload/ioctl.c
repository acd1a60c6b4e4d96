/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioctl on the device: SG_IO as sr implements it, and the small queries of the
 * sg driver that burning programs use on /dev/sr, too. */
#include <errno.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/scsi.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "vdrive/preload/block.h"
#include "vdrive/preload/cdrom.h"
#include "vdrive/station/client.h"
#include "vdrive/preload/overlay.h"
#include "vdrive/preload/real.h"

#define VERSION_NUMBER 30527
#define IOV_MAX_SG 1024
#define TIME_OUT 60000 /* milliseconds, if the program gives none */

static uint32_t
milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint32_t)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

static int
direction_of(int dxfer, enum vf_direction *out)
{
	switch (dxfer) {
	case SG_DXFER_NONE:
		*out = VF_NONE;
		return 0;
	case SG_DXFER_TO_DEV:
		*out = VF_TO_DRIVE;
		return 0;
	case SG_DXFER_FROM_DEV:
	case SG_DXFER_TO_FROM_DEV:
		*out = VF_FROM_DRIVE;
		return 0;
	default:
		return EINVAL;
	}
}

static void
fill_header(struct sg_io_hdr *h, const struct vf_reply *reply)
{
	size_t n = reply->sense_length;

	if (!h->sbp)
		n = 0;
	if (n > h->mx_sb_len)
		n = h->mx_sb_len;
	if (n)
		memcpy(h->sbp, reply->sense, n);
	h->sb_len_wr = (unsigned char)n;
	h->status = (unsigned char)reply->status;
	h->masked_status = (unsigned char)(reply->status >> 1 & 0x1f);
	h->msg_status = 0;
	h->host_status = (unsigned short)reply->host;
	h->driver_status = reply->sense_length    ? 0x08
		: reply->host == VF_HOST_TIME_OUT ? 0x06
						  : 0;
	h->resid = (int)(h->dxfer_len - reply->transferred);
	h->info = reply->status || reply->host ? SG_INFO_CHECK : SG_INFO_OK;
}

static int
sg_io(int drive, struct sg_io_hdr *h)
{
	struct vf_request request = { .op = VF_COMMAND };
	struct iovec one = { h->dxferp, h->dxfer_len };
	const struct iovec *iov = h->iovec_count ? h->dxferp : &one;
	uint32_t begin = milliseconds();
	enum vf_direction direction;
	struct vf_reply reply;
	int error;

	if (h->interface_id != 'S' || !h->cmdp || h->cmd_len < 6
	    || h->cmd_len > VF_CDB_MAX || h->dxfer_len > VF_DATA_MAX
	    || h->iovec_count > IOV_MAX_SG
	    || direction_of(h->dxfer_direction, &direction))
		return EINVAL;
	if (h->dxfer_len && !h->dxferp)
		return EFAULT;
	request.drive = (uint32_t)drive;
	request.direction = h->dxfer_len ? direction : VF_NONE;
	request.length = h->dxfer_len;
	request.timeout_ms = h->timeout ? h->timeout : TIME_OUT;
	request.cdb_length = h->cmd_len;
	memcpy(request.cdb, h->cmdp, h->cmd_len);
	error = vf_client_call(&request, iov,
			       h->iovec_count ? h->iovec_count : 1, &reply);
	if (!error && reply.host == VF_HOST_NO_CONNECT)
		error = ENODEV; /* as of a device that was taken away */
	if (error)
		return error;
	if (h->cmdp[0] != 0x28 && h->cmdp[0] != 0xa8)
		vf_block_forget(drive);
	fill_header(h, &reply);
	h->duration = milliseconds() - begin;
	return 0;
}

/* An older form of the same, with the address in a structure of its own. */
static int
send_packet(int drive, struct cdrom_generic_command *packet)
{
	struct sg_io_hdr h = {
		.interface_id = 'S',
		.cmd_len = sizeof packet->cmd,
		.cmdp = packet->cmd,
		.dxferp = packet->buffer,
		.dxfer_len = packet->buflen,
		.mx_sb_len = packet->sense ? sizeof *packet->sense : 0,
		.sbp = (unsigned char *)packet->sense,
		.timeout =
			packet->timeout ? (unsigned)packet->timeout * 10 : 60000
	};
	int error;

	h.dxfer_direction =
		!packet->buflen || packet->data_direction == CGC_DATA_NONE
		? SG_DXFER_NONE
		: packet->data_direction == CGC_DATA_WRITE ? SG_DXFER_TO_DEV
							   : SG_DXFER_FROM_DEV;
	if (h.dxfer_direction == SG_DXFER_NONE)
		h.dxfer_len = 0;
	error = sg_io(drive, &h);
	if (error)
		return error;
	packet->stat = h.status;
	packet->buflen = (unsigned int)h.resid;
	return h.status || h.host_status ? EIO : 0;
}

static int
set_int(void *at, int value)
{
	*(int *)at = value;
	return 0;
}

static int
scsi_id(unsigned int minor, struct sg_scsi_id *id)
{
	memset(id, 0, sizeof *id);
	id->host_no = 1 + (int)minor;
	id->scsi_type = TYPE_ROM;
	id->h_cmd_per_lun = 1;
	id->d_queue_depth = 1;
	return 0;
}

/* Each drive is alone on its bus: host 1 + minor, channel, id, lun 0. */
static int
scsi_ioctl(int drive, unsigned long request, void *at)
{
	unsigned int minor = vf_overlay_minor(drive);

	switch (request) {
	case SG_IO:
		return sg_io(drive, at);
	case CDROM_SEND_PACKET:
		return send_packet(drive, at);
	case SG_GET_VERSION_NUM:
		return set_int(at, VERSION_NUMBER);
	case SG_GET_SCSI_ID:
		return scsi_id(minor, at);
	case SCSI_IOCTL_GET_IDLUN:
		((unsigned int *)at)[0] = (1 + minor) << 24;
		((unsigned int *)at)[1] = 0;
		return 0;
	case SCSI_IOCTL_GET_BUS_NUMBER:
		return set_int(at, 1 + (int)minor);
	case SCSI_IOCTL_PROBE_HOST:
	case SG_SET_TIMEOUT:
	case SG_SET_RESERVED_SIZE:
	case SG_SET_COMMAND_Q:
	case SG_SCSI_RESET:
		return 0;
	case SG_GET_RESERVED_SIZE:
		return set_int(at, VF_DATA_MAX / 2);
	case SG_GET_SG_TABLESIZE:
		return set_int(at, 128);
	case SG_EMULATED_HOST:
		return set_int(at, 1);
	default:
		return ENOTTY;
	}
}

VF_EXPORT int
ioctl(int fd, unsigned long request, ...)
{
	int drive = vf_drive_of(fd), result = 0, error;
	va_list ap;
	void *at;

	va_start(ap, request);
	at = va_arg(ap, void *);
	va_end(ap);
	if (drive < 0)
		return REAL(ioctl)(fd, request, at);
	if (request == SG_GET_TIMEOUT)
		return 60 * 100;
	error = scsi_ioctl(drive, request, at);
	if (error == ENOTTY)
		error = vf_cdrom_ioctl(drive, request, at, &result);
	if (!error)
		return result;
	errno = error;
	return -1;
}
