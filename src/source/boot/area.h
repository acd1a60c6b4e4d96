/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of the source bootarea.  Private to source/.
 */
#ifndef NB_SOURCE_BOOTAREA_H
#define NB_SOURCE_BOOTAREA_H

#include "source/boot/options.h"
#include "source/device/disk.h"
#include "source/stage.h"

struct nb_boot_job {
	const struct nb_config_source *source;
	char *object; /* "bootarea sda" */
	struct nb_stage stage;
	int fd; /* of the disk */
	dev_t device;
	bool own; /* boot is a separate file system */
	struct nb_bootarea area;
};

/* Marks the partition that contains /boot, as configured or as mounted; ->own
 * is false if there is none.  NB_ESOURCE */
enum nb_err nb_boot_find(struct nb_boot_job *job);

/* Copies the start of the disk, the links of the logical partitions and the
 * second GPT into staging, and lists them. */
enum nb_err nb_boot_pieces(struct nb_boot_job *job);

/* Copies /boot and the EFI system partition file by file, and lists them. */
enum nb_err nb_boot_files(struct nb_boot_job *job);

/* Passes the bytes of the open device FD from OFFSET on to FN, in pieces. */
enum nb_err nb_boot_read(
	const char *object, int fd, uint64_t offset, uint64_t bytes,
	enum nb_err (*fn)(void *ctx, const void *data, size_t n), void *ctx);

#endif
