/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol between the preloaded library and the program.
 *
 * The engine runs only in the program `vdrive`.  A client sends one request at
 * a time over a SOCK_SEQPACKET connection to <runtime directory>/socket and
 * waits for the reply; the data of a command is in memory that the program
 * created and both have mapped (its descriptor comes with the hello).  So a
 * client may die at any moment without harm to the drive, and all clients see
 * the same drive.  Both ends are from the same build, so there is neither a
 * version nor a byte order.
 */
#ifndef VDRIVE_STATION_WIRE_H
#define VDRIVE_STATION_WIRE_H

#include <stdint.h>

/* The environment variable that names the runtime directory. */
#define VF_ENV "VDRIVE_RUN"

/* The factor by which the command's sleeps are shortened, and the usual
 * value. */
#define VF_ENV_HURRY "VDRIVE_HURRY"
#define VF_HURRY "100"

#define VF_DRIVES_MAX 16
#define VF_DATA_MAX \
	(1024 * 1024) /* maximum size of a command's data, as for
				     sr */
#define VF_SENSE_MAX 64
#define VF_CDB_MAX 32
#define VF_TEXT_MAX 4096

enum vf_op {
	VF_COMMAND = 1, /* a CDB for the drive */
	VF_SWAP         /* another disc: text is its path, or one of the
			   following */
};

/* The requests of a swap other than a path (which is always absolute). */
#define VF_SWAP_EMPTY ""      /* no disc, tray closed */
#define VF_SWAP_OPEN "open"   /* tray out */
#define VF_SWAP_CLOSE "close" /* tray in, with the disc in it */
#define VF_SWAP_NEXT "next"   /* the next disc of the drive's own stack */

enum vf_direction { VF_NONE, VF_FROM_DRIVE, VF_TO_DRIVE };

struct vf_request {
	uint32_t op;
	uint32_t drive;
	uint32_t direction;
	uint32_t length;     /* bytes of data, at most VF_DATA_MAX */
	uint32_t timeout_ms; /* 0: none */
	uint32_t cdb_length;
	uint8_t cdb[VF_CDB_MAX];
	char text[VF_TEXT_MAX]; /* only sent up to its NUL */
};

/* The result of the transport; the numbers are the kernel's host bytes. */
enum vf_host {
	VF_HOST_OK = 0x00,
	VF_HOST_NO_CONNECT = 0x01, /* the drive is gone */
	VF_HOST_TIME_OUT = 0x03
};

struct vf_reply {
	int32_t error;   /* errno of the call itself, or 0 */
	uint32_t host;   /* enum vf_host */
	uint32_t status; /* SCSI status */
	uint32_t transferred;
	uint32_t sense_length;
	uint8_t sense[VF_SENSE_MAX];
	char text[VF_TEXT_MAX]; /* only sent up to its NUL */
};

#endif
