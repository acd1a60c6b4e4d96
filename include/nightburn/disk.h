/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole disks: boot areas and clones.  Included by <nightburn/nightburn.h>,
 * which describes the conventions.
 */
#ifndef NIGHTBURN_DISK_H
#define NIGHTBURN_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include <nightburn/error.h>
#include <nightburn/size.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nightburn;
struct nb_restore_result;

/* ---- boot areas ---- */

struct nb_part_row {
	unsigned int number;
	uint64_t start, size;                 /* bytes */
	const char *type, *fs, *label, *uuid; /* in words; NULL: unknown */
};
struct nb_bootarea_row {
	const struct nb_part_row *backup, *target; /* NULL: there is no such
						      partition */
	bool same;
};
/* A backup compared with the device to which it would be restored. */
struct nb_bootarea_info {
	const char *source, *device; /* in the backup, as "/dev/sda" */
	const char *target;
	const char *backup_table, *target_table; /* "gpt", "dos", or "" */
	uint64_t backup_size, target_size;       /* bytes */
	const char *user; /* what uses the target; NULL: nothing */
	const struct nb_bootarea_row *rows; /* for nb_bootarea_row_at */
	size_t row_count, row_size;
};
/* Row INDEX of INFO.  The rows of a newer library may be longer than this
 * struct. */
static inline const struct nb_bootarea_row *
nb_bootarea_row_at(const struct nb_bootarea_info *info, size_t index)
{
	return (const struct nb_bootarea_row
			*)(const void *)((const char *)info->rows
					 + index * info->row_size);
}

struct nb_bootarea_options {
	NB_SIZE(nb_bootarea_options);
	const char *backup;               /* as in nb_restore_options */
	const char *device, *drive, *job; /* the drive with the disc, as
					     nb_drive_choice */
	const char *source;               /* NULL: the only bootarea */
	const char *to_device;            /* the disk to be overwritten */
	const char *erase;                /* to_device again, as a confirmation;
					     otherwise the disk is only
					     inspected */
	/* Called with the differences before anything is written; anything but
	 * 0 stops. */
	int (*show)(void *ctx, const struct nb_bootarea_info *info);
	void *ctx;
	bool this_disc, allow_older; /* as in nb_restore_options */
};
/* Writes the boot area of a backup to a disk and reads it back.  NB_EUSAGE: the
 * target was not named twice; NB_EWRONG: the target is in use, too small, or
 * not a disk. */
NB_API enum nb_err nb_restore_bootarea(
	struct nightburn *nb, const struct nb_bootarea_options *options,
	struct nb_restore_result *result);

/* ---- clones ---- */

struct nb_clone_options {
	NB_SIZE(nb_clone_options);
	const char *name; /* title of the block; NULL: the only one */
	bool dry_run;
	bool init;          /* turn a disk that is not a clone into one */
	bool force;         /* with init: even if the disk is not empty */
	bool accept_delete; /* ignore max_delete this time */
};
struct nb_clone_result {
	NB_SIZE(nb_clone_result);
	char name[65];
	uint64_t files, transferred, deleted, bytes;
	bool compared;    /* contents were compared */
	uint64_t corrupt; /* content differed although size and date did not;
			     each was logged */
};
/* Copies a running system to another disk with rsync.  NB_EWRONG: the target
 * must not be written, somebody has to check it; NB_ESOURCE: the copy is
 * incomplete. */
NB_API enum nb_err nb_clone(struct nightburn *nb,
			    const struct nb_clone_options *options,
			    struct nb_clone_result *result);

#ifdef __cplusplus
}
#endif

#endif
