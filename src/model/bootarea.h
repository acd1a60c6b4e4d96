/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record of a bootable disk: its partition table, the contents of each
 * partition, and the pieces that were copied byte by byte.  On the disc it is
 * "disk.json" beside the pieces; doc/disc-format.md describes it.
 */
#ifndef NB_MODEL_BOOTAREA_H
#define NB_MODEL_BOOTAREA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/array.h"
#include "base/hash.h"

#define NB_BOOTAREA_RECORD "disk.json"
#define NB_BOOTAREA_SCRIPT "partitions.sfdisk"

struct nb_disk_part {
	unsigned int number;  /* as in /dev/sda1 */
	uint64_t start, size; /* bytes */
	char *type;           /* of the table: GUID, or "0x83" */
	char *type_name;      /* in words, or NULL */
	char *uuid, *name;    /* of the table, or NULL */
	bool bootable;        /* the flag of an MBR */
	bool container;       /* extended: holds logical partitions */
	char *fs;             /* "ext4", "swap", ...; NULL: unknown */
	char *fs_uuid, *fs_label;
	bool boot; /* contains /boot */
};
struct nb_disk_parts NB_ARRAY(struct nb_disk_part);

struct nb_disk {
	char *table;                /* "gpt" or "dos" */
	char *id;                   /* of the table */
	uint64_t size;              /* bytes */
	unsigned int sector;        /* bytes */
	struct nb_disk_parts parts; /* by number */
};

enum nb_piece_kind {
	NB_PIECE_START,     /* from block 0; there is exactly one */
	NB_PIECE_EBR,       /* a link in the chain of logical partitions */
	NB_PIECE_BACKUP_GPT /* to the end of the disk */
};

struct nb_disk_piece {
	enum nb_piece_kind kind;
	char *file;             /* one path component, beside the
					   record */
	char *filters;          /* that it passed; as nb_entry.filters */
	uint64_t offset, bytes; /* on the disk */
	uint8_t sha256[NB_SHA256_SIZE]; /* of the bytes on the disk */
};
struct nb_disk_pieces NB_ARRAY(struct nb_disk_piece);

struct nb_bootarea {
	char *device; /* its name on the original host */
	struct nb_disk disk;
	struct nb_disk_pieces pieces;
};

void nb_disk_part_clear(struct nb_disk_part *part);
void nb_disk_clear(struct nb_disk *disk);
void nb_disk_piece_clear(struct nb_disk_piece *piece);
void nb_bootarea_clear(struct nb_bootarea *area);

/* True if the disk or partition is of this type. */
bool nb_disk_is_gpt(const struct nb_disk *disk);
bool nb_disk_part_is_esp(const struct nb_disk_part *part);
bool nb_disk_part_is_swap(const struct nb_disk_part *part);

/* The end in bytes of the last partition, or of what must be at the start if
 * that is larger. */
uint64_t nb_disk_end(const struct nb_disk *disk);

/* The first byte after what must be copied from the start: up to the end of
 * /boot, the EFI system partition and the BIOS boot partition; without any of
 * them, everything before the first partition. */
uint64_t nb_disk_boot_end(const struct nb_disk *disk);

/* The text of disk.json; the caller frees.  NB_ENOMEM. */
enum nb_err nb_bootarea_render(const struct nb_bootarea *area, char **text);

/* Parses it strictly; the caller owns OUT on success, untouched otherwise.
 * NB_ECORRUPT, the message begins with NAME. */
enum nb_err nb_bootarea_parse(const char *name, const char *text, size_t length,
			      struct nb_bootarea *out);

/*
 * May the disk be overwritten?  The facts are read immediately before, with
 * the device open; nb_bootarea_write takes the answer as a permit.
 */
enum nb_target {
	NB_TARGET_PERMIT,
	NB_TARGET_NOT_NAMED, /* not named twice, or named differently */
	NB_TARGET_NO_BLOCK,  /* not a block device */
	NB_TARGET_PARTITION, /* a partition */
	NB_TARGET_IN_USE,    /* mounted, swap, or used by another device */
	NB_TARGET_CHANGED,   /* not the device that was shown */
	NB_TARGET_READ_ONLY,
	NB_TARGET_SECTOR, /* different sector size */
	NB_TARGET_TOO_SMALL,
	NB_TARGET_INCOMPLETE, /* not all pieces were read and hashed */
	NB_TARGET_COUNT
};

struct nb_target_facts {
	const char *named, *again; /* AGAIN NULL: not given */
	bool block, whole, in_use, read_only, complete;
	uint64_t first_device, second_device; /* identity of the disk that was
						 shown, and of the current
						 one */
	uint64_t size;                        /* bytes */
	unsigned int sector;
	const struct nb_disk *wanted;
};

enum nb_target nb_target_check(const struct nb_target_facts *facts);
/* The reason in words, without full stop; statically allocated. */
const char *nb_target_text(enum nb_target answer);

#endif
