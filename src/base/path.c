/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/stop.h"
#include "base/str.h"

/* The kernel takes a lease back after /proc/sys/fs/lease-break-time, 45 s. */
#define LEASE_MS 60000
#define LEASE_PAUSE_MS 100

enum nb_err
nb_path_join(const char *a, const char *b, char **out)
{
	size_t n = strlen(a);

	if (!n)
		return nb_str_dup(b, out);
	while (n > 1 && a[n - 1] == '/')
		n--;
	return nb_str_format(out, "%.*s%s%s", (int)n, a,
			     a[n - 1] == '/' ? "" : "/", b);
}

bool
nb_path_is_safe(const char *path)
{
	const char *p = path;

	for (;;) {
		size_t n = strcspn(p, "/");

		if (n == 0 || (n == 1 && p[0] == '.')
		    || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		if (!p[n])
			return true;
		p += n + 1;
	}
}

/* Opens component by component, each without following links. */
static int
open_by_steps(int root, const char *path, int flags, mode_t mode)
{
	int at = dup(root), next;
	const char *p = path;

	while (at >= 0) {
		char name[NAME_MAX + 1];
		size_t n = strcspn(p, "/");

		if (n > NAME_MAX) {
			nb_fd_close(&at);
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name, p, n);
		name[n] = '\0';
		if (!p[n])
			next = openat(at, name, flags, mode);
		else
			next = openat(at, name,
				      O_PATH | O_DIRECTORY | O_NOFOLLOW
					      | O_CLOEXEC);
		nb_fd_close(&at);
		if (!p[n])
			return next;
		at = next;
		p += n + 1;
	}
	return -1;
}

int
nb_path_open(int root, const char *path, int flags, mode_t mode)
{
	struct open_how how = {
		.flags = (unsigned int)(flags | O_NOFOLLOW | O_CLOEXEC
					| O_NONBLOCK),
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};
	long fd;

	if (strcmp(path, ".") && !nb_path_is_safe(path)) {
		errno = EXDEV;
		return -1;
	}
	fd = syscall(SYS_openat2, root, path, &how, sizeof how);
	/* The kernel takes no path of 4,096 bytes or more at once. */
	if (fd < 0
	    && (errno == ENOSYS || errno == EPERM || errno == ENAMETOOLONG))
		fd = open_by_steps(root, path, (int)how.flags, mode);
	return (int)fd;
}

bool
nb_path_is_leased(int64_t began)
{
	const struct timespec pause = { .tv_nsec = LEASE_PAUSE_MS * 1000000L };

	if (errno != EWOULDBLOCK || nb_clock_ms() - began > LEASE_MS
	    || nb_stop_asked())
		return false;
	nanosleep(&pause, NULL);
	return true;
}

enum nb_err
nb_path_make(int root, const char *path, mode_t mode)
{
	enum nb_err err = NB_OK;
	char *part = NULL, *slash;
	int at = -1;

	if (!nb_path_is_safe(path))
		return nb_fail(NB_EUSAGE, "%s: path is outside of its root",
			       path);
	err = nb_str_dup(path, &part);
	if (err)
		return err;
	at = fcntl(root, F_DUPFD_CLOEXEC, 0);
	for (char *p = part; !err && p; p = slash ? slash + 1 : NULL) {
		int next;
		bool made;

		slash = strchr(p, '/');
		if (slash)
			*slash = '\0';
		made = !mkdirat(at, p, mode);
		if (!made && errno != EEXIST)
			err = nb_fail_errno(nb_fd_write_error(),
					    "%s: cannot create directory",
					    path);
		next = err ? -1
			   : openat(at, p,
				    O_RDONLY | O_DIRECTORY | O_NOFOLLOW
					    | O_CLOEXEC);
		/* Whatever the umask. */
		if (!err && (next < 0 || (made && fchmod(next, mode))))
			err = nb_fail_errno(NB_EIO, "%s: cannot open directory",
					    path);
		nb_fd_close(&at);
		at = next;
	}
	nb_fd_close(&at);
	free(part);
	return err;
}

/* The first LENGTH bytes of PATH become the directory of LAST. */
static enum nb_err
enter(struct nb_parent *last, int root, const char *path, size_t length)
{
	enum nb_err err;

	nb_parent_close(last);
	err = nb_str_format(&last->path, "%.*s", (int)length, path);
	if (!err)
		err = nb_path_make(root, last->path, 0700);
	if (!err)
		last->fd = nb_path_open(root, last->path,
					O_RDONLY | O_DIRECTORY, 0);
	if (!err && last->fd < 0)
		err = nb_fail_errno(NB_EIO, "%s: cannot open its directory",
				    path);
	if (err)
		nb_parent_close(last);
	return err;
}

enum nb_err
nb_parent_open(struct nb_parent *last, int root, const char *path, int *dir,
	       const char **name)
{
	const char *slash = strrchr(path, '/');
	size_t length = slash ? (size_t)(slash - path) : 0;
	enum nb_err err = NB_OK;

	if (slash
	    && (!last->path || strncmp(last->path, path, length)
		|| last->path[length]))
		err = enter(last, root, path, length);
	if (err)
		return err;
	*dir = slash ? last->fd : root;
	*name = slash ? slash + 1 : path;
	return NB_OK;
}

void
nb_parent_close(struct nb_parent *last)
{
	nb_fd_close(&last->fd);
	free(last->path);
	last->path = NULL;
}

/* Empties the directory FD, which it closes, but for the name BUT.  0, or -1
 * with errno. */
static int
empty_directory(int fd, dev_t dev, const char *but)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	int bad = 0;

	if (!dir) {
		nb_fd_close(&fd);
		return -1;
	}
	while (!bad && (e = readdir(dir))) {
		int sub;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..")
		    || (but && !strcmp(e->d_name, but)))
			continue;
		/* Somebody else may be removing it, too. */
		if (!unlinkat(dirfd(dir), e->d_name, 0) || errno == ENOENT)
			continue;
		sub = openat(dirfd(dir), e->d_name,
			     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub >= 0) {
			struct stat st;

			bad = fstat(sub, &st) || st.st_dev != dev;
			if (bad)
				nb_fd_close(&sub);
			else
				bad = empty_directory(sub, dev, NULL);
		}
		bad = bad
			|| (unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR)
			    && errno != ENOENT);
	}
	closedir(dir);
	return bad ? -1 : 0;
}

bool
nb_path_empty(int dir, const char *but)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && !fstat(fd, &st))
		return !empty_directory(fd, st.st_dev, but);
	nb_fd_close(&fd);
	return false;
}

enum nb_err
nb_path_remove(int dirfd, const char *name)
{
	struct stat st;
	int fd, bad = 0;

	if (!unlinkat(dirfd, name, 0) || errno == ENOENT)
		return NB_OK;
	fd = openat(dirfd, name,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		nb_fd_close(&fd);
		return nb_fail_errno(NB_EIO, "%s: cannot remove", name);
	}
	bad = empty_directory(fd, st.st_dev, NULL);
	if (bad || (unlinkat(dirfd, name, AT_REMOVEDIR) && errno != ENOENT))
		return nb_fail_errno(NB_EIO, "%s: cannot remove", name);
	return NB_OK;
}

enum nb_err
nb_path_encode(const char *name, char **out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	struct nb_str s = NB_STR_INIT;

	for (const char *p = name; *p; p++) {
		if (strchr(plain, *p) && !(p == name && *p == '.'))
			nb_str_add_bytes(&s, p, 1);
		else
			nb_str_addf(&s, "%%%02X", (unsigned char)*p);
	}
	return nb_str_take(&s, out);
}
