/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/image/stream.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "disc/hasher.h"
#include "disc/image/stream_file.h"

/* Distinguishes our streams from those of libisofs (get_id). */
#define FS_ID 0x4e42
/* Size of the boot information table, and the maximum size of a boot image. */
#define TABLE 8
#define TABLE_END 64
#define BOOT_MAX ((size_t)1 << 26)

struct nb_streams {
	struct nb_streams_options options;
	struct nb_hasher *hasher;
	pthread_mutex_t lock;
	enum nb_err err; /* the first */
};

/* The open file. libisofs reads files one after the other. */
struct stream {
	struct nb_streams *streams;
	struct nb_entry *entry;
	uint64_t serial;
	struct nb_stream_file file;
	char *text;           /* of a late entry */
	const uint8_t *piece; /* bytes that can be taken now */
	size_t at, filled;
	uint64_t taken; /* from the source */
};

static enum nb_err
keep_error(struct nb_streams *streams, enum nb_err err)
{
	pthread_mutex_lock(&streams->lock);
	if (err && !streams->err)
		streams->err = err;
	pthread_mutex_unlock(&streams->lock);
	return err;
}

enum nb_err
nb_streams_error(struct nb_streams *streams)
{
	enum nb_err err;

	pthread_mutex_lock(&streams->lock);
	err = streams->err;
	pthread_mutex_unlock(&streams->lock);
	return err;
}

/* The hash of a file is complete: stores or compares it. */
static void
settle(void *ctx, void *owner, const uint8_t digest[NB_SHA256_SIZE])
{
	struct nb_streams *streams = ctx;
	struct nb_entry *e = owner;

	if (!e->hashed) {
		memcpy(e->sha256, digest, NB_SHA256_SIZE);
		e->hashed = true;
	} else if (memcmp(e->sha256, digest, NB_SHA256_SIZE)) {
		keep_error(streams,
			   nb_fail(NB_ESOURCE,
				   "%s: SHA-256 differs "
				   "from what was dumped",
				   e->path));
	}
}

static int
fail_stream(struct stream *s, enum nb_err err)
{
	keep_error(s->streams, err);
	return (int)ISO_FILE_READ_ERROR;
}

/* All other files were streamed: the late ones need their hashes now. */
static enum nb_err
open_late(struct stream *s)
{
	struct nb_streams *streams = s->streams;
	size_t length;
	enum nb_err err;

	nb_hasher_wait(streams->hasher);
	err = nb_streams_error(streams);
	if (!err)
		err = streams->options.render(streams->options.ctx, s->entry,
					      &s->text, &length);
	if (!err && length != s->entry->size)
		err = nb_fail(NB_EFAIL, "%s: %zu bytes long instead of %llu",
			      s->entry->path, length,
			      (unsigned long long)s->entry->size);
	return err;
}

/* The boot information table that GRUB, like ISOLINUX, expects in its first
 * block: its address, its length, and the sum of its words. */
static void
fill_table(char *text, size_t length, uint32_t address)
{
	uint32_t table[4] = { 16, address, (uint32_t)length, 0 };

	for (size_t i = TABLE_END; i < length; i += 4)
		for (size_t k = 0; k < 4 && i + k < length; k++)
			table[3] += (uint32_t)(uint8_t)text[i + k] << 8 * k;
	for (size_t i = 0; i < sizeof table; i++)
		text[TABLE + i] = (char)(table[i / 4] >> i % 4 * 8);
	memset(text + TABLE + sizeof table, 0,
	       TABLE_END - TABLE - sizeof table);
}

static enum nb_err
open_boot(struct stream *s)
{
	const struct nb_streams_options *options = &s->streams->options;
	size_t size = (size_t)s->entry->size;
	enum nb_err err = nb_stream_file_open(&s->file, options->roots,
					      options->root_count);

	if (err)
		return err;
	if (size < TABLE_END || size > BOOT_MAX)
		return nb_fail(NB_ESOURCE, "%s: no boot image", s->entry->path);
	s->text = malloc(size);
	if (!s->text)
		return nb_fail_memory();
	if (nb_fd_read(s->file.fd, s->text, size) != (ssize_t)size)
		return nb_fail_errno(NB_ESOURCE, "%s: cannot be read",
				     s->entry->root_path);
	fill_table(s->text, size, options->boot_address(options->ctx));
	return NB_OK;
}

static int
stream_close(IsoStream *stream)
{
	struct stream *s = stream->data;

	if (s->taken && s->taken < s->entry->size)
		nb_hasher_reset(s->streams->hasher);
	nb_fd_close(&s->file.fd);
	free(s->text);
	s->text = NULL;
	return 1;
}

static int
stream_open(IsoStream *stream)
{
	struct stream *s = stream->data;
	enum nb_err err = NB_OK;

	s->at = s->filled = 0;
	s->taken = 0;
	if (s->entry->content == NB_CONTENT_ROOT)
		err = nb_stream_file_open(&s->file, s->streams->options.roots,
					  s->streams->options.root_count);
	else if (s->entry->content == NB_CONTENT_BOOT)
		err = open_boot(s);
	else if (s->entry->content == NB_CONTENT_LATE)
		err = open_late(s);
	if (!err)
		return 1;
	stream_close(stream);
	return fail_stream(s, err);
}

static enum nb_err
take_from(struct stream *s, uint8_t *piece, size_t want)
{
	if (s->entry->content == NB_CONTENT_MEMORY)
		memcpy(piece, s->entry->data + s->taken, want);
	else if (s->text)
		memcpy(piece, s->text + s->taken, want);
	else
		return nb_stream_file_take(&s->file, piece, want);
	return NB_OK;
}

static enum nb_err
next_piece(struct stream *s)
{
	uint64_t left = s->entry->size - s->taken;
	size_t want = left < NB_PIECE ? (size_t)left : NB_PIECE;
	uint8_t *piece = nb_hasher_piece(s->streams->hasher);
	enum nb_err err = take_from(s, piece, want);

	if (err)
		return err;
	s->taken += want;
	nb_hasher_give(s->streams->hasher, s->entry, want,
		       s->taken == s->entry->size);
	s->piece = piece;
	s->at = 0;
	s->filled = want;
	return s->taken == s->entry->size ? nb_stream_file_end(&s->file)
					  : NB_OK;
}

static int
stream_read(IsoStream *stream, void *buf, size_t count)
{
	struct stream *s = stream->data;
	size_t done = 0;

	while (done < count) {
		size_t n = s->filled - s->at;

		if (!n) {
			enum nb_err err;

			if (s->taken == s->entry->size)
				break;
			err = next_piece(s);
			if (err)
				return fail_stream(s, err);
			continue;
		}
		if (n > count - done)
			n = count - done;
		memcpy((char *)buf + done, s->piece + s->at, n);
		s->at += n;
		done += n;
	}
	return (int)done;
}

static off_t
stream_size(IsoStream *stream)
{
	return (off_t)((struct stream *)stream->data)->entry->size;
}

static int
stream_repeatable(IsoStream *stream)
{
	(void)stream;
	return 1;
}

static void
stream_id(IsoStream *stream, unsigned int *fs_id, dev_t *dev_id, ino_t *ino_id)
{
	*fs_id = FS_ID;
	*dev_id = 0;
	*ino_id = (ino_t)((struct stream *)stream->data)->serial;
}

static void
stream_free(IsoStream *stream)
{
	struct stream *s = stream->data;

	nb_fd_close(&s->file.fd);
	free(s->text);
	free(s);
}

static int
stream_update(IsoStream *stream)
{
	(void)stream;
	return 1;
}

static IsoStream *
stream_input(IsoStream *stream, int flag)
{
	(void)stream;
	(void)flag;
	return NULL;
}

static IsoStreamIface stream_class = {
	.version = 2,
	.type = "user",
	.open = stream_open,
	.close = stream_close,
	.get_size = stream_size,
	.read = stream_read,
	.is_repeatable = stream_repeatable,
	.get_id = stream_id,
	.free = stream_free,
	.update_size = stream_update,
	.get_input_stream = stream_input,
};

enum nb_err
nb_stream_new(struct nb_streams *streams, struct nb_entry *entry,
	      uint64_t serial, IsoStream **out)
{
	/* libisofs frees the stream itself with free(3). */
	IsoStream *stream = calloc(1, sizeof *stream);
	struct stream *s = calloc(1, sizeof *s);

	if (!stream || !s) {
		free(stream);
		free(s);
		return nb_fail_memory();
	}
	s->streams = streams;
	s->entry = entry;
	s->serial = serial;
	s->file.fd = -1;
	s->file.entry = entry;
	s->file.calls = streams->options.calls;
	stream->class = &stream_class;
	stream->refcount = 1;
	stream->data = s;
	*out = stream;
	return NB_OK;
}

/* Empty files have no bytes to stream. */
enum nb_err
nb_streams_new(const struct nb_streams_options *options,
	       struct nb_streams **out)
{
	struct nb_streams *streams = calloc(1, sizeof *streams);
	enum nb_err err;

	if (!streams)
		return nb_fail_memory();
	streams->options = *options;
	pthread_mutex_init(&streams->lock, NULL);
	err = nb_hasher_new(settle, streams, &streams->hasher);
	if (err)
		nb_streams_free(streams);
	else
		*out = streams;
	return err;
}

void
nb_streams_free(struct nb_streams *streams)
{
	if (!streams)
		return;
	nb_hasher_free(streams->hasher);
	pthread_mutex_destroy(&streams->lock);
	free(streams);
}

enum nb_err
nb_streams_finish(struct nb_streams *streams)
{
	nb_hasher_wait(streams->hasher);
	return nb_streams_error(streams);
}
