/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of a disk as a loop device, and its file system mounted without a
 * mount point: however the process ends, nothing is left behind.
 */
#ifndef NB_SOURCE_LOOP_H
#define NB_SOURCE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct nb_loop {
	int fd;        /* the loop device disappears with the last descriptor */
	char path[32]; /* "/dev/loop3" */
};

/* A loop device on SIZE bytes of the open device or file FD from OFFSET on.
 * NB_EIO */
enum nb_err nb_loop_open(const char *object, int fd, bool readonly,
			 uint64_t offset, uint64_t size, struct nb_loop *out);
void nb_loop_close(struct nb_loop *loop);

/*
 * The root directory of the file system FS on the device PATH, mounted
 * read-only without replaying its journal, accessible only through *ROOT.
 * NB_ENOTFOUND, not logged: the kernel does not support FS; NB_EIO.
 */
enum nb_err nb_loop_mount(const char *object, const char *path, const char *fs,
			  int *root);

#endif
