/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/image/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libburn/libburn.h>

#include "base/clock.h"
#include "base/fd.h"
#include "disc/blocks_iso.h"
#include "disc/image/in_order.h"
#include "disc/library.h"
#include "disc/read/reader.h"
#include "model/record/disc_mark.h"

/* ECMA-119 6.2.1: the volume descriptors begin at this block. */
#define DESCRIPTORS 16
/* Blocks of padding after the data.  The last two blocks of a CD track may be
 * unreadable, and readers ahead trip over them: mkisofs -pad has 150.  300 is
 * the least that a CD track holds; libburn announces so many for a shorter one,
 * and sends no more than the image, which leaves the session open. */
#define TAIL_BLOCKS 300
#define FIFO_BLOCKS 2048
#define BATCH ((size_t)512 * 1024)

static enum nb_err
render_late(void *ctx, const struct nb_entry *entry, char **text,
	    size_t *length)
{
	struct nb_image *image = ctx;

	nb_image_share_hashes(image);
	return image->options.render(image->options.ctx, entry, text, length);
}

static uint32_t
boot_address(void *ctx)
{
	return nb_image_boot_address(ctx);
}

/* FIPS 180-4: the hash of no data. */
static enum nb_err
hash_empty_files(struct nb_entries *list)
{
	uint8_t empty[NB_SHA256_SIZE];
	struct nb_sha256 *sha256;
	enum nb_err err = nb_sha256_new(&sha256);

	if (err)
		return err;
	nb_sha256_finish(sha256, empty);
	nb_sha256_free(sha256);
	for (size_t i = 0; i < list->count; i++) {
		struct nb_entry *e = &list->at[i];

		if (e->type == NB_ENTRY_FILE && !e->size) {
			memcpy(e->sha256, empty, sizeof empty);
			e->hashed = true;
		}
	}
	return NB_OK;
}

static void
name_volume(struct nb_image *image)
{
	IsoImage *iso = image->iso;

	iso_image_set_volume_id(iso, image->options.volume_id);
	iso_image_set_volset_id(iso, image->options.volume_id);
	iso_image_set_application_id(iso, NB_APPLICATION_ID);
	iso_image_set_data_preparer_id(iso, NB_APPLICATION_ID);
	iso_image_set_system_id(iso, "LINUX");
	if (!image->options.is_disc)
		iso_image_set_publisher_id(iso, NB_IMAGE_MARK);
}

/*
 * Builds libisofs' tree: that of the session before, and this one's files.
 * What libisofs numbers by address must come in one order: see in_order.h.
 */
static enum nb_err
build_tree(struct nb_image *image, const char *move_to)
{
	const struct nb_image_options *options = &image->options;
	struct nb_in_order *ordered = nb_in_order_begin();
	enum nb_err err =
		nb_library_check(iso_image_new(options->volume_id, &image->iso),
				 NB_EFAIL, "new image");

	if (!err && options->previous)
		err = nb_reader_try(options->previous, options->previous_start);
	if (!err && options->previous)
		err = nb_blocks_iso_import(options->previous,
					   options->previous_start, image->iso);
	if (!err && options->previous && move_to)
		err = nb_image_move_aside(image, move_to);
	if (!err)
		err = nb_image_fill(image);
	if (!err)
		err = nb_image_boot(image);
	if (!err)
		name_volume(image);
	nb_in_order_end(ordered);
	return err;
}

enum nb_err
nb_image_new(const struct nb_image_options *options, struct nb_entries *entries,
	     const char *move_to, struct nb_image **out)
{
	struct nb_image *image = calloc(1, sizeof *image);
	struct nb_streams_options streams = {
		.roots = options->roots,
		.root_count = options->root_count,
		.calls = options->calls,
		.render = render_late,
		.boot_address = boot_address,
		.ctx = image,
	};
	enum nb_err err;

	if (!image)
		return nb_fail_memory();
	pthread_mutex_init(&image->lock, NULL);
	pthread_cond_init(&image->known, NULL);
	image->options = *options;
	image->entries = entries;
	err = nb_image_find_links(image);
	if (!err)
		err = hash_empty_files(entries);
	if (!err)
		err = nb_checksum_new(&image->checksum);
	if (!err)
		err = nb_streams_new(&streams, &image->streams);
	if (!err)
		err = build_tree(image, move_to);
	if (err)
		nb_image_free(image);
	else
		*out = image;
	return err;
}

void
nb_image_free(struct nb_image *image)
{
	if (!image)
		return;
	nb_image_cancel(image);
	if (image->iso)
		iso_image_unref(image->iso);
	nb_streams_free(image->streams);
	nb_checksum_free(image->checksum);
	pthread_cond_destroy(&image->known);
	pthread_mutex_destroy(&image->lock);
	free(image->first);
	free(image);
}

/* The dates of the volume as text, which does not depend on a time zone. */
static void
set_dates(IsoWriteOpts *opts, int64_t date)
{
	char text[NB_CLOCK_TEXT], uuid[17];

	nb_clock_compact(date, text);
	/* "20261121T011500Z" without its letters, and hundredths. */
	snprintf(uuid, sizeof uuid, "%.8s%.6s00", text, text + 9);
	iso_write_opts_set_pvd_times(opts, (time_t)date, (time_t)date, 0, 0,
				     uuid);
	iso_write_opts_set_always_gmt(opts, 1);
}

static void
set_options(struct nb_image *image, IsoWriteOpts *opts)
{
	const struct nb_image_options *o = &image->options;

	iso_write_opts_set_iso_level(opts, 3);
	iso_write_opts_set_rockridge(opts, 1);
	iso_write_opts_set_joliet(opts, 1);
	iso_write_opts_set_joliet_longer_paths(opts, 1);
	iso_write_opts_set_hardlinks(opts, 1);
	iso_write_opts_set_aaip(opts, 1);
	/* RRIP 1.10, with the file serial number of 1.12 (as mkisofs writes it)
	 * for hard links; AAIP without an ER field: fuseiso and pycdlib read
	 * neither 1.12 nor a second ER. */
	iso_write_opts_set_rrip_version_1_10(opts, 1);
	iso_write_opts_set_rrip_1_10_px_ino(opts, 1);
	iso_write_opts_set_aaip_susp_1_10(opts, 1);
	iso_write_opts_set_allow_deep_paths(opts, 1);
	iso_write_opts_set_allow_longer_paths(opts, 1);
	iso_write_opts_set_output_charset(opts, "UTF-8");
	iso_write_opts_set_sort_files(opts, 1);
	iso_write_opts_set_record_md5(opts, 0, 0);
	iso_write_opts_set_fifo_size(opts, FIFO_BLOCKS);
	iso_write_opts_set_ms_block(opts, o->start);
	iso_write_opts_set_appendable(opts, o->previous != NULL);
	iso_write_opts_set_tail_blocks(opts, o->overwritable ? 0 : TAIL_BLOCKS);
	if (o->overwritable)
		iso_write_opts_set_overwrite_buf(opts, image->head);
	set_dates(opts, o->date);
}

/* From here on libisofs fills its FIFO and waits for us to read from it. */
static enum nb_err
begin(struct nb_image *image)
{
	IsoWriteOpts *opts = NULL;
	uint32_t data = 0;
	int ret;

	if (image->source)
		return NB_OK;
	ret = iso_write_opts_new(&opts, 0);
	if (ret > 0) {
		set_options(image, opts);
		if (image->options.previous)
			image->options.previous->busy = true;
		ret = iso_image_create_burn_source(image->iso, opts,
						   &image->source);
		iso_write_opts_get_data_start(opts, &data, 0);
		/* libisofs keeps the first block for all empty files. */
		nb_image_boot_at(image, data + 1);
		iso_write_opts_free(opts);
	}
	if (ret <= 0) {
		image->source = NULL;
		return nb_library_check(ret, NB_EFAIL, "image");
	}
	image->total = (uint64_t)image->source->get_size(image->source);
	return NB_OK;
}

enum nb_err
nb_image_size(struct nb_image *image, uint64_t *blocks)
{
	enum nb_err err = begin(image);

	if (!err)
		*blocks = image->total / NB_BLOCK;
	return err;
}

/*
 * The volume space size (ECMA-119 8.4.8) of an appended session counts only its
 * own blocks, while its extents have absolute addresses; kernels that check
 * Rock Ridge against it see none then.  On media with real sessions it is
 * changed to reach to the session's end.  On overwritable media it must stay as
 * it is, because readers follow the chain of session headers by it.
 */
static void
widen_volume(struct nb_image *image, uint8_t *data, size_t n)
{
	for (uint64_t at = image->done; at < image->done + n; at += NB_BLOCK) {
		uint8_t *block = data + (at - image->done);
		uint32_t size;

		if (at / NB_BLOCK < DESCRIPTORS || memcmp(block + 1, "CD001", 5)
		    || block[0] == 255)
			continue;
		if (at / NB_BLOCK >= 2 * DESCRIPTORS)
			break;
		if (block[0] != 1 && block[0] != 2)
			continue;
		size = nb_image_word(block + 80) + image->options.start;
		for (int i = 0; i < 4; i++) {
			block[80 + i] = (uint8_t)(size >> 8 * i);
			block[87 - i] = (uint8_t)(size >> 8 * i);
		}
	}
}

enum nb_err
nb_image_read(struct nb_image *image, void *buf, size_t n, size_t *got)
{
	enum nb_err err = begin(image);
	struct burn_source *source = image->source;
	int ret;

	if (err)
		return err;
	/* A request for more than the rest would lose the end of libisofs' ring
	 * buffer. */
	if (n > image->total - image->done)
		n = (size_t)(image->total - image->done);
	*got = 0;
	if (!n)
		return NB_OK;
	ret = source->read ? source->read(source, buf, (int)n)
			   : source->read_xt(source, buf, (int)n);
	err = nb_streams_error(image->streams);
	if (err)
		return err;
	if (ret != (int)n)
		return nb_fail(NB_EFAIL,
			       "image: truncated after %llu of %llu bytes",
			       (unsigned long long)image->done,
			       (unsigned long long)image->total);
	if (image->options.previous && !image->options.overwritable
	    && image->done < 2 * DESCRIPTORS * NB_BLOCK)
		widen_volume(image, buf, n);
	err = nb_image_boot_check(image, buf, n);
	if (err)
		return err;
	nb_checksum_add(image->checksum, buf, n);
	image->done += n;
	*got = n;
	return NB_OK;
}

enum nb_err
nb_image_finish(struct nb_image *image, uint8_t checksum[NB_CHECKSUM_SIZE])
{
	enum nb_err err = nb_streams_finish(image->streams);

	if (err)
		return err;
	if (!image->source || image->done != image->total)
		return nb_fail(NB_EFAIL, "image: incomplete");
	nb_image_share_hashes(image);
	nb_checksum_finish(image->checksum, checksum);
	return NB_OK;
}

void
nb_image_cancel(struct nb_image *image)
{
	struct burn_source *source = image->source;

	if (!source)
		return;
	if (image->done < image->total && source->version >= 1
	    && source->cancel)
		source->cancel(source);
	burn_source_free(source);
	image->source = NULL;
}

const void *
nb_image_head(struct nb_image *image)
{
	return image->head;
}

uint32_t
nb_image_start(const struct nb_image *image)
{
	return image->options.start;
}

enum nb_err
nb_image_write(struct nb_image *image, int fd,
	       enum nb_err (*progress)(void *ctx, uint64_t done,
				       uint64_t total),
	       void *ctx, uint8_t checksum[NB_CHECKSUM_SIZE])
{
	void *buf = aligned_alloc(4096, BATCH);
	enum nb_err err = NB_OK;
	size_t got = 1;

	if (!buf)
		return nb_fail_memory();
	while (!err && got) {
		err = nb_image_read(image, buf, BATCH, &got);
		if (!err && got && nb_fd_write(fd, buf, got))
			err = nb_fail_errno(nb_fd_write_error(),
					    "image: cannot write");
		if (!err && progress)
			err = progress(ctx, image->done, image->total);
	}
	free(buf);
	if (err)
		nb_image_cancel(image);
	else
		err = nb_image_finish(image, checksum);
	return err;
}
