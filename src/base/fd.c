/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

void
nb_fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

ssize_t
nb_fd_read(int fd, void *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = read(fd, (char *)buf + done, n - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

int
nb_fd_write(int fd, const void *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t put = write(fd, (const char *)buf + done, n - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		done += (size_t)put;
	}
	return 0;
}

enum nb_err
nb_fd_open_error(void)
{
	return errno == ENOENT || errno == ENOTDIR ? NB_ENOTFOUND : NB_EIO;
}

enum nb_err
nb_fd_write_error(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? NB_EFULL
								    : NB_EIO;
}

enum nb_err
nb_fd_load(int dirfd, const char *name, size_t max, char **text, size_t *length)
{
	enum nb_err err = NB_OK;
	char *buf = NULL;
	struct stat st;
	ssize_t got;
	char size[16];
	int fd;

	fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return NB_ENOTFOUND;
	if (fd < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open", name);
	if (fstat(fd, &st)) {
		err = nb_fail_errno(NB_EIO, "%s: cannot stat", name);
		goto out;
	}
	if ((uintmax_t)st.st_size > max) {
		err = nb_fail(NB_EFULL, "%s: larger than %s", name,
			      nb_str_size(max, size));
		goto out;
	}
	buf = malloc((size_t)st.st_size + 1);
	if (!buf) {
		err = nb_fail_memory();
		goto out;
	}
	got = nb_fd_read(fd, buf, (size_t)st.st_size);
	if (got < 0) {
		err = nb_fail_errno(NB_EIO, "%s: cannot read", name);
		goto out;
	}
	buf[got] = '\0';
	*text = buf;
	*length = (size_t)got;
	buf = NULL;
out:
	free(buf);
	nb_fd_close(&fd);
	return err;
}

enum nb_err
nb_fd_sync_dir(int dirfd, const char *path)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int bad = fd < 0 || fsync(fd);

	nb_fd_close(&fd);
	return bad ? nb_fail_errno(NB_EIO, "%s: cannot sync", path) : NB_OK;
}

/* The directory part of NAME, or ".". */
static enum nb_err
directory_of(const char *name, char **out)
{
	const char *end = name;

	for (const char *p = name; *p; p++)
		if (*p == '/')
			end = p;
	if (end == name)
		return nb_str_dup(*name == '/' ? "/" : ".", out);
	return nb_str_format(out, "%.*s", (int)(end - name), name);
}

enum nb_err
nb_fd_save(int dirfd, const char *name, const void *data, size_t n, mode_t mode)
{
	char *temporary = NULL, *directory = NULL;
	enum nb_err err;
	int fd = -1;

	err = nb_str_format(&temporary, "%s.new", name);
	if (!err)
		err = directory_of(name, &directory);
	if (err)
		goto out;
	fd = openat(dirfd, temporary,
		    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		    mode);
	if (fd < 0 || fchmod(fd, mode) || nb_fd_write(fd, data, n)
	    || fsync(fd)) {
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot write",
				    temporary);
		goto out;
	}
	if (renameat(dirfd, temporary, dirfd, name)) {
		err = nb_fail_errno(NB_EIO, "%s: cannot rename", temporary);
		goto out;
	}
	err = nb_fd_sync_dir(dirfd, directory);
out:
	if (err && fd >= 0)
		unlinkat(dirfd, temporary, 0);
	nb_fd_close(&fd);
	free(temporary);
	free(directory);
	return err;
}
