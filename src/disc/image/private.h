/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of the image. */
#ifndef NB_DISC_IMAGE_PRIVATE_H
#define NB_DISC_IMAGE_PRIVATE_H

#include <pthread.h>
#include <stdint.h>

#include <libisofs/libisofs.h>

#include "disc/image/image.h"
#include "disc/image/stream.h"

struct burn_source;

struct nb_image {
	struct nb_image_options options;
	struct nb_entries *entries;
	IsoImage *iso;
	struct nb_streams *streams;
	size_t *first; /* of each entry: index of the first entry
				      with the same content (hard links) */
	struct burn_source *source;
	struct nb_checksum *checksum;
	uint64_t total, done; /* bytes */
	pthread_mutex_t lock; /* protects the next two */
	pthread_cond_t known;
	uint32_t boot_address; /* of the image for BIOS; 0: not known */
	uint32_t catalog;      /* block of the boot catalog */
	uint8_t head[NB_OVERWRITE_START * NB_BLOCK];
};

/* Four bytes as ECMA-119 7.3.1 has them. */
uint32_t nb_image_word(const uint8_t *p);

/* Puts the entries into the tree of IMAGE->iso. */
enum nb_err nb_image_fill(struct nb_image *image);

/* Owner, mode and times of E; and its xattrs and ACLs (attr.c). */
void nb_image_set_attributes(IsoNode *node, const struct nb_entry *e);
enum nb_err nb_image_set_all(IsoNode *node, const struct nb_entry *e);

/* Finds entries that are one file (hard links): IMAGE->first. */
enum nb_err nb_image_find_links(struct nb_image *image);

/* Copies the hash of a file to all its names; libisofs reads only one of
 * them. */
void nb_image_share_hashes(struct nb_image *image);

/* Moves label and manifest of the previous session to "nightburn/ID/". */
enum nb_err nb_image_move_aside(struct nb_image *image, const char *id);

/* Weight of the boot image for BIOS, above all others: it is the first in the
 * data area, whose address libisofs reports. */
#define NB_WEIGHT_BOOT 200000

/* Makes the image bootable as the options say.  (boot.c) */
enum nb_err nb_image_boot(struct nb_image *image);
/* Set, and wait for, the first block of the boot image for BIOS. */
void nb_image_boot_at(struct nb_image *image, uint32_t address);
uint32_t nb_image_boot_address(struct nb_image *image);
/* Checks the next N bytes of the image: the boot catalog must contain that
 * block.  NB_EFAIL */
enum nb_err nb_image_boot_check(struct nb_image *image, const uint8_t *data,
				size_t n);

#endif
