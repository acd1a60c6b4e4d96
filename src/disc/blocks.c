/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

struct file_blocks {
	struct nb_blocks blocks;  /* first, so that one is the other */
	int fd;
	char name[];
};

enum nb_err
nb_blocks_pread(const char *name, int fd, uint32_t lba, uint32_t count,
		void *buf)
{
	size_t n = (size_t)count * NB_BLOCK, done = 0;

	while (done < n) {
		off_t at = (off_t)lba * NB_BLOCK + (off_t)done;
		ssize_t got = pread(fd, (char *)buf + done, n - done, at);
		uint32_t block = (uint32_t)(lba + done / NB_BLOCK);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return nb_fail_errno(NB_EIO, "%s: cannot read block %u",
					     name, block);
		if (got == 0)
			return nb_fail(NB_EIO, "%s: block %u is behind the end",
				       name, block);
		done += (size_t)got;
	}
	return NB_OK;
}

static enum nb_err
file_read(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	struct file_blocks *file = (struct file_blocks *)blocks;

	return nb_blocks_pread(file->name, file->fd, lba, count, buf);
}

static void
file_free(struct nb_blocks *blocks)
{
	struct file_blocks *file = (struct file_blocks *)blocks;

	nb_fd_close(&file->fd);
	free(file);
}

enum nb_err
nb_blocks_open_file(const char *path, struct nb_blocks **out)
{
	size_t n = strlen(path) + 1;
	struct file_blocks *file;
	enum nb_err err = NB_OK;
	struct stat st;

	file = calloc(1, sizeof *file + n);
	if (!file)
		return nb_fail_memory();
	memcpy(file->name, path, n);
	file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file->fd < 0)
		err = nb_fail_errno(NB_EIO, "%s: cannot open", path);
	else if (fstat(file->fd, &st))
		err = nb_fail_errno(NB_EIO, "%s: cannot stat", path);
	else if (!S_ISREG(st.st_mode))
		err = nb_fail(NB_EIO, "%s: not a regular file", path);
	if (err) {
		file_free(&file->blocks);
		return err;
	}
	file->blocks.read = file_read;
	file->blocks.free = file_free;
	file->blocks.count = (uint64_t)st.st_size / NB_BLOCK;
	file->blocks.name = file->name;
	*out = &file->blocks;
	return NB_OK;
}
