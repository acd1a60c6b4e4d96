/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zstandard (RFC 8878): one frame with a checksum. */
#include <stdbool.h>
#include <stdlib.h>

#include <zstd.h>
#include <zstd_errors.h>

#include "filter/filter.h"

/* The maximum for any level that is used here: 128 MiB. */
#define WINDOW_LOG_MAX 27

struct packer {
	const char *object;
	ZSTD_CCtx *zstd;
	void *buffer;
	size_t size;
};

static void
packer_free(void *state)
{
	struct packer *p = state;

	if (!p)
		return;
	ZSTD_freeCCtx(p->zstd);
	free(p->buffer);
	free(p);
}

/* Logs an error of zstd. */
static enum nb_err
fail(enum nb_err err, const char *object, const char *what, size_t code)
{
	if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation)
		return nb_fail_memory();
	return nb_fail(err, "%s: cannot %s: %s", object, what,
		       ZSTD_getErrorName(code));
}

static enum nb_err
set_up(struct packer *p, int level)
{
	if (!p->zstd || !p->buffer)
		return nb_fail_memory();
	if (level < 0)
		level = ZSTD_CLEVEL_DEFAULT;
	if (ZSTD_isError(ZSTD_CCtx_setParameter(p->zstd,
						ZSTD_c_compressionLevel, level))
	    || ZSTD_isError(
		    ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1)))
		return nb_fail(NB_ECONFIG, "%s: zstd has no level %d",
			       p->object, level);
	return NB_OK;
}

static enum nb_err
packer_begin(const struct nb_filter_spec *spec, void **state)
{
	struct packer *p = calloc(1, sizeof *p);
	enum nb_err err;

	if (!p)
		return nb_fail_memory();
	p->object = spec->object;
	p->zstd = ZSTD_createCCtx();
	p->size = ZSTD_CStreamOutSize();
	p->buffer = malloc(p->size);
	err = set_up(p, spec->level);
	if (err)
		packer_free(p);
	else
		*state = p;
	return err;
}

/* N bytes, or the end of the frame. */
static enum nb_err
compress(struct packer *p, ZSTD_inBuffer in, ZSTD_EndDirective end,
	 const struct nb_filter_out *out)
{
	enum nb_err err = NB_OK;
	bool done = false;

	while (!err && !done) {
		ZSTD_outBuffer packed = { p->buffer, p->size, 0 };
		size_t left = ZSTD_compressStream2(p->zstd, &packed, &in, end);

		if (ZSTD_isError(left))
			return fail(NB_EFAIL, p->object, "compress", left);
		if (packed.pos)
			err = out->put(out->ctx, p->buffer, packed.pos);
		done = end == ZSTD_e_end ? left == 0 : in.pos == in.size;
	}
	return err;
}

static enum nb_err
packer_take(void *state, const void *data, size_t n,
	    const struct nb_filter_out *out)
{
	return compress(state, (ZSTD_inBuffer){ data, n, 0 }, ZSTD_e_continue,
			out);
}

static enum nb_err
packer_finish(void *state, const struct nb_filter_out *out)
{
	return compress(state, (ZSTD_inBuffer){ NULL, 0, 0 }, ZSTD_e_end, out);
}

struct unpacker {
	const char *object;
	ZSTD_DCtx *zstd;
	void *buffer;
	size_t size;
	size_t left; /* 0: at the end of a frame */
};

static void
unpacker_free(void *state)
{
	struct unpacker *u = state;

	if (!u)
		return;
	ZSTD_freeDCtx(u->zstd);
	free(u->buffer);
	free(u);
}

static enum nb_err
unpacker_begin(const struct nb_filter_spec *spec, void **state)
{
	struct unpacker *u = calloc(1, sizeof *u);

	if (!u)
		return nb_fail_memory();
	u->object = spec->object;
	u->zstd = ZSTD_createDCtx();
	u->size = ZSTD_DStreamOutSize();
	u->buffer = malloc(u->size);
	u->left = 1;
	/* A damaged frame may request any amount of memory. */
	if (!u->zstd || !u->buffer
	    || ZSTD_isError(ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax,
						   WINDOW_LOG_MAX))) {
		unpacker_free(u);
		return nb_fail_memory();
	}
	*state = u;
	return NB_OK;
}

/* Until the input is consumed and the output is passed on. */
static enum nb_err
unpacker_take(void *state, const void *data, size_t n,
	      const struct nb_filter_out *out)
{
	struct unpacker *u = state;
	ZSTD_inBuffer in = { data, n, 0 };
	enum nb_err err = NB_OK;
	bool full = false;

	while (!err && (in.pos < in.size || full)) {
		ZSTD_outBuffer plain = { u->buffer, u->size, 0 };

		u->left = ZSTD_decompressStream(u->zstd, &plain, &in);
		if (ZSTD_isError(u->left))
			return fail(NB_ECORRUPT, u->object, "unpack", u->left);
		if (plain.pos)
			err = out->put(out->ctx, u->buffer, plain.pos);
		full = plain.pos == plain.size && u->left;
	}
	return err;
}

static enum nb_err
unpacker_finish(void *state, const struct nb_filter_out *out)
{
	struct unpacker *u = state;

	(void)out;
	return u->left ? nb_fail(NB_ECORRUPT,
				 "%s: cannot unpack: unexpected end", u->object)
		       : NB_OK;
}

const struct nb_filter_type nb_filter_zstd = {
	.name = "zstd",
	.ending = ".zst",
	.write = { packer_begin, packer_take, packer_finish, packer_free },
	.read = { unpacker_begin, unpacker_take, unpacker_finish,
		  unpacker_free },
};
