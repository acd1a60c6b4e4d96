/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks that a drive has accepted but not written yet, oldest first, and
 * blocks that it only pretends to have written.
 */
#ifndef VDRIVE_BUFFER_H
#define VDRIVE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VD_BUFFER_BLOCKS 1024 /* 2 MiB, a usual size */

struct vd_buffer;

struct vd_buffer *vd_buffer_new(void);
void vd_buffer_free(struct vd_buffer *buffer);

/* Copies a block in, replacing an older one with its address.  A PRETENDED one
 * is never returned by vd_buffer_take(). 0 or ENOMEM. */
int vd_buffer_put(struct vd_buffer *buffer, int32_t lba, const void *data,
		  bool pretended);

/* Copies the block at LBA out; false if it is not in the buffer. */
bool vd_buffer_get(const struct vd_buffer *buffer, int32_t lba, void *data);

/* The number of blocks that are waiting to be written, and the lowest of their
 * addresses if LOWEST is not NULL. */
size_t vd_buffer_waiting(const struct vd_buffer *buffer, int32_t *lowest);

/* Takes out the oldest block that is waiting; false if there is none. */
bool vd_buffer_take(struct vd_buffer *buffer, int32_t *lba, void *data);

/* Drop all blocks, or those that are pretended, or COUNT blocks from LBA.  All
 * accept NULL. */
void vd_buffer_drop(struct vd_buffer *buffer, bool only_pretended);
void vd_buffer_drop_range(struct vd_buffer *buffer, int32_t lba, int32_t count);

#endif
