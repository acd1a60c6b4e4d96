/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gzip (RFC 1952), as pg_dump writes it for a plain dump. */
#include <stdbool.h>
#include <stdlib.h>

#include <zlib.h>

#include "filter/filter.h"

#define PIECE ((size_t)1 << 17)
#define INPUT_MAX ((size_t)1 << 20) /* zlib counts in unsigned int */
#define GZIP_BITS (MAX_WBITS + 16)  /* with gzip's head and tail */
#define MEMORY_LEVEL 8              /* zlib's default */

struct state {
	const char *object;
	z_stream zlib;
	bool begun;   /* the stream must be ended */
	bool reading; /* the direction */
	bool ended;   /* reading: a member has ended */
	Bytef buffer[PIECE];
};

static void
state_free(void *p)
{
	struct state *s = p;

	if (s && s->begun && s->reading)
		inflateEnd(&s->zlib);
	else if (s && s->begun)
		deflateEnd(&s->zlib);
	free(s);
}

static enum nb_err
begin(const struct nb_filter_spec *spec, bool reading, void **out)
{
	struct state *s = calloc(1, sizeof *s);
	int level = spec->level < 0 ? Z_DEFAULT_COMPRESSION : spec->level, ret;

	if (!s)
		return nb_fail_memory();
	s->object = spec->object;
	s->reading = reading;
	ret = reading ? inflateInit2(&s->zlib, GZIP_BITS)
		      : deflateInit2(&s->zlib, level, Z_DEFLATED, GZIP_BITS,
				     MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
	s->begun = ret == Z_OK;
	if (s->begun) {
		*out = s;
		return NB_OK;
	}
	free(s);
	return ret == Z_MEM_ERROR
		? nb_fail_memory()
		: nb_fail(NB_ECONFIG, "%s: gzip has no level %d", spec->object,
			  level);
}

/* Gives zlib as many of the N bytes as it can take at once. */
static size_t
give(struct state *s, const void *data, size_t n)
{
	size_t some = n < INPUT_MAX ? n : INPUT_MAX;

	s->zlib.next_in = (Bytef *)(uintptr_t)data;
	s->zlib.avail_in = (uInt)some;
	return some;
}

static void
make_room(struct state *s)
{
	s->zlib.next_out = s->buffer;
	s->zlib.avail_out = (uInt)sizeof s->buffer;
}

static enum nb_err
pass(struct state *s, const struct nb_filter_out *out)
{
	size_t made = sizeof s->buffer - s->zlib.avail_out;

	return made ? out->put(out->ctx, s->buffer, made) : NB_OK;
}

static enum nb_err
packer_begin(const struct nb_filter_spec *spec, void **state)
{
	return begin(spec, false, state);
}

static enum nb_err
compress_some(struct state *s, int flush, const struct nb_filter_out *out)
{
	enum nb_err err;

	do {
		make_room(s);
		if (deflate(&s->zlib, flush) == Z_STREAM_ERROR)
			return nb_fail(NB_EFAIL, "%s: cannot compress",
				       s->object);
		err = pass(s, out);
	} while (!err && !s->zlib.avail_out);
	return err;
}

static enum nb_err
packer_take(void *state, const void *data, size_t n,
	    const struct nb_filter_out *out)
{
	const char *p = data;
	enum nb_err err = NB_OK;

	while (!err && n) {
		size_t some = give(state, p, n);

		err = compress_some(state, Z_NO_FLUSH, out);
		p += some;
		n -= some;
	}
	return err;
}

static enum nb_err
packer_finish(void *state, const struct nb_filter_out *out)
{
	give(state, NULL, 0);
	return compress_some(state, Z_FINISH, out);
}

static enum nb_err
unpacker_begin(const struct nb_filter_spec *spec, void **state)
{
	return begin(spec, true, state);
}

/* Another member may follow (RFC 1952, 2.2); anything else may not. */
static enum nb_err
unpack_some(struct state *s, const struct nb_filter_out *out)
{
	enum nb_err err = NB_OK;
	int ret;

	do {
		if (s->ended && s->zlib.avail_in) {
			inflateReset(&s->zlib);
			s->ended = false;
		}
		make_room(s);
		ret = inflate(&s->zlib, Z_NO_FLUSH);
		if (ret == Z_MEM_ERROR)
			return nb_fail_memory();
		if (ret != Z_OK && ret != Z_STREAM_END && ret != Z_BUF_ERROR)
			return nb_fail(NB_ECORRUPT, "%s: cannot unpack: %s",
				       s->object,
				       s->zlib.msg ? s->zlib.msg : "damaged");
		s->ended |= ret == Z_STREAM_END;
		err = pass(s, out);
	} while (!err && (s->zlib.avail_in || !s->zlib.avail_out));
	return err;
}

static enum nb_err
unpacker_take(void *state, const void *data, size_t n,
	      const struct nb_filter_out *out)
{
	const char *p = data;
	enum nb_err err = NB_OK;

	while (!err && n) {
		size_t some = give(state, p, n);

		err = unpack_some(state, out);
		p += some;
		n -= some;
	}
	return err;
}

static enum nb_err
unpacker_finish(void *state, const struct nb_filter_out *out)
{
	struct state *s = state;

	(void)out;
	return s->ended
		? NB_OK
		: nb_fail(NB_ECORRUPT, "%s: cannot unpack: unexpected end",
			  s->object);
}

const struct nb_filter_type nb_filter_gzip = {
	.name = "gzip",
	.ending = ".gz",
	.write = { packer_begin, packer_take, packer_finish, state_free },
	.read = { unpacker_begin, unpacker_take, unpacker_finish, state_free },
};
