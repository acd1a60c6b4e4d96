/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A recorder: takes a command descriptor block with its data, and returns data,
 * status and sense, as specified by MMC-5 and, for BD, MMC-6.
 *
 * It has no I/O except the disc file, no thread, and never sleeps.  If a real
 * drive would take time, the answer says how long the host must be kept
 * waiting.  A drive may be used by one thread at a time.
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
	VD_OLD,       /* as of 2003: refuses READ TOC on a blank disc */
	VD_USB_BRIDGE /* behind a cheap bridge, which loses data */
};

struct vd_drive_options {
	double speed; /* 0 instant, 1 real, N times faster */
	enum vd_personality personality;
	bool power_loss;          /* with a buffer whose contents may be lost */
	const char *serial;       /* copied; NULL means "VDRIVE0000000000" */
	struct vd_faults *faults; /* takes ownership; NULL: none */
	/* Nanoseconds of a clock that is never set back; NULL: the system's. */
	uint64_t (*now)(void *context);
	/* Receives a line of JSON for each command, without a newline; may be
	 * NULL. */
	void (*trace)(void *context, const char *line);
	void *context;
};

struct vd_command {
	const uint8_t *cdb;
	size_t cdb_length;
	uint8_t *data; /* data from the host, or space for data to it */
	size_t length;
	bool to_drive;
	bool again; /* after VD_SWAPS or VD_SIGNALS: the faults were evaluated
		       already */
};

/* What the host sees, or what has to be done about the command. */
enum vd_end {
	VD_ANSWERED,
	VD_HANGS,     /* never answered: wait for the client's time-out */
	VD_TIMED_OUT, /* fail immediately */
	VD_DETACHED,  /* the drive is gone, permanently */
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
	uint64_t delay; /* nanoseconds before the host gets the answer */
};

struct vd_drive;

/* An empty, closed drive. 0, or -1 if out of memory. */
int vd_drive_new(const struct vd_drive_options *options, struct vd_drive **out);

/* Ends what is in progress, as a drive does when its client is gone, and saves
 * and closes the disc. 0, or -1 with errno.  Accepts NULL. */
int vd_drive_free(struct vd_drive *drive);

/*
 * Inserts DISC, of which it takes ownership, or removes the disc if it is NULL;
 * the previous disc is saved and closed.  With ATTENTION the next command gets
 * 6/28/00. 0, or -1 with errno if the old disc could not be saved.
 */
int vd_drive_insert(struct vd_drive *drive, struct vd_disc *disc,
		    bool attention);

/* Moves the tray with its contents, whether locked or not. */
void vd_drive_tray(struct vd_drive *drive, bool open);

/* The disc in the drive; NULL: none.  Borrowed. */
const struct vd_disc *vd_drive_disc(const struct vd_drive *drive);
bool vd_drive_is_open(const struct vd_drive *drive);

/* The power fails: see vd_disc_power_loss(). */
void vd_drive_power_loss(struct vd_drive *drive);

void vd_drive_execute(struct vd_drive *drive, const struct vd_command *command,
		      struct vd_answer *answer);

#endif
