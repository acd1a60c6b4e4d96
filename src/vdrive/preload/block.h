/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The drive as a block device, in blocks of 2,048 bytes: what the kernel's sr
 * and cdrom layers do with SCSI commands for open, read, lseek and the CDROM
 * ioctls.  All functions return 0 or an errno value.
 */
#ifndef VDRIVE_PRELOAD_BLOCK_H
#define VDRIVE_PRELOAD_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define VF_BLOCK 2048

/* What open does without O_NONBLOCK: closes the tray, waits for the medium, and
 * refuses to open media for writing that have no random access.  FLAGS are
 * those of open. */
int vf_block_open(int drive, int flags);

/* Size in bytes according to READ CAPACITY; 0 on an unreadable medium. */
int vf_block_size(int drive, uint64_t *bytes);

/* Forgets the size; to be called after any command that may have changed the
 * medium. */
void vf_block_forget(int drive);

/* Reads bytes at OFFSET, fewer at the end of the medium or before an unreadable
 * block; *DONE counts them.  EIO only if the first block fails. */
int vf_block_read(int drive, void *buf, size_t n, uint64_t offset,
		  size_t *done);
int vf_block_write(int drive, const void *buf, size_t n, uint64_t offset,
		   size_t *done);
int vf_block_sync(int drive);

#endif
