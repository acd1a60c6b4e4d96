/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/dump_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zstd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

static enum nb_err
prepare_zstd(struct nb_dump_file *file, int level)
{
	ZSTD_CCtx *zstd = ZSTD_createCCtx();

	file->zstd = zstd;
	file->buffer_size = ZSTD_CStreamOutSize();
	file->buffer = malloc(file->buffer_size);
	if (!zstd || !file->buffer)
		return nb_fail_memory();
	if (ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel,
						level < 0 ? ZSTD_CLEVEL_DEFAULT
							  : level))
	    || ZSTD_isError(
		    ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1)))
		return nb_fail(NB_ECONFIG, "%s: zstd has no level %d",
			       file->path, level);
	return NB_OK;
}

enum nb_err
nb_dump_file_open(struct nb_dump_file *file, int directory, const char *path,
		  bool zstd, int level)
{
	enum nb_err err;

	*file = (struct nb_dump_file){ .fd = -1 };
	err = nb_str_dup(path, &file->path);
	if (err)
		return err;
	file->fd =
		nb_path_open(directory, path, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (file->fd < 0 && errno == EEXIST)
		return NB_ENOTFOUND;
	if (file->fd < 0)
		return nb_fail_errno(nb_fd_write_error(), "%s: cannot make",
				     path);
	err = nb_sha256_new(&file->hash);
	return err || !zstd ? err : prepare_zstd(file, level);
}

static enum nb_err
store(struct nb_dump_file *file, const void *data, size_t n)
{
	if (nb_fd_write(file->fd, data, n))
		return nb_fail_errno(nb_fd_write_error(), "%s: cannot write",
				     file->path);
	nb_sha256_add(file->hash, data, n);
	file->stored += n;
	return NB_OK;
}

/* Compresses N bytes, or the end of the frame. */
static enum nb_err
compress(struct nb_dump_file *file, const void *data, size_t n,
	 ZSTD_EndDirective end)
{
	ZSTD_inBuffer in = { data, n, 0 };
	enum nb_err err = NB_OK;
	bool done = false;

	while (!err && !done) {
		ZSTD_outBuffer out = { file->buffer, file->buffer_size, 0 };
		size_t left = ZSTD_compressStream2(file->zstd, &out, &in, end);

		if (ZSTD_isError(left))
			return nb_fail(NB_EFAIL, "%s: cannot compress: %s",
				       file->path, ZSTD_getErrorName(left));
		if (out.pos)
			err = store(file, out.dst, out.pos);
		done = end == ZSTD_e_end ? left == 0 : in.pos == in.size;
	}
	return err;
}

void
nb_tail_add(char *tail, size_t *length, const void *data, size_t n)
{
	size_t keep;

	if (n >= NB_DUMP_TAIL) {
		memcpy(tail, (const char *)data + n - NB_DUMP_TAIL,
		       NB_DUMP_TAIL);
		*length = NB_DUMP_TAIL;
		return;
	}
	keep = *length + n > NB_DUMP_TAIL ? NB_DUMP_TAIL - n : *length;
	memmove(tail, tail + *length - keep, keep);
	memcpy(tail + keep, data, n);
	*length = keep + n;
}

enum nb_err
nb_dump_file_write(struct nb_dump_file *file, const void *data, size_t n)
{
	file->raw += n;
	nb_tail_add(file->tail, &file->tail_length, data, n);
	return file->zstd ? compress(file, data, n, ZSTD_e_continue)
			  : store(file, data, n);
}

enum nb_err
nb_dump_file_finish(struct nb_dump_file *file)
{
	enum nb_err err = NB_OK;

	if (file->zstd)
		err = compress(file, NULL, 0, ZSTD_e_end);
	if (err)
		return err;
	nb_sha256_finish(file->hash, file->sha256);
	if (close(file->fd))
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot close",
				    file->path);
	file->fd = -1;
	return err;
}

void
nb_dump_file_clear(struct nb_dump_file *file)
{
	if (file->path)
		nb_fd_close(&file->fd);
	nb_sha256_free(file->hash);
	ZSTD_freeCCtx(file->zstd);
	free(file->buffer);
	free(file->path);
	*file = (struct nb_dump_file){ .fd = -1 };
}

struct nb_unpack {
	pthread_t thread;
	const char *path;
	int from, to;
	enum nb_err err;
};

/* NB_ECANCELED: nobody reads any more, which is fine. */
static enum nb_err
unpack_block(struct nb_unpack *u, ZSTD_DCtx *zstd, ZSTD_inBuffer *in,
	     size_t *left)
{
	char buffer[65536];

	while (in->pos < in->size) {
		ZSTD_outBuffer out = { buffer, sizeof buffer, 0 };

		*left = ZSTD_decompressStream(zstd, &out, in);
		if (ZSTD_isError(*left))
			return nb_fail(NB_ECORRUPT, "%s: cannot unpack: %s",
				       u->path, ZSTD_getErrorName(*left));
		if (out.pos && nb_fd_write(u->to, buffer, out.pos))
			return errno == EPIPE
				? NB_ECANCELED
				: nb_fail_errno(NB_EIO, "%s: cannot unpack",
						u->path);
	}
	return NB_OK;
}

static void *
unpack_all(void *arg)
{
	struct nb_unpack *u = arg;
	ZSTD_DCtx *zstd = ZSTD_createDCtx();
	size_t size = ZSTD_DStreamInSize(), left = 1;
	char *buffer = malloc(size);

	if (!zstd || !buffer)
		u->err = nb_fail_memory();
	while (!u->err) {
		ssize_t n = nb_fd_read(u->from, buffer, size);

		if (n < 0)
			u->err = nb_fail_errno(NB_EIO, "%s: cannot read",
					       u->path);
		if (n <= 0)
			break;
		u->err = unpack_block(u, zstd,
				      &(ZSTD_inBuffer){ buffer, (size_t)n, 0 },
				      &left);
	}
	if (!u->err && left)
		u->err = nb_fail(NB_ECORRUPT,
				 "%s: cannot unpack: the end is "
				 "missing",
				 u->path);
	if (u->err == NB_ECANCELED)
		u->err = NB_OK;
	ZSTD_freeDCtx(zstd);
	free(buffer);
	nb_fd_close(&u->from);
	nb_fd_close(&u->to);
	return NULL;
}

enum nb_err
nb_unpack_begin(const char *path, int fd, int *out, struct nb_unpack **unpack)
{
	struct nb_unpack *u = calloc(1, sizeof *u);
	sigset_t all, old;
	int ends[2], failed;

	if (!u) {
		nb_fd_close(&fd);
		return nb_fail_memory();
	}
	if (pipe2(ends, O_CLOEXEC)) {
		nb_fd_close(&fd);
		free(u);
		return nb_fail_errno(NB_EIO, "%s: cannot unpack", path);
	}
	u->path = path;
	u->from = fd;
	u->to = ends[1];
	/* SIGPIPE above all: the reader may end before us. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(&u->thread, NULL, unpack_all, u);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (failed) {
		errno = failed;
		nb_fd_close(&u->from);
		nb_fd_close(&u->to);
		nb_fd_close(&ends[0]);
		free(u);
		return nb_fail_errno(NB_EIO, "%s: cannot unpack", path);
	}
	*out = ends[0];
	*unpack = u;
	return NB_OK;
}

enum nb_err
nb_unpack_end(struct nb_unpack *unpack, int *out)
{
	enum nb_err err;

	nb_fd_close(out);
	pthread_join(unpack->thread, NULL);
	err = unpack->err;
	free(unpack);
	return err;
}
