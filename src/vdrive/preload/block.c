/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/preload/block.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "vdrive/station/client.h"

#define CHUNK 32 /* blocks per command */

/* The last known sizes, 0 if unknown.  They only save the query for a read
 * within them; an end is never assumed, because another process may have
 * written. */
static _Atomic uint64_t known_size[VF_DRIVES_MAX];

void
vf_block_forget(int drive)
{
	known_size[drive] = 0;
}

static struct vf_command
command_of(int drive, uint8_t op, size_t cdb_length)
{
	struct vf_command command = { .drive = (unsigned int)drive,
				      .cdb_length = cdb_length };

	command.cdb[0] = op;
	return command;
}

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8
		| p[3];
}

/* Only DVD-RAM, DVD+RW and BD-RE have random access. */
static int
check_writable(int drive)
{
	struct vf_command command = command_of(drive, 0x46, 10);
	uint8_t head[8] = { 0 };
	int error;

	command.cdb[8] = sizeof head;
	command.direction = VF_FROM_DRIVE;
	command.data = head;
	command.length = sizeof head;
	error = vf_client_run(&command, NULL);
	if (error)
		return error;
	switch (head[6] << 8 | head[7]) {
	case 0x12:
	case 0x1a:
	case 0x43:
		return 0;
	default:
		return EROFS;
	}
}

int
vf_block_open(int drive, int flags)
{
	struct vf_command ready = command_of(drive, 0x00, 6);
	struct vf_command load = command_of(drive, 0x1b, 6);
	struct vf_reply reply;
	int error = vf_client_run(&ready, &reply);

	vf_block_forget(drive);
	if (error == ENOMEDIUM && vf_sense_code(&reply) == 0x023a02) {
		load.cdb[4] = 3;
		vf_client_run(&load, NULL);
		error = vf_client_run(&ready, &reply);
	}
	if (error == ENOMEDIUM || error == ENODEV)
		return error;
	return (flags & O_ACCMODE) == O_RDONLY ? 0 : check_writable(drive);
}

int
vf_block_size(int drive, uint64_t *bytes)
{
	struct vf_command command = command_of(drive, 0x25, 10);
	uint8_t data[8] = { 0 };
	int error;

	command.direction = VF_FROM_DRIVE;
	command.data = data;
	command.length = sizeof data;
	error = vf_client_run(&command, NULL);
	*bytes = 0;
	if (!error && get32(data) != 0)
		*bytes = ((uint64_t)get32(data) + 1) * VF_BLOCK;
	known_size[drive] = *bytes;
	return error == EIO ? 0 : error;
}

/* DONE, unless NULL, counts the bytes of whole blocks: the drive may return
 * fewer, and none is an error. */
static int
transfer(int drive, uint8_t op, void *data, uint32_t block, uint32_t count,
	 size_t *done)
{
	struct vf_command command = command_of(drive, op, 10);
	struct vf_reply reply;
	int error;

	put32(command.cdb + 2, block);
	command.cdb[7] = (uint8_t)(count >> 8);
	command.cdb[8] = (uint8_t)count;
	command.direction = op == 0x2a ? VF_TO_DRIVE : VF_FROM_DRIVE;
	command.data = data;
	command.length = (size_t)count * VF_BLOCK;
	error = vf_client_run(&command, &reply);
	if (error)
		return error;
	if (done)
		*done = reply.transferred / VF_BLOCK * VF_BLOCK;
	return reply.transferred < VF_BLOCK ? EIO : 0;
}

/* One piece: whole blocks are transferred directly, a part of a block through a
 * buffer. */
static int
read_piece(int drive, uint8_t *buf, size_t n, uint64_t offset, size_t *got)
{
	uint32_t block = (uint32_t)(offset / VF_BLOCK), count;
	size_t skip = offset % VF_BLOCK;
	uint8_t whole[VF_BLOCK];
	int error;

	if (!skip && n >= VF_BLOCK) {
		count = n / VF_BLOCK < CHUNK ? (uint32_t)(n / VF_BLOCK) : CHUNK;
		error = transfer(drive, 0x28, buf, block, count, got);
		return error == EIO && count > 1
			? transfer(drive, 0x28, buf, block, 1, got)
			: error;
	}
	*got = VF_BLOCK - skip < n ? VF_BLOCK - skip : n;
	error = transfer(drive, 0x28, whole, block, 1, NULL);
	if (!error)
		memcpy(buf, whole + skip, *got);
	return error;
}

int
vf_block_read(int drive, void *buf, size_t n, uint64_t offset, size_t *done)
{
	uint64_t size = known_size[drive];
	int error = 0;

	*done = 0;
	if (offset >= size || n > size - offset)
		error = vf_block_size(drive, &size);
	if (error || offset >= size)
		return error;
	if (n > size - offset)
		n = (size_t)(size - offset);
	while (*done < n) {
		size_t got;

		error = read_piece(drive, (uint8_t *)buf + *done, n - *done,
				   offset + *done, &got);
		if (error)
			break;
		*done += got;
	}
	if (error)
		vf_block_forget(drive);
	return *done ? 0 : error;
}

static int
write_piece(int drive, const uint8_t *buf, size_t n, uint64_t offset,
	    size_t *put)
{
	uint32_t block = (uint32_t)(offset / VF_BLOCK), count;
	size_t skip = offset % VF_BLOCK;
	uint8_t whole[VF_BLOCK];
	int error;

	if (!skip && n >= VF_BLOCK) {
		count = n / VF_BLOCK < CHUNK ? (uint32_t)(n / VF_BLOCK) : CHUNK;
		return transfer(drive, 0x2a, (void *)(uintptr_t)buf, block,
				count, put);
	}
	*put = VF_BLOCK - skip < n ? VF_BLOCK - skip : n;
	error = transfer(drive, 0x28, whole, block, 1, NULL);
	if (error)
		return error;
	memcpy(whole + skip, buf, *put);
	return transfer(drive, 0x2a, whole, block, 1, NULL);
}

int
vf_block_write(int drive, const void *buf, size_t n, uint64_t offset,
	       size_t *done)
{
	uint64_t size = known_size[drive];
	int error = 0;

	*done = 0;
	if (offset >= size || n > size - offset) {
		error = check_writable(drive);
		if (!error)
			error = vf_block_size(drive, &size);
	}
	if (error)
		return error;
	if (offset >= size)
		return n ? ENOSPC : 0;
	if (n > size - offset)
		n = (size_t)(size - offset);
	while (*done < n) {
		size_t put;

		error = write_piece(drive, (const uint8_t *)buf + *done,
				    n - *done, offset + *done, &put);
		if (error)
			break;
		*done += put;
	}
	return *done ? 0 : error;
}

int
vf_block_sync(int drive)
{
	struct vf_command command = command_of(drive, 0x35, 10);
	int error = check_writable(drive);

	return error == EROFS ? 0
		: error       ? error
			      : vf_client_run(&command, NULL);
}
