/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/dump_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"

static enum nb_err
store(void *ctx, const void *data, size_t n)
{
	struct nb_dump_file *file = ctx;

	if (nb_fd_write(file->fd, data, n))
		return nb_fail_errno(nb_fd_write_error(), "%s: cannot write",
				     file->path);
	return NB_OK;
}

static enum nb_err
begin(struct nb_dump_file *file)
{
	return nb_chain_write(&(struct nb_chain_spec){ .object = file->path,
						       .filters = file->filters,
						       .level = file->level,
						       .put = store,
						       .ctx = file },
			      &file->chain);
}

enum nb_err
nb_dump_exists(const char *path)
{
	return nb_fail(NB_ECONFIG,
		       "%s: already exists\nhint: two sources of the job use "
		       "the same name",
		       path);
}

enum nb_err
nb_dump_file_open(struct nb_dump_file *file,
		  const struct nb_dump_file_spec *spec)
{
	enum nb_err err;

	*file = (struct nb_dump_file){ .fd = -1,
				       .filters = spec->filters,
				       .level = spec->level };
	err = nb_str_dup(spec->path, &file->path);
	if (err)
		return err;
	file->fd = nb_path_open(spec->directory, spec->path,
				O_RDWR | O_CREAT | O_EXCL, 0600);
	if (file->fd < 0 && errno == EEXIST && spec->exists) {
		*spec->exists = true;
		return NB_OK;
	}
	if (file->fd < 0 && errno == EEXIST)
		return nb_dump_exists(spec->path);
	if (file->fd < 0)
		return nb_fail_errno(nb_fd_write_error(), "%s: cannot create",
				     spec->path);
	return begin(file);
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
nb_dump_file_restart(struct nb_dump_file *file)
{
	if (ftruncate(file->fd, 0) || lseek(file->fd, 0, SEEK_SET))
		return nb_fail_errno(NB_EIO, "%s: cannot empty", file->path);
	nb_chain_free(file->chain);
	file->chain = NULL;
	file->raw = file->stored = 0;
	file->tail_length = 0;
	return begin(file);
}

static void
take_counts(struct nb_dump_file *file)
{
	file->raw = nb_chain_plain(file->chain);
	file->stored = nb_chain_stored(file->chain);
}

enum nb_err
nb_dump_file_write(struct nb_dump_file *file, const void *data, size_t n)
{
	enum nb_err err;

	nb_tail_add(file->tail, &file->tail_length, data, n);
	err = nb_chain_put(file->chain, data, n);
	take_counts(file);
	return err;
}

enum nb_err
nb_dump_file_finish(struct nb_dump_file *file)
{
	enum nb_err err = nb_chain_finish(file->chain);

	if (err)
		return err;
	take_counts(file);
	memcpy(file->sha256, nb_chain_sha256(file->chain), sizeof file->sha256);
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
	nb_chain_free(file->chain);
	free(file->path);
	*file = (struct nb_dump_file){ .fd = -1 };
}
