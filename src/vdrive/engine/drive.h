/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recorder: takes a command descriptor block with its data, and gives data,
 * status and sense, by MMC-5 and, for BD, MMC-6.
 *
 * It has no I/O but the disc file and no thread; it never sleeps.  Where a
 * drive takes time, the answer says how long the host has to be kept waiting.
 * One thread at a time may use a drive.
 */
#ifndef VDRIVE_DRIVE_H
#define VDRIVE_DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vdrive/engine/disc.h"
#include "vdrive/engine/faults.h"

enum vd_personality {
	VD_NEW,       /* as drives are today */
	VD_OLD,       /* of 2003: refuses READ TOC on a blank disc */
	VD_USB_BRIDGE /* with a cheap bridge, which loses things */
};

struct vd_drive_options {
	double speed; /* 0 instant, 1 real, N times faster */
	enum vd_personality personality;
	bool power_loss;          /* a buffer that may be lost */
	const char *serial;       /* copied; NULL is "VDRIVE0000000000" */
	struct vd_faults *faults; /* ownership passes; NULL for none */
	/* Nanoseconds of a clock that never goes back; NULL is the system's. */
	uint64_t (*now)(void *context);
	/* A line of JSON for each command, without a newline; may be NULL. */
	void (*trace)(void *context, const char *line);
	void *context;
};

struct vd_command {
	const uint8_t *cdb;
	size_t cdb_length;
	uint8_t *data; /* what the host sends or has room for */
	size_t length;
	bool to_drive;
	bool again; /* after VD_SWAPS or VD_SIGNALS: the faults had
			     their say */
};

/* What the host sees, or what has to be done about the command. */
enum vd_end {
	VD_ANSWERED,
	VD_HANGS,     /* never answered: wait for the client's time-out */
	VD_TIMED_OUT, /* give up at once */
	VD_DETACHED,  /* the drive is gone, for good */
	VD_KILLS,     /* kill the client */
	VD_SWAPS,     /* insert the next disc and run the command again */
	VD_SIGNALS    /* send the client a signal and run it again */
};

#define VD_SENSE_LENGTH 18 /* fixed format (SPC-3 4.5.3) */

struct vd_answer {
	enum vd_end end;
	int signal;          /* of VD_SIGNALS */
	uint8_t status;      /* 0 GOOD, 2 CHECK CONDITION */
	size_t transferred;  /* bytes */
	size_t sense_length; /* 0 with GOOD */
	uint8_t sense[VD_SENSE_LENGTH];
	uint64_t delay; /* nanoseconds before the host hears of it */
};

struct vd_drive;

/* An empty, closed drive.  0, or -1 without memory. */
int vd_drive_new(const struct vd_drive_options *options, struct vd_drive **out);

/* Ends what goes on, as a drive does when its client is gone, and saves and
 * closes the disc.  0, or -1 with errno.  Accepts NULL. */
int vd_drive_free(struct vd_drive *drive);

/*
 * Puts DISC in, whose ownership passes, or nothing where it is NULL; the disc
 * that was there is saved and closed.  With ATTENTION the next command hears
 * 6/28/00.  0, or -1 with errno where the old disc could not be saved.
 */
int vd_drive_insert(struct vd_drive *drive, struct vd_disc *disc,
		    bool attention);

/* Moves the tray with what lies in it, whether locked or not. */
void vd_drive_tray(struct vd_drive *drive, bool open);

/* What lies in the drive; NULL without a disc.  Borrowed. */
const struct vd_disc *vd_drive_disc(const struct vd_drive *drive);
bool vd_drive_is_open(const struct vd_drive *drive);

/* The power fails: see vd_disc_power_loss(). */
void vd_drive_power_loss(struct vd_drive *drive);

void vd_drive_execute(struct vd_drive *drive, const struct vd_command *command,
		      struct vd_answer *answer);

#endif
