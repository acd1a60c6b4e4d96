/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Restores a boot area to a disk: the only code that overwrites disks.
 */
#ifndef NB_SOURCE_BOOTAREA_RESTORE_H
#define NB_SOURCE_BOOTAREA_RESTORE_H

#include <sys/types.h>

#include "model/bootarea.h"
#include "source/source.h"

/* The current state of a device. */
struct nb_boot_target {
	const char *path; /* borrowed */
	bool block, whole, read_only;
	dev_t device;
	uint64_t identity;   /* changes if the path becomes another device */
	struct nb_disk disk; /* table "" where there is none */
	char *user;          /* what uses it, in words; NULL: nothing */
};

/* Inspects PATH.  NB_ENOTFOUND, NB_EIO.  Something other than a block device is
 * not an error: ->block is false, and the rest is unset. */
enum nb_err nb_boot_inspect(const char *path, struct nb_boot_target *out);
void nb_boot_target_clear(struct nb_boot_target *target);

struct nb_boot_restore {
	const struct nb_bootarea *area;
	int pieces;        /* the directory of its files, open */
	const char *again; /* the device's name, given again */
	const struct nb_boot_target *shown; /* the device that was shown to the
					       user */
	/* Called with the bytes so far; an error stops.  May be NULL. */
	enum nb_err (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

/*
 * Asks nb_target_check with current facts, writes all pieces to the device that
 * was shown, reads them back, moves the backup GPT to the disk's end, recreates
 * the swap areas, and compares the table with the record.  NB_EUSAGE: not named
 * again; NB_EWRONG: refused, nothing was written; NB_ECORRUPT: a piece is
 * damaged (nothing was written), or reading back differs; NB_EIO.
 */
enum nb_err nb_boot_write(const struct nb_boot_restore *spec);

/* ---- the functions of the kind (source/source.h; area_to_disk.c) ---- */

/* The record and the pieces, but not the files of /boot: they are in the
 * pieces. */
bool nb_boot_needs(const struct nb_manifest_source *record,
		   const struct nb_entry *e);
enum nb_err nb_boot_to_disk(const struct nb_source_restore *restore);

/* Calls DISK->show with both partition tables. (area_compare.c) */
enum nb_err nb_boot_show(const struct nb_source_disk *disk, const char *source,
			 const struct nb_bootarea *area,
			 const struct nb_boot_target *target);

/* ---- the final steps (source/boot/area_finish.c) ---- */

/* Checks for the programs of the final steps, before anything is written.
 * NB_ENOTFOUND */
enum nb_err nb_boot_check_programs(const struct nb_disk *disk);

/* Recreates each swap area of DISK on the device PATH, open as FD, with its
 * UUID and label.  NB_EFAIL, NB_EIO */
enum nb_err nb_boot_make_swap(const char *path, int fd,
			      const struct nb_disk *disk);

/* NB_ECORRUPT: the table on PATH, and its swap areas, are not as WANTED. */
enum nb_err nb_boot_check_table(const char *path, const struct nb_disk *wanted);

#endif
