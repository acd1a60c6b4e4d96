/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The client's end of the connection: sends commands to a drive in the program
 * `vdrive`.  Thread-safe, and usable after fork: each process has its own
 * connection.  Nothing here uses a function that the library interposes.
 */
#ifndef VDRIVE_STATION_CLIENT_H
#define VDRIVE_STATION_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "vdrive/station/wire.h"

/* Sets the runtime directory; called once, before anything else. */
void vf_client_init(const char *run);

/*
 * Sends REQUEST (direction, length, CDB) with the data at IOV, N parts of
 * LENGTH bytes together; returned data is scattered to IOV.  All signals except
 * those of faults stay blocked meanwhile, as in an uninterruptible wait in the
 * kernel.  Returns 0 and *REPLY, or an errno value: ENODEV if the program is
 * gone, EINVAL for too much data.
 */
int vf_client_call(const struct vf_request *request, const struct iovec *iov,
		   size_t n, struct vf_reply *reply);

/* A command of the block layer or of an ioctl, with its own buffer. */
struct vf_command {
	unsigned int drive;
	uint8_t cdb[16];
	size_t cdb_length;
	enum vf_direction direction;
	void *data;
	size_t length;
};

/*
 * Runs COMMAND, again after a unit attention (like the kernel's own commands),
 * and returns 0, or the errno value that a block device returns: ENOMEDIUM,
 * EIO, EROFS, ENODEV.  REPLY may be NULL.
 */
int vf_client_run(const struct vf_command *command, struct vf_reply *reply);

/* Key, ASC and ASCQ of REPLY's sense data as 0xKKAAQQ; 0 without sense. */
unsigned int vf_sense_code(const struct vf_reply *reply);

#endif
