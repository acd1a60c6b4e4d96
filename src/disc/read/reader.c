/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "disc/read/inside.h"

#define DESCRIPTORS 16
/* ECMA-119 8.4.7: position and length of the volume identifier. */
#define VOLUME_ID_AT 40
#define VOLUME_ID_LENGTH 32
/* The most that may be read to find a file, besides the file: 32 MiB. */
#define LOOK_BLOCKS 16384

/* Checks for a primary volume descriptor in its place in the session. */
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

/* A text that a child sends: its size, then its bytes. */
struct text {
	uint32_t start;
	const char *path;
	size_t max, size, done;
	char *buf;
};

static enum nb_err
send_text(void *ctx, struct nb_blocks *blocks, struct nb_sandbox_out *out)
{
	const struct text *text = ctx;

	return nb_inside_file(blocks, text->start, text->path, text->max, out);
}

static enum nb_err
take_text(void *ctx, const void *record, size_t n)
{
	struct text *text = ctx;
	uint64_t size;
	char max[16];

	if (!text->buf && n == sizeof size) {
		memcpy(&size, record, sizeof size);
		if (size > text->max)
			return nb_fail(NB_EFULL, "%s: larger than %s",
				       text->path, nb_str_size(text->max, max));
		text->size = (size_t)size;
		text->buf = malloc(text->size + 1);
		return text->buf ? NB_OK : nb_fail_memory();
	}
	if (!text->buf || n > text->size - text->done)
		return nb_fail(NB_ECORRUPT, "%s: wrong size", text->path);
	memcpy(text->buf + text->done, record, n);
	text->done += n;
	return NB_OK;
}

static void
forget_text(void *ctx)
{
	struct text *text = ctx;

	free(text->buf);
	text->buf = NULL;
	text->size = text->done = 0;
}

enum nb_err
nb_reader_file(struct nb_blocks *blocks, uint32_t start, const char *path,
	       size_t max, char **text, size_t *length)
{
	struct text found = { .start = start, .path = path, .max = max };
	const struct nb_sandbox spec = {
		.blocks = blocks,
		.max_blocks = LOOK_BLOCKS + 2 * (max / NB_BLOCK),
		.inside = send_text,
		.take = take_text,
		.forget = forget_text,
		.ctx = &found,
	};
	uint8_t block[NB_BLOCK];
	enum nb_err err;

	err = read_descriptor(blocks, start, block);
	if (!err)
		err = nb_sandbox_run(&spec);
	if (!err && (!found.buf || found.done < found.size))
		err = nb_fail(NB_EIO, "%s: cannot be read", path);
	if (err) {
		free(found.buf);
		return err;
	}
	found.buf[found.done] = '\0';
	*text = found.buf;
	*length = found.done;
	return NB_OK;
}

static enum nb_err
read_label(struct nb_blocks *blocks, uint32_t start, const char *path,
	   struct nb_label *label, uint8_t sha256[NB_SHA256_SIZE])
{
	struct nb_sha256 *hash;
	char *text = NULL;
	size_t length;
	enum nb_err err;

	err = nb_reader_file(blocks, start, path, NB_LABEL_MAX, &text, &length);
	if (err)
		return err;
	err = nb_label_parse(path, text, length, label);
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

/* Reads the one at PATH twice. *ERR: why that failed. */
static enum nb_label_state
read_twice(struct nb_blocks *blocks, uint32_t start, const char *path,
	   struct nb_label *label, uint8_t sha256[NB_SHA256_SIZE],
	   enum nb_err *err)
{
	uint8_t hash[2][NB_SHA256_SIZE];
	struct nb_label found[2];

	for (int i = 0; i < 2; i++) {
		*err = read_label(blocks, start, path, &found[i], hash[i]);
		if (*err == NB_ENOTFOUND && i == 0)
			return NB_LABEL_NONE;
		if (*err)
			return NB_LABEL_UNREADABLE;
	}
	if (memcmp(hash[0], hash[1], sizeof hash[0]))
		return NB_LABEL_UNREADABLE;
	*label = found[0];
	if (sha256)
		memcpy(sha256, hash[0], sizeof hash[0]);
	return NB_LABEL_GOOD;
}

/* A label that can be read but is invalid was not damaged: somebody changed
 * it. */
enum nb_label_state
nb_reader_label(struct nb_blocks *blocks, uint32_t start,
		struct nb_label *label, uint8_t sha256[NB_SHA256_SIZE])
{
	enum nb_err err;
	enum nb_label_state state =
		read_twice(blocks, start, NB_LABEL_PATH, label, sha256, &err);

	if (err != NB_EIO
	    || read_twice(blocks, start, NB_LABEL_COPY, label, sha256, &err)
		    != NB_LABEL_GOOD)
		return state;
	nb_log(NB_WARNING, NB_LABEL_PATH ": damaged; its copy is read instead");
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

/* ECMA-119 8.4.18: the record of the root directory; 9.1.3, 9.1.4: within it,
 * place and length, little-endian and big-endian. */
#define ROOT_AT 156
#define EXTENT_AT 2
#define EXTENT_BYTES 16

static uint32_t
root_block(const uint8_t *descriptor)
{
	const uint8_t *at = descriptor + ROOT_AT + EXTENT_AT;

	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16
		| (uint32_t)at[3] << 24;
}

bool
nb_reader_is_mountable(struct nb_blocks *blocks, uint32_t start)
{
	uint8_t first[NB_BLOCK], own[NB_BLOCK], root[NB_BLOCK];

	return !read_descriptor(blocks, 0, first)
		&& !read_descriptor(blocks, start, own)
		&& !memcmp(first + ROOT_AT + EXTENT_AT,
			   own + ROOT_AT + EXTENT_AT, EXTENT_BYTES)
		&& !nb_blocks_read(blocks, root_block(first), 1, root);
}

#define PIECE_BLOCKS 512 /* 1 MiB */

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

static enum nb_err
add_text(void *ctx, const void *data, size_t n)
{
	struct text *text = ctx;

	memcpy(text->buf + text->done, data, n);
	text->done += n;
	return NB_OK;
}

enum nb_err
nb_reader_text(struct nb_blocks *blocks, const struct nb_node *node, size_t max,
	       char **text, size_t *length)
{
	struct text found = { .size = (size_t)node->entry.size };
	char size[16];
	enum nb_err err;

	if (node->entry.type != NB_ENTRY_FILE)
		return nb_fail(NB_ECORRUPT, "%s: not a regular file",
			       node->entry.path);
	if (node->entry.size > max)
		return nb_fail(NB_EFULL, "%s: larger than %s", node->entry.path,
			       nb_str_size(max, size));
	found.buf = malloc(found.size + 1);
	if (!found.buf)
		return nb_fail_memory();
	err = nb_reader_bytes(blocks, node, add_text, &found);
	if (err) {
		free(found.buf);
		return err;
	}
	found.buf[found.done] = '\0';
	*text = found.buf;
	*length = found.done;
	return NB_OK;
}
