/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/tcmu/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

/* The kernel's iovec is the C library's, and must not be defined twice. */
#define __LINUX_UIO_H
#include <linux/target_core_user.h>

#include "vdrive/engine/mmc.h"
#include "vdrive/tcmu/mode.h"

/* The kernel resets a drive whose command hangs; the command must end because
 * of that. */
#define HANGS_MS 30000
#define CHECK_CONDITION 2

struct vk_ring {
	struct vf_station *station;
	uint8_t *map; /* mailbox, ring of commands, data */
	size_t size;
	int fd;
	int stop[2]; /* a pipe; the thread ends when its other end is closed */
	pthread_t thread;
	_Atomic pid_t client;
	uint8_t *data; /* data of one command, in one piece */
	size_t room;
};

/* The commands that send data to the drive (MMC-5 6; SPC-3 6); the kernel does
 * not tell the direction. */
static bool
sends_data(uint8_t op)
{
	static const uint8_t ops[] = {
		VD_FORMAT_UNIT,
		0x15 /* MODE SELECT (6) */,
		VD_WRITE_10,
		VD_WRITE_VERIFY,
		0x3b /* WRITE BUFFER */,
		VD_SEND_OPC,
		VD_MODE_SELECT,
		VD_SEND_CUE_SHEET,
		0xa3 /* SEND KEY */,
		VD_WRITE_12,
		VD_SET_STREAMING,
		0xbf /* SEND STRUCTURE */
	};

	return memchr(ops, op, sizeof ops);
}

/* By groups of commands (SPC-3 4.3.4.1). */
static uint32_t
cdb_length(uint8_t op)
{
	static const uint8_t lengths[8] = { 6, 10, 10, 16, 16, 12, 16, 16 };

	return lengths[op >> 5];
}

static void
set_sense(struct tcmu_cmd_entry *entry, const uint8_t *sense, size_t n)
{
	entry->rsp.scsi_status = CHECK_CONDITION;
	memcpy(entry->rsp.sense_buffer, sense, n);
}

static void
refuse(struct tcmu_cmd_entry *entry, uint8_t key, uint8_t asc, uint8_t ascq)
{
	const uint8_t sense[18] = {
		[0] = 0x70, [2] = key, [7] = 10, [12] = asc, [13] = ascq
	};

	set_sense(entry, sense, sizeof sense);
}

/* Moves N bytes between the pieces in the shared memory and ring->data. */
static void
move(struct vk_ring *ring, const struct iovec *pieces, size_t n, bool out)
{
	uint8_t *data = ring->data;

	for (; n; pieces++) {
		uint8_t *piece = ring->map + (uintptr_t)pieces->iov_base;
		size_t part = pieces->iov_len < n ? pieces->iov_len : n;

		if (out)
			memcpy(piece, data, part);
		else
			memcpy(data, piece, part);
		data += part;
		n -= part;
	}
}

static bool
make_room(struct vk_ring *ring, size_t length)
{
	uint8_t *data;

	if (length <= ring->room)
		return true;
	data = realloc(ring->data, length);
	if (!data)
		return false;
	ring->data = data;
	ring->room = length;
	return true;
}

/* The answer overwrites the request: whatever is needed of that is read
 * first. */
static void
give(struct tcmu_cmd_entry *entry, const struct vf_reply *reply,
     uint32_t length)
{
	memset(&entry->rsp, 0, sizeof entry->rsp);
	if (reply->host == VF_HOST_NO_CONNECT) {
		refuse(entry, 0x5, 0x25, 0x00); /* no such unit */
	} else if (reply->host || reply->error) {
		refuse(entry, 0xb, 0x2e, 0x02); /* took too long */
	} else if (reply->status) {
		set_sense(entry, reply->sense, reply->sense_length);
		entry->rsp.scsi_status = (uint8_t)reply->status;
	} else if (reply->transferred < length) {
		entry->hdr.uflags |= TCMU_UFLAG_READ_LEN;
		entry->rsp.read_len = reply->transferred;
	}
}

static void
answer(struct vk_ring *ring, struct tcmu_cmd_entry *entry)
{
	const uint8_t *cdb = ring->map + entry->req.cdb_off;
	const struct iovec *pieces =
		(const void *)((uint8_t *)entry
			       + offsetof(struct tcmu_cmd_entry, req.iov));
	struct vf_request request = { .op = VF_COMMAND,
				      .timeout_ms = HANGS_MS,
				      .cdb_length = cdb_length(*cdb),
				      .direction = sends_data(*cdb)
					      ? VF_TO_DRIVE
					      : VF_FROM_DRIVE };
	struct vf_reply reply = { 0 };
	bool short_form;

	memcpy(request.cdb, cdb, request.cdb_length);
	for (uint32_t i = 0; i < entry->req.iov_cnt; i++)
		request.length += (uint32_t)pieces[i].iov_len;
	if (!request.length)
		request.direction = VF_NONE;
	if (!make_room(ring, request.length + VK_MODE_MORE)) {
		memset(&entry->rsp, 0, sizeof entry->rsp);
		refuse(entry, 0xb, 0x55, 0x03); /* no resources */
		return;
	}
	if (request.direction == VF_TO_DRIVE)
		move(ring, pieces, request.length, false);
	short_form = vk_mode_lengthen(&request);
	vf_station_answer(ring->station, &request, ring->data, ring->stop[0],
			  ring->client, &reply);
	if (short_form)
		vk_mode_shorten(ring->data, &request, &reply);
	if (request.direction == VF_FROM_DRIVE)
		move(ring, pieces, reply.transferred, true);
	give(entry, &reply,
	     request.direction == VF_FROM_DRIVE ? request.length : 0);
}

/* The head and the tail of the ring are all that both sides share. */
static _Atomic uint32_t *
position(struct vk_ring *ring, size_t offset)
{
	return (_Atomic uint32_t *)(void *)(ring->map + offset);
}

static void
answer_all(struct vk_ring *ring)
{
	const struct tcmu_mailbox *box = (const void *)ring->map;
	_Atomic uint32_t *head, *tail;
	uint32_t at;

	head = position(ring, offsetof(struct tcmu_mailbox, cmd_head));
	tail = position(ring, offsetof(struct tcmu_mailbox, cmd_tail));
	while ((at = *tail) != *head) {
		struct tcmu_cmd_entry *entry =
			(void *)(ring->map + box->cmdr_off + at);
		uint32_t length = tcmu_hdr_get_len(entry->hdr.len_op);

		switch (tcmu_hdr_get_op(entry->hdr.len_op)) {
		case TCMU_OP_PAD:
			break;
		case TCMU_OP_CMD:
			answer(ring, entry);
			break;
		default:
			entry->hdr.uflags |= TCMU_UFLAG_UNKNOWN_OP;
			break;
		}
		*tail = (at + length) % box->cmdr_size;
	}
}

static void *
attend(void *argument)
{
	struct vk_ring *ring = argument;
	struct pollfd watched[2] = { { .fd = ring->fd, .events = POLLIN },
				     { .fd = ring->stop[0], .events = 0 } };
	uint32_t count;

	for (;;) {
		answer_all(ring);
		count = 0;
		if (write(ring->fd, &count, sizeof count) < 0
		    || (poll(watched, 2, -1) < 0 && errno != EINTR)
		    || watched[1].revents)
			return NULL;
		if (watched[0].revents
		    && read(ring->fd, &count, sizeof count) < 0)
			return NULL;
	}
}

static int
start(struct vk_ring *ring, const char *device)
{
	const struct tcmu_mailbox *box;

	if (pipe2(ring->stop, O_CLOEXEC))
		return errno;
	ring->fd = open(device, O_RDWR | O_CLOEXEC);
	if (ring->fd < 0)
		return errno;
	ring->map = mmap(NULL, ring->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 ring->fd, 0);
	if (ring->map == MAP_FAILED)
		return errno;
	box = (const void *)ring->map;
	if (box->version != TCMU_MAILBOX_VERSION)
		return EPROTONOSUPPORT;
	return pthread_create(&ring->thread, NULL, attend, ring);
}

static void
release(struct vk_ring *ring)
{
	if (ring->map != MAP_FAILED)
		munmap(ring->map, ring->size);
	if (ring->fd >= 0)
		close(ring->fd);
	for (int i = 0; i < 2; i++)
		if (ring->stop[i] >= 0)
			close(ring->stop[i]);
	free(ring->data);
	free(ring);
}

int
vk_ring_open(const char *device, size_t size, struct vf_station *station,
	     struct vk_ring **out)
{
	struct vk_ring *ring = calloc(1, sizeof *ring);
	int error;

	if (!ring)
		return ENOMEM;
	ring->station = station;
	ring->size = size;
	ring->map = MAP_FAILED;
	ring->fd = ring->stop[0] = ring->stop[1] = -1;
	error = start(ring, device);
	if (error) {
		release(ring);
		return error;
	}
	*out = ring;
	return 0;
}

void
vk_ring_client(struct vk_ring *ring, pid_t client)
{
	ring->client = client;
}

void
vk_ring_close(struct vk_ring *ring)
{
	if (!ring)
		return;
	close(ring->stop[1]);
	ring->stop[1] = -1;
	pthread_join(ring->thread, NULL);
	release(ring);
}
