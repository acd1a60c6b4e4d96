/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk, through libfdisk and libblkid.  Private to source/.  OBJECT begins
 * messages, as "bootarea sda".
 */
#ifndef NB_SOURCE_DISK_H
#define NB_SOURCE_DISK_H

#include <sys/types.h>

#include "model/bootarea.h"

/*
 * Reads the partition table of DEVICE, and the contents of each partition.
 * NB_ENOTFOUND, not logged: there is neither an MBR nor a GPT table (OUT then
 * has only the size, with "" for the table); NB_EIO.
 */
enum nb_err nb_disk_read(const char *object, const char *device,
			 struct nb_disk *out);

/* The table as a script for sfdisk(8); the caller frees.  NB_EIO */
enum nb_err nb_disk_script(const char *object, const char *device, char **text);

/* Writes a GPT again, so that its backup is at the end of the disk.  NB_EIO */
enum nb_err nb_disk_move_backup(const char *object, const char *device);

/* ---- what uses it (disk_use.c) ---- */

/* The device number of partition NUMBER of DISK; 0: the kernel has none. */
dev_t nb_disk_node(dev_t disk, unsigned int number);

/* The number of the partition of DISK that DEVICE is, or is on with only
 * mirrors between; 0: none. */
unsigned int nb_disk_number(dev_t disk, dev_t device);

/* Where DEVICE is mounted as a whole; NULL: nowhere.  The caller frees. */
enum nb_err nb_disk_mount(dev_t device, char **where);

/* Whether DISK is a whole disk, not a partition. */
bool nb_disk_is_whole(dev_t disk);

/* What uses DISK or a part of it, as "/dev/sda1 is mounted on /boot"; NULL:
 * nothing.  The caller frees. */
enum nb_err nb_disk_user(dev_t disk, char **who);

#endif
