/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/drive/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fd.h"

/* Opens for writing, or for reading where that is not allowed. */
static int
open_either(const char *path, bool *read_only)
{
	int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int fd = open(path, O_RDWR | flags);

	*read_only =
		fd < 0 && (errno == EACCES || errno == EROFS || errno == EPERM);
	return *read_only ? open(path, O_RDONLY | flags) : fd;
}

static enum nb_err
not_regular(const char *path)
{
	return nb_fail(NB_EUSAGE,
		       "stdio:%s: not a regular file\n"
		       "hint: stdio: is for files; name a recorder without it",
		       path);
}

enum nb_err
nb_drive_stdio_open(struct nb_drive *drive)
{
	enum nb_err err = NB_OK;
	bool read_only;
	char *path;
	struct stat st;
	int fd;

	if (stat(drive->configured, &st)) {
		if (errno == ENOENT)
			return NB_OK;
		return nb_fail_errno(NB_EIO, "%s: cannot stat",
				     drive->configured);
	}
	/* Opening a device can have side effects: check first. */
	if (!S_ISREG(st.st_mode))
		return not_regular(drive->configured);
	path = realpath(drive->configured, NULL);
	if (!path)
		return nb_fail_errno(NB_EIO, "%s: cannot resolve",
				     drive->configured);
	fd = open_either(path, &read_only);
	if (fd < 0)
		err = nb_fail_errno(NB_EIO, "%s: cannot open", path);
	else if (fstat(fd, &st))
		err = nb_fail_errno(NB_EIO, "%s: cannot stat", path);
	else if (!S_ISREG(st.st_mode))
		err = not_regular(path);
	else if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		err = nb_fail(NB_ELOCKED, "%s: in use by another program",
			      path);
	if (err) {
		nb_fd_close(&fd);
		free(path);
		return err;
	}
	free(drive->path);
	drive->path = path;
	drive->fd = fd;
	drive->read_only = read_only;
	return NB_OK;
}

enum nb_err
nb_drive_stdio_size(struct nb_drive *drive, uint64_t *blocks)
{
	struct stat st;

	if (fstat(drive->fd, &st))
		return nb_fail_errno(NB_EIO, "%s: cannot stat", drive->path);
	*blocks = (uint64_t)st.st_size / NB_BLOCK;
	return NB_OK;
}

enum nb_err
nb_drive_stdio_capacity(struct nb_drive *drive, struct nb_medium *m)
{
	struct statvfs fs;
	struct stat st;
	uint64_t bytes;

	if (fstat(drive->fd, &st) || fstatvfs(drive->fd, &fs))
		return nb_fail_errno(NB_EIO, "%s: cannot stat", drive->path);
	/* Space that the file has allocated already (in units of 512 bytes,
	 * stat(2)) can be reused. */
	bytes = (uint64_t)fs.f_bavail * fs.f_frsize
		+ (uint64_t)st.st_blocks * 512;
	m->cramped = !drive->capacity || bytes < drive->capacity;
	if (!m->cramped)
		bytes = drive->capacity;
	m->capacity = bytes / NB_BLOCK;
	if (m->capacity > NB_STDIO_BLOCKS_MAX)
		m->capacity = NB_STDIO_BLOCKS_MAX;
	return NB_OK;
}

enum nb_err
nb_drive_stdio_judge(struct nb_drive *drive, struct nb_probe *probe)
{
	struct stat st;

	if (fstat(drive->fd, &st))
		return nb_fail_errno(NB_EIO, "%s: cannot stat", drive->path);
	/* Blanking writes up to the anchor, and that first. */
	if (st.st_size
	    && (!probe->marked
		|| st.st_size <= (off_t)NB_PROBE_ANCHOR * NB_BLOCK))
		probe->blank = false;
	return NB_OK;
}
