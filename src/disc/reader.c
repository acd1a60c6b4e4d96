/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libisofs/libisofs.h>

#include "base/str.h"
#include "disc/blocks_iso.h"
#include "disc/library.h"

#define DESCRIPTORS 16
#define LABEL_MAX 65536
/* ECMA-119 8.4.7: position and length of the volume identifier. */
#define VOLUME_ID_AT 40
#define VOLUME_ID_LENGTH 32

/* Is a primary volume descriptor where the session's should be? */
static enum nb_err
read_descriptor(struct nb_blocks *blocks, uint32_t start,
		uint8_t block[NB_BLOCK])
{
	enum nb_err err;

	if ((uint64_t)start + DESCRIPTORS >= blocks->count)
		return NB_ENOTFOUND;
	err = nb_blocks_read(blocks, start + DESCRIPTORS, 1, block);
	if (!err && memcmp(block, "\1CD001\1", 7))
		return NB_ENOTFOUND;
	return err;
}

static enum nb_err
open_filesystem(struct nb_blocks *blocks, uint32_t start,
		IsoImageFilesystem **out)
{
	IsoDataSource *source = NULL;
	IsoReadOpts *opts = NULL;
	enum nb_err err;
	int ret;

	err = nb_blocks_iso(blocks, &source);
	if (err)
		return err;
	ret = iso_read_opts_new(&opts, 0);
	if (ret > 0) {
		iso_read_opts_set_start_block(opts, start);
		iso_read_opts_set_input_charset(opts, "UTF-8");
		iso_read_opts_set_no_md5(opts, 1);
		ret = iso_image_filesystem_new(source, opts, 0x1fffff, out);
		iso_read_opts_free(opts);
	}
	iso_data_source_unref(source);
	return nb_library_check(ret, NB_ECORRUPT, blocks->name);
}

static enum nb_err
read_whole(IsoFileSource *file, const char *path, size_t max, char **text,
	   size_t *length)
{
	struct stat st;
	size_t done = 0;
	char *buf;
	int ret;

	if (iso_file_source_lstat(file, &st) < 0 || !S_ISREG(st.st_mode))
		return nb_fail(NB_ECORRUPT, "%s: not a regular file", path);
	if ((uintmax_t)st.st_size > max)
		return nb_fail(NB_EFULL, "%s: larger than %zu bytes", path,
			       max);
	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return nb_fail_memory();
	ret = iso_file_source_open(file);
	if (ret > 0) {
		while (done < (size_t)st.st_size) {
			ret = iso_file_source_read(file, buf + done,
						   (size_t)st.st_size - done);
			if (ret <= 0)
				break;
			done += (size_t)ret;
		}
		iso_file_source_close(file);
	}
	if (done < (size_t)st.st_size) {
		free(buf);
		return nb_fail(NB_EIO, "%s: cannot be read", path);
	}
	buf[done] = '\0';
	*text = buf;
	*length = done;
	return NB_OK;
}

enum nb_err
nb_reader_file(struct nb_blocks *blocks, uint32_t start, const char *path,
	       size_t max, char **text, size_t *length)
{
	IsoImageFilesystem *fs = NULL;
	IsoFileSource *file = NULL;
	uint8_t block[NB_BLOCK];
	enum nb_err err;
	char *full;
	int ret;

	err = read_descriptor(blocks, start, block);
	if (!err)
		err = open_filesystem(blocks, start, &fs);
	if (err)
		return err;
	err = nb_str_format(&full, "/%s", path);
	if (!err) {
		ret = fs->get_by_path(fs, full, &file);
		if (ret == (int)ISO_FILE_DOESNT_EXIST
		    || ret == (int)ISO_FILE_BAD_PATH)
			err = NB_ENOTFOUND;
		else
			err = nb_library_check(ret, NB_ECORRUPT, path);
		free(full);
	}
	if (!err) {
		err = read_whole(file, path, max, text, length);
		iso_file_source_unref(file);
	}
	iso_filesystem_unref(fs);
	return err;
}

static enum nb_err
read_label(struct nb_blocks *blocks, uint32_t start, struct nb_label *label,
	   uint8_t sha256[NB_SHA256_SIZE])
{
	struct nb_sha256 *hash;
	char *text = NULL;
	size_t length;
	enum nb_err err;

	err = nb_reader_file(blocks, start, NB_LABEL_PATH, LABEL_MAX, &text,
			     &length);
	if (err)
		return err;
	err = nb_label_parse(NB_LABEL_PATH, text, length, label);
	if (!err)
		err = nb_sha256_new(&hash);
	if (!err) {
		nb_sha256_add(hash, text, length);
		nb_sha256_finish(hash, sha256);
		nb_sha256_free(hash);
	}
	free(text);
	return err;
}

enum nb_label_state
nb_reader_label(struct nb_blocks *blocks, uint32_t start,
		struct nb_label *label, uint8_t sha256[NB_SHA256_SIZE])
{
	uint8_t hash[2][NB_SHA256_SIZE];
	struct nb_label found[2];
	enum nb_err err;

	for (int i = 0; i < 2; i++) {
		err = read_label(blocks, start, &found[i], hash[i]);
		if (err == NB_ENOTFOUND && i == 0)
			return NB_LABEL_NONE;
		if (err)
			return NB_LABEL_UNREADABLE;
	}
	if (memcmp(hash[0], hash[1], sizeof hash[0]))
		return NB_LABEL_UNREADABLE;
	*label = found[0];
	if (sha256)
		memcpy(sha256, hash[0], sizeof hash[0]);
	return NB_LABEL_GOOD;
}

void
nb_reader_volume_id(struct nb_blocks *blocks, uint32_t start,
		    char volume_id[33])
{
	uint8_t block[NB_BLOCK];
	int n = VOLUME_ID_LENGTH;

	volume_id[0] = '\0';
	if (read_descriptor(blocks, start, block))
		return;
	memcpy(volume_id, block + VOLUME_ID_AT, VOLUME_ID_LENGTH);
	while (n > 0 && (volume_id[n - 1] == ' ' || !volume_id[n - 1]))
		n--;
	volume_id[n] = '\0';
	for (int i = 0; i < n; i++)
		if ((unsigned char)volume_id[i] < 0x20)
			volume_id[i] = '_';
}

#define PIECE_BLOCKS 512   /* 1 MiB */

enum nb_err
nb_reader_bytes(struct nb_blocks *blocks, const struct nb_node *node,
		enum nb_err (*fn)(void *ctx, const void *data, size_t n),
		void *ctx)
{
	uint8_t *buf = aligned_alloc(4096, (size_t)PIECE_BLOCKS * NB_BLOCK);
	enum nb_err err = NB_OK;

	if (!buf)
		return nb_fail_memory();
	for (size_t i = 0; !err && i < node->extent_count; i++) {
		uint32_t lba = node->extents[i].lba;
		uint64_t left = node->extents[i].bytes;

		while (!err && left) {
			uint64_t count = (left + NB_BLOCK - 1) / NB_BLOCK;
			size_t n;

			if (count > PIECE_BLOCKS)
				count = PIECE_BLOCKS;
			n = (size_t)count * NB_BLOCK;
			if (n > left)
				n = (size_t)left;
			err = nb_blocks_read(blocks, lba, (uint32_t)count, buf);
			if (!err)
				err = fn(ctx, buf, n);
			lba += (uint32_t)count;
			left -= n;
		}
	}
	free(buf);
	return err;
}
