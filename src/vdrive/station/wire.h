/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the preloaded library and the program say to each other.
 *
 * The engine lives in the program `vdrive` alone.  A client sends one request
 * at a time over a SOCK_SEQPACKET connection to <runtime directory>/socket and
 * waits for its reply; the data of a command lies in memory that the program
 * made and both have mapped (its descriptor comes with the hello).  So a client
 * may die at any moment without harm to the drive, and all clients see one
 * drive.  Both ends are of the same build: no version, no byte order.
 */
#ifndef VDRIVE_STATION_WIRE_H
#define VDRIVE_STATION_WIRE_H

#include <stdint.h>

/* The environment variable that names the runtime directory. */
#define VF_ENV "VDRIVE_RUN"

/* How many times shorter the command's sleeps are, and the usual number. */
#define VF_ENV_HURRY "VDRIVE_HURRY"
#define VF_HURRY "100"

#define VF_DRIVES_MAX 16
#define VF_DATA_MAX (1024 * 1024) /* bytes of one command, as for sr */
#define VF_SENSE_MAX 64
#define VF_CDB_MAX 32
#define VF_TEXT_MAX 4096

enum vf_op {
	VF_COMMAND = 1, /* a CDB for the drive */
	VF_SWAP         /* another disc: text is its path, or what follows */
};

/* What a swap may ask for instead of a path (which is always absolute). */
#define VF_SWAP_EMPTY ""      /* no disc, tray closed */
#define VF_SWAP_OPEN "open"   /* tray out */
#define VF_SWAP_CLOSE "close" /* tray in, with what lies in it */
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
	char text[VF_TEXT_MAX]; /* sent up to its NUL only */
};

/* How the transport ended; the numbers are the kernel's host bytes. */
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
	char text[VF_TEXT_MAX]; /* sent up to its NUL only */
};

#endif
