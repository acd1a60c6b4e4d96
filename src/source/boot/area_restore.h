/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot area back to a disk: the one place that overwrites disks.
 */
#ifndef NB_SOURCE_BOOTAREA_RESTORE_H
#define NB_SOURCE_BOOTAREA_RESTORE_H

#include <sys/types.h>

#include "model/bootarea.h"

/* A device as it is now. */
struct nb_boot_target {
	const char *path; /* borrowed */
	bool block, whole, read_only;
	dev_t device;
	uint64_t identity;   /* another one when it became another
				      device in the meantime */
	struct nb_disk disk; /* table "" where there is none */
	char *user;          /* who uses it, in words; NULL: nobody */
};

/* Looks at PATH.  NB_ENOTFOUND, NB_EIO; what is no block device is no error:
 * its ->block is false and nothing else is known. */
enum nb_err nb_boot_look(const char *path, struct nb_boot_target *out);
void nb_boot_target_clear(struct nb_boot_target *target);

struct nb_boot_restore {
	const struct nb_bootarea *area;
	int pieces;        /* the directory of its files, open */
	const char *again; /* the device's name said once more */
	const struct nb_boot_target *shown; /* what a person was shown */
	/* Bytes so far; not NB_OK stops.  May be NULL. */
	enum nb_err (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

/*
 * Asks nb_target_check with facts of now, writes all pieces to the device that
 * was shown, reads them back, puts the second GPT at the disk's end, makes the
 * swap areas anew, and compares the table with the record.  NB_EUSAGE: not
 * named again; NB_EWRONG: refused, nothing was written; NB_ECORRUPT: a piece
 * is damaged (nothing was written), or the disk does not give back what was
 * written; NB_EIO.
 */
enum nb_err nb_boot_write(const struct nb_boot_restore *spec);

/* ---- the end of it (source/boot/area_finish.c) ---- */

/* What the end will need, before anything is written.  NB_ENOTFOUND */
enum nb_err nb_boot_check_programs(const struct nb_disk *disk);

/* Makes each swap area of DISK anew on the device PATH, open as FD, with its
 * UUID and label.  NB_EFAIL, NB_EIO */
enum nb_err nb_boot_make_swap(const char *path, int fd,
			      const struct nb_disk *disk);

/* NB_ECORRUPT: the table on PATH, and its swap areas, are not as WANTED. */
enum nb_err nb_boot_check_table(const char *path, const struct nb_disk *wanted);

#endif
