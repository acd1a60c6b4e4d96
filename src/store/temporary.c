/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "model/backup_id.h"

#define LOCK ".lock"
#define UNLOCKED ".lock.new" /* until it is locked */
#define FORM "restore.XXXXXX"

/* ---- making ---- */

/* The name LOCK appears when it is locked, so that nobody finds it free. */
static int
lock_directory(int dir)
{
	int fd = openat(dir, UNLOCKED,
			O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);

	if (fd < 0)
		return -1;
	if (!flock(fd, LOCK_EX | LOCK_NB)
	    && !renameat(dir, UNLOCKED, dir, LOCK))
		return fd;
	nb_fd_close(&fd);
	unlinkat(dir, UNLOCKED, 0);
	return -1;
}

enum nb_err
nb_temporary_make(const char *parent, struct nb_temporary **out)
{
	struct nb_temporary *t = calloc(1, sizeof *t);
	enum nb_err err;

	if (!t)
		return nb_fail_memory();
	t->dir = t->lock = -1;
	err = nb_path_join(parent, FORM, &t->path);
	if (!err && !mkdtemp(t->path))
		err = nb_fail_errno(nb_fd_write_error(),
				    "%s: cannot create a directory", parent);
	if (err) {
		nb_temporary_close(t);
		return err;
	}
	t->dir = open(t->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (t->dir < 0 || fchmod(t->dir, 0711)) {
		err = nb_fail_errno(NB_EIO, "%s: cannot open", t->path);
		rmdir(t->path);
		nb_temporary_close(t);
		return err;
	}
	t->lock = lock_directory(t->dir);
	*out = t;
	return NB_OK;
}

enum nb_err
nb_temporary_rename(struct nb_temporary *temporary, const char *name)
{
	char *slash = strrchr(temporary->path, '/'), *path;
	enum nb_err err =
		nb_str_format(&path, "%.*s/%s", (int)(slash - temporary->path),
			      temporary->path, name);

	if (!err && rename(temporary->path, path))
		err = nb_fail_errno(nb_fd_write_error(), "%s: cannot create",
				    path);
	if (err) {
		free(path);
		return err;
	}
	free(temporary->path);
	temporary->path = path;
	return NB_OK;
}

void
nb_temporary_keep(struct nb_temporary *temporary)
{
	unlinkat(temporary->dir, LOCK, 0);
}

void
nb_temporary_close(struct nb_temporary *temporary)
{
	if (!temporary)
		return;
	nb_fd_close(&temporary->dir);
	nb_fd_close(&temporary->lock);
	free(temporary->path);
	free(temporary);
}

/* ---- removing ---- */

bool
nb_temporary_remove(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return errno == ENOENT;
	good = nb_path_empty(fd, LOCK)
		&& (!unlinkat(fd, LOCK, 0) || errno == ENOENT)
		&& (!rmdir(path) || errno == ENOENT);
	nb_fd_close(&fd);
	return good;
}

static bool
is_partial(const char *name)
{
	const char *end = nb_backup_id_end(name);

	return end && !strcmp(end, NB_TEMPORARY_PARTIAL);
}

/* Others may have such names there, too: then they are theirs. */
static bool
is_own(const char *name, const struct stat *st)
{
	return st->st_uid == geteuid()
		&& (is_partial(name)
		    || (strlen(name) == strlen(FORM)
			&& !strncmp(name, FORM, strcspn(FORM, "X"))));
}

/*
 * Does nobody use the directory DIR any more, which was called NAME?  If a
 * process renames it, or keeps it, and then gives it up, that shows in the
 * names: they are looked at last.
 */
static bool
is_dead(int parent, const char *name, int dir, const struct stat *st)
{
	int lock =
		openat(dir, LOCK, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat is;
	bool dead = lock < 0 ? errno == ENOENT && is_partial(name)
			     : !flock(lock, LOCK_EX | LOCK_NB);

	if (dead && lock >= 0)
		dead = !fstat(lock, &is) && is.st_nlink > 0;
	nb_fd_close(&lock);
	return dead && !fstatat(parent, name, &is, AT_SYMLINK_NOFOLLOW)
		&& is.st_ino == st->st_ino && is.st_dev == st->st_dev;
}

static void
sweep_one(const char *parent, int fd, const char *name)
{
	int dir = openat(fd, name,
			 O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	char *path = NULL;

	if (dir >= 0 && !fstat(dir, &st) && is_own(name, &st)
	    && is_dead(fd, name, dir, &st)
	    && !nb_path_join(parent, name, &path)) {
		if (nb_temporary_remove(path))
			nb_log(NB_NOTE,
			       "%s: removed, a process that died left it",
			       path);
		else
			nb_log(NB_WARNING,
			       "%s: a process that died left it; it cannot be "
			       "removed: %s\nhint: rm -r '%s'",
			       path, strerror(errno), path);
	}
	free(path);
	nb_fd_close(&dir);
}

void
nb_temporary_sweep(const char *parent)
{
	DIR *dir = opendir(parent);
	struct dirent *e;

	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			sweep_one(parent, dirfd(dir), e->d_name);
	if (dir)
		closedir(dir);
}
