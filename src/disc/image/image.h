/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image: entries become ISO 9660 level 3 with Rock Ridge and Joliet
 * through libisofs, as a stream of blocks whose number is known before the
 * first is made.
 *
 * The same entries, options and dates give the same bytes.
 */
#ifndef NB_DISC_IMAGE_H
#define NB_DISC_IMAGE_H

#include "disc/blocks.h"
#include "model/record/entry.h"
#include "model/decide/medium.h"

struct nb_image;

/* ECMA-119 8.4.7: the volume identifier has 32 characters. */
#define NB_VOLUME_ID_MAX 32

struct nb_image_options {
	char volume_id[NB_VOLUME_ID_MAX + 1];
	int64_t date;      /* volume and default dates */
	bool is_disc;      /* no: an image, which has no label */
	uint32_t start;    /* first block of this session on the disc:
				      0 for a plain image file */
	bool overwritable; /* descriptors are also needed at block 0
				      (nb_image_head) */
	uint32_t gap;      /* blocks at NB_GAP_WEIGHT that belong to no file */
	/* The session to append to (its files stay reachable), or NULL. */
	struct nb_blocks *previous;
	uint32_t previous_start;
	const int *roots;
	size_t root_count;
	struct nb_calls *calls; /* as nb_streams_options.calls */
	/* As nb_streams_options.render. */
	enum nb_err (*render)(void *ctx, const struct nb_entry *entry,
			      char **text, size_t *length);
	/* Paths of entries that firmware loads from the disc (El Torito), for
	 * BIOS and UEFI; NULL: that of the previous session, if any.  The
	 * content of the first is NB_CONTENT_BOOT. */
	const char *boot_bios, *boot_efi;
	void *ctx;
};

/*
 * Builds the tree.  ENTRIES is sorted, borrowed, and must outlive the image;
 * hashes are written into it while the image streams.  Every node of a previous
 * session that ENTRIES does not name stays; a file of ENTRIES replaces an older
 * one at its path, except that nightburn's own files that are kept
 * (model/record/own_files.h) are first moved to "nightburn/<previous backup
 * id>/" (the id that MOVE_TO names; NULL when there is no previous session).
 */
enum nb_err nb_image_new(const struct nb_image_options *options,
			 struct nb_entries *entries, const char *move_to,
			 struct nb_image **out);
void nb_image_free(struct nb_image *image);

/* Exact number of blocks that nb_image_read will return, including padding. */
enum nb_err nb_image_size(struct nb_image *image, uint64_t *blocks);

/*
 * The next bytes of the image, N a multiple of NB_BLOCK; *GOT is less than N
 * only at the end.  Called from any one thread.  NB_ESOURCE: a file failed.
 */
enum nb_err nb_image_read(struct nb_image *image, void *buf, size_t n,
			  size_t *got);

/*
 * After the last byte: waits for all hashes, returns the first error of any
 * file, and the checksum (XXH3-128) of all bytes that were read.
 */
enum nb_err nb_image_finish(struct nb_image *image,
			    uint8_t checksum[NB_CHECKSUM_SIZE]);

/* Abandons a stream that was begun; safe at any time. */
void nb_image_cancel(struct nb_image *image);

/*
 * The 64 KiB that go to block 0 of overwritable media after the session was
 * written.  Valid after nb_image_finish, as long as the image lives.
 */
const void *nb_image_head(struct nb_image *image);

/* First block of the session on its medium, as in the options. */
uint32_t nb_image_start(const struct nb_image *image);

/* Writes the whole image to the descriptor FD (write(2), any kind of file).
 * PROGRESS may be NULL; an error from it cancels. */
enum nb_err nb_image_write(struct nb_image *image, int fd,
			   enum nb_err (*progress)(void *ctx, uint64_t done,
						   uint64_t total),
			   void *ctx, uint8_t checksum[NB_CHECKSUM_SIZE]);

#endif
