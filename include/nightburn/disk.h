/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole disks: one that boots again, and one that stands by.  Included by
 * <nightburn/nightburn.h>; the conventions are those told there.
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

/* ---- a disk that boots ---- */

struct nb_part_row {
	unsigned int number;
	uint64_t start, size;                 /* bytes */
	const char *type, *fs, *label, *uuid; /* in words, or NULL */
};
struct nb_bootarea_row {
	const struct nb_part_row *backup, *target; /* NULL: there is none */
	bool same;
};
/* A backup beside the device that it would go to. */
struct nb_bootarea_info {
	const char *source, *device; /* of the backup, as "/dev/sda" */
	const char *target;
	const char *backup_table, *target_table; /* "gpt", "dos", or "" */
	uint64_t backup_size, target_size;       /* bytes */
	const char *user; /* who uses the target; NULL: nobody */
	const struct nb_bootarea_row *rows; /* for nb_bootarea_row_at */
	size_t row_count, row_size;
};
/* Row INDEX of INFO; those of a later library are longer. */
static inline const struct nb_bootarea_row *
nb_bootarea_row_at(const struct nb_bootarea_info *info, size_t index)
{
	return (const struct nb_bootarea_row
			*)(const void *)((const char *)info->rows
					 + index * info->row_size);
}

struct nb_bootarea_options {
	NB_SIZE(nb_bootarea_options);
	const char *backup;               /* as nb_restore_options */
	const char *device, *drive, *job; /* with the disc, as
						  nb_drive_choice */
	const char *source;               /* NULL: the only bootarea */
	const char *to_device;            /* the disk to be overwritten */
	const char *erase;                /* the same once more, else it is only
				      shown */
	/* What differs, before anything is written; not 0: stop. */
	int (*show)(void *ctx, const struct nb_bootarea_info *info);
	void *ctx;
	bool this_disc, allow_older; /* as nb_restore_options */
};
/* Writes the boot area of a backup to a disk, and reads it back.  NB_EUSAGE:
 * not named twice; NB_EWRONG: the disk is in use, too small, or no disk. */
NB_API enum nb_err nb_restore_bootarea(
	struct nightburn *nb, const struct nb_bootarea_options *options,
	struct nb_restore_result *result);

/* ---- a standby disk ---- */

struct nb_clone_options {
	NB_SIZE(nb_clone_options);
	const char *name; /* of the block; NULL: the only one */
	bool dry_run;
	bool init;          /* make a clone of a disk that is none */
	bool force;         /* init: although it is not empty */
	bool accept_delete; /* max_delete does not count this time */
};
struct nb_clone_result {
	NB_SIZE(nb_clone_result);
	char name[65];
	uint64_t files, transferred, deleted, bytes;
	bool compared;    /* contents were compared */
	uint64_t corrupt; /* their content differed, their date did
				      not: told by name */
};
/* Copies a running system to another disk, with rsync.  NB_EWRONG: it may not
 * be written, a person has to look; NB_ESOURCE: the copy is not complete. */
NB_API enum nb_err nb_clone(struct nightburn *nb,
			    const struct nb_clone_options *options,
			    struct nb_clone_result *result);

#ifdef __cplusplus
}
#endif

#endif
