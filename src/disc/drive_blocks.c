/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive_private.h"

#include <stdlib.h>

/* 64 KiB: what every drive and every kernel takes in one READ command. */
#define PIECE 32

/* burn_read_data: its message about a bad block only as DEBUG; ours names the
 * block. */
#define QUIET (1 << 1 | 1 << 5)

struct drive_blocks {
	struct nb_blocks blocks;   /* first, so that one is the other */
	struct nb_drive *drive;
};

static enum nb_err
recorder_read(struct nb_blocks *blocks, uint32_t lba, uint32_t count,
	      void *buf)
{
	struct nb_drive *drive = ((struct drive_blocks *)blocks)->drive;
	char *to = buf;

	while (count > 0) {
		uint32_t n = count < PIECE ? count : PIECE;
		off_t got = 0, want = (off_t)n * NB_BLOCK;

		if (burn_read_data(drive->burn, (off_t)lba * NB_BLOCK, to,
				   want, &got, QUIET) != 1 || got < want)
			return nb_fail(NB_EIO, "%s: cannot read block %u",
				       drive->path,
				       (uint32_t)(lba + got / NB_BLOCK));
		lba += n;
		count -= n;
		to += want;
	}
	return NB_OK;
}

static enum nb_err
stdio_read(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	struct nb_drive *drive = ((struct drive_blocks *)blocks)->drive;

	return nb_blocks_pread(drive->path, drive->fd, lba, count, buf);
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

	if (!drive->stdio)
		err = recorder_count(drive, &count);
	else if (drive->fd < 0)
		err = nb_fail(NB_ENOMEDIUM, "%s: no disc", drive->path);
	else
		err = nb_drive_stdio_size(drive, &count);
	if (err)
		return err;
	self = calloc(1, sizeof *self);
	if (!self)
		return nb_fail_memory();
	self->drive = drive;
	self->blocks.read = drive->stdio ? stdio_read : recorder_read;
	self->blocks.free = drive_blocks_free;
	self->blocks.count = count;
	self->blocks.name = drive->path;
	*out = &self->blocks;
	return NB_OK;
}
