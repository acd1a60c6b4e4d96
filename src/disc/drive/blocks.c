/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <errno.h>
#include <stdlib.h>

/* 64 KiB: accepted by every drive and kernel in one READ command. */
#define PIECE 32

/* For burn_read_data: logs its message about a bad block only at DEBUG; our own
 * names the block. */
#define QUIET (1 << 1 | 1 << 5)

struct drive_blocks {
	struct nb_blocks blocks; /* first, so that a pointer to it is one to the
				    struct */
	struct nb_drive *drive;
};

static uint32_t
read_piece(struct nb_drive *drive, uint32_t lba, uint32_t count, char *to)
{
	off_t got = 0;
	int ret = burn_read_data(drive->burn, (off_t)lba * NB_BLOCK, to,
				 (off_t)count * NB_BLOCK, &got, QUIET);

	nb_drive_beat(drive);
	return ret == 1 ? (uint32_t)(got / NB_BLOCK) : 0;
}

/* A drive that cannot read one block of a request returns none of it. */
static uint32_t
read_singly(struct nb_drive *drive, uint32_t lba, uint32_t count, char *to)
{
	for (uint32_t i = 0; i < count; i++)
		if (read_piece(drive, lba + i, 1, to + (size_t)i * NB_BLOCK)
		    != 1)
			return i;
	return count;
}

static uint32_t
recorder_get(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	struct nb_drive *drive = ((struct drive_blocks *)blocks)->drive;
	uint32_t done = 0;
	int why = 0;

	nb_drive_enter(drive);
	while (done < count) {
		uint32_t n = count - done < PIECE ? count - done : PIECE;
		char *to = (char *)buf + (size_t)done * NB_BLOCK;
		uint32_t got = read_piece(drive, lba + done, n, to);

		if (got < n)
			got = read_singly(drive, lba + done, n, to);
		done += got;
		if (got < n) {
			why = EIO;
			break;
		}
	}
	nb_drive_leave(drive, NB_OK);
	errno = why ? why : errno;
	return done;
}

static uint32_t
stdio_get(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	return nb_blocks_pread(((struct drive_blocks *)blocks)->drive->fd, lba,
			       count, buf);
}

static void
drive_blocks_free(struct nb_blocks *blocks)
{
	free((struct drive_blocks *)blocks);
}

static enum nb_err
recorder_count(struct nb_drive *drive, uint64_t *count)
{
	enum nb_err err = nb_drive_grab(drive, false);
	enum burn_disc_status status;
	int capacity = 0;

	if (err)
		return err;
	status = burn_disc_get_status(drive->burn);
	if (status == BURN_DISC_EMPTY || status == BURN_DISC_UNREADY)
		return nb_fail(NB_ENOMEDIUM, "%s: no disc", drive->path);
	if (burn_get_read_capacity(drive->burn, &capacity, 0) == 1
	    && capacity > 0)
		*count = (uint64_t)capacity;
	return NB_OK;
}

enum nb_err
nb_drive_blocks(struct nb_drive *drive, struct nb_blocks **out)
{
	struct drive_blocks *self;
	uint64_t count = 0;
	enum nb_err err;

	nb_drive_enter(drive);
	if (!drive->stdio)
		err = recorder_count(drive, &count);
	else if (drive->fd < 0)
		err = nb_fail(NB_ENOMEDIUM, "%s: no disc", drive->path);
	else
		err = nb_drive_stdio_size(drive, &count);
	nb_drive_leave(drive, err);
	if (err)
		return err;
	self = calloc(1, sizeof *self);
	if (!self)
		return nb_fail_memory();
	self->drive = drive;
	self->blocks.get = drive->stdio ? stdio_get : recorder_get;
	self->blocks.free = drive_blocks_free;
	self->blocks.count = count;
	self->blocks.name = drive->path;
	*out = &self->blocks;
	return NB_OK;
}
