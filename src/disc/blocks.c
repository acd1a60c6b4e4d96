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
	struct nb_blocks blocks; /* first, so that one is the other */
	int fd;
	char name[];
};

uint32_t
nb_blocks_pread(int fd, uint32_t lba, uint32_t count, void *buf)
{
	size_t n = (size_t)count * NB_BLOCK, done = 0;

	while (done < n) {
		off_t at = (off_t)lba * NB_BLOCK + (off_t)done;
		ssize_t got = pread(fd, (char *)buf + done, n - done, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (!got)
			errno = 0;
		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return (uint32_t)(done / NB_BLOCK);
}

enum nb_err
nb_blocks_read(struct nb_blocks *blocks, uint32_t lba, uint32_t count,
	       void *buf)
{
	uint32_t got = blocks->get(blocks, lba, count, buf);

	if (got == count)
		return NB_OK;
	if (errno)
		return nb_fail_errno(NB_EIO, "%s: cannot read block %u",
				     blocks->name, lba + got);
	return nb_fail(NB_EIO, "%s: block %u is beyond the end", blocks->name,
		       lba + got);
}

static uint32_t
file_get(struct nb_blocks *blocks, uint32_t lba, uint32_t count, void *buf)
{
	return nb_blocks_pread(((struct file_blocks *)blocks)->fd, lba, count,
			       buf);
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
	file->blocks.get = file_get;
	file->blocks.free = file_free;
	file->blocks.count = (uint64_t)st.st_size / NB_BLOCK;
	file->blocks.name = file->name;
	*out = &file->blocks;
	return NB_OK;
}
