/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "model/config/config.h"

#define MAX_BYTES (1024 * 1024)

/* Only root and the caller can change it; the group root counts as root. */
static bool
others_may_write(const struct stat *st)
{
	return st->st_mode & S_IWOTH || (st->st_mode & S_IWGRP && st->st_gid);
}

static enum nb_err
check_owner(const char *path, const struct stat *st)
{
	if (!st->st_uid || st->st_uid == geteuid())
		return NB_OK;
	return nb_fail(NB_ECONFIG,
		       "%s: belongs to user %u; expected root or "
		       "user %u\nhint: chown root %s",
		       path, (unsigned)st->st_uid, (unsigned)geteuid(), path);
}

static enum nb_err
check_directory(const char *file, const char *path)
{
	struct stat st;
	enum nb_err err;

	if (stat(path, &st))
		return nb_fail_errno(NB_ECONFIG, "%s: %s", file, path);
	err = check_owner(path, &st);
	if (!err && others_may_write(&st) && !(st.st_mode & S_ISVTX))
		err = nb_fail(NB_ECONFIG,
			      "%s: the directory %s is writable by "
			      "others\nhint: chmod go-w %s",
			      file, path, path);
	return err;
}

/* Checks every directory above PATH, which is absolute and is modified. */
static enum nb_err
check_above(const char *file, char *path)
{
	enum nb_err err = NB_OK;
	char *slash;

	while (!err && (slash = strrchr(path, '/'))) {
		*slash = '\0';
		err = check_directory(file, *path ? path : "/");
	}
	return err;
}

/* Checks the path of FILE as given, and as resolved. */
static enum nb_err
check_ways(const char *file)
{
	char *real = realpath(file, NULL), *cwd = NULL, *named = NULL;
	enum nb_err err;

	if (!real)
		return nb_fail_errno(NB_ECONFIG, "%s: cannot open", file);
	if (*file != '/')
		cwd = getcwd(NULL, 0);
	err = nb_str_format(&named, "%s%s%s", cwd ? cwd : "", cwd ? "/" : "",
			    file);
	if (!err)
		err = check_above(file, named);
	if (!err)
		err = check_above(file, real);
	free(real);
	free(cwd);
	free(named);
	return err;
}

static enum nb_err
check_file(const char *file, int fd)
{
	struct stat st;
	char size[16];
	enum nb_err err;

	if (fstat(fd, &st))
		return nb_fail_errno(NB_ECONFIG, "%s: cannot stat", file);
	if (!S_ISREG(st.st_mode))
		return nb_fail(NB_ECONFIG, "%s: not a regular file", file);
	if (st.st_size > MAX_BYTES)
		return nb_fail(NB_ECONFIG, "%s: larger than %s", file,
			       nb_str_size(MAX_BYTES, size));
	err = check_owner(file, &st);
	if (!err && others_may_write(&st))
		err = nb_fail(NB_ECONFIG,
			      "%s: writable by others\n"
			      "hint: chmod go-w %s",
			      file, file);
	return err ? err : check_ways(file);
}

static enum nb_err
read_text(const char *file, int fd, char *text)
{
	ssize_t got = nb_fd_read(fd, text, MAX_BYTES);

	if (got < 0)
		return nb_fail_errno(NB_ECONFIG, "%s: cannot read", file);
	text[got] = '\0';
	if (memchr(text, '\0', (size_t)got))
		return nb_fail(NB_ECONFIG,
			       "%s: contains a zero byte; expected text", file);
	return NB_OK;
}

enum nb_err
nb_config_load(const char *file, const struct nb_source_kind *const *kinds,
	       struct nb_config **out)
{
	char *text = NULL;
	enum nb_err err;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return nb_fail_errno(NB_ECONFIG, "%s: cannot open", file);
	err = check_file(file, fd);
	if (err)
		goto out;
	text = malloc(MAX_BYTES + 1);
	err = text ? read_text(file, fd, text) : nb_fail_memory();
	if (!err)
		err = nb_config_parse(file, text, kinds, out);
out:
	free(text);
	nb_fd_close(&fd);
	return err;
}
