/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/tree/private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "model/record/file_flags.h"
#include "source/tree/look.h"

/* Limits for the attributes of a file, and for one of them (linux/limits.h). */
#define NAMES_MAX 65536
#define VALUE_MAX 65536
/* Limit for all of them, in bytes: a reader must accept the line of the
 * manifest.  What is beyond is left out, and told. */
#define TOTAL_MAX ((size_t)384 * 1024)
/* A file may have millions of holes; restoring it with only the first ones does
 * no harm. */
#define HOLES_MAX 2000
/* There are thousands of them in /proc. */
#define EMPTY_TOLD 10
/* No file system has a hole in a file of one block. */
#define HOLE_LEAST 4096

static enum nb_entry_type
type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return NB_ENTRY_DIR;
	case S_IFLNK:
		return NB_ENTRY_SYMLINK;
	case S_IFIFO:
		return NB_ENTRY_FIFO;
	case S_IFCHR:
		return NB_ENTRY_CHAR;
	case S_IFBLK:
		return NB_ENTRY_BLOCK;
	case S_IFSOCK:
		return NB_ENTRY_SOCKET;
	default:
		return NB_ENTRY_FILE;
	}
}

void
nb_tree_take_stat(struct nb_entry *e, const struct stat *st)
{
	e->type = type_of(st->st_mode);
	e->mode = st->st_mode & 07777;
	e->uid = st->st_uid;
	e->gid = st->st_gid;
	e->mtime = st->st_mtim.tv_sec;
	e->mtime_ns = (uint32_t)st->st_mtim.tv_nsec;
	if (e->type == NB_ENTRY_CHAR || e->type == NB_ENTRY_BLOCK)
		e->rdev = st->st_rdev;
	if (e->type != NB_ENTRY_DIR && st->st_nlink > 1) {
		e->dev = st->st_dev;
		e->ino = st->st_ino;
		e->links = st->st_nlink;
	}
	if (e->type != NB_ENTRY_FILE)
		return;
	e->inode = st->st_ino;
	e->ctime = st->st_ctim.tv_sec;
	e->ctime_ns = (uint32_t)st->st_ctim.tv_nsec;
	e->size = (uint64_t)st->st_size;
	e->content = e->size ? NB_CONTENT_ROOT : NB_CONTENT_NONE;
}

static enum nb_err
read_link(struct nb_walk *w, int dir, const char *name, struct nb_entry *e)
{
	char target[PATH_MAX + 1];
	ssize_t n = readlinkat(dir, name, target, sizeof target - 1);

	/* No longer a link: that one vanished. */
	if (n < 0 && errno == EINVAL)
		errno = ENOENT;
	if (n < 0)
		return nb_tree_failed(w, "read the link", e->root_path);
	target[n] = '\0';
	return nb_str_dup(target, &e->target);
}

/* What belongs to the file, not to the file system that contains it. */
static bool
is_ours(const char *name)
{
	static const char *const begins[] = {
		"user.",
		"security.",
		"trusted.",
		"system.posix_acl_",
	};

	for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
		if (!strncmp(name, begins[i], strlen(begins[i])))
			return true;
	return false;
}

static enum nb_err
read_xattr(const char *path, const char *name, struct nb_entry *e)
{
	struct nb_xattr x = { NULL, NULL, 0 };
	uint8_t value[VALUE_MAX];
	ssize_t n = lgetxattr(path, name, value, sizeof value);
	size_t total = 0;
	enum nb_err err;

	for (size_t i = 0; i < e->xattrs.count; i++)
		total += e->xattrs.at[i].size;
	if ((n > 0 && total + (size_t)n > TOTAL_MAX)
	    || (n < 0 && (errno == E2BIG || errno == ERANGE))) {
		e->xattrs_cut = true;
		return NB_OK;
	}
	/* Removed in the meantime, or only visible to the file system
	 * itself. */
	if (n < 0)
		return errno == ENODATA || errno == EPERM || errno == EACCES
			? NB_OK
			: NB_ESOURCE;
	err = nb_str_dup(name, &x.name);
	x.size = (size_t)n;
	x.value = malloc(x.size + 1);
	if (!err && !x.value)
		err = nb_fail_memory();
	if (!err) {
		memcpy(x.value, value, x.size);
		err = nb_array_push(&e->xattrs, x);
	}
	if (err) {
		free(x.name);
		free(x.value);
	}
	return err;
}

static int
by_name(const void *a, const void *b)
{
	const struct nb_xattr *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Without /proc, every file seems to have vanished. */
static enum nb_err
attributes_failed(struct nb_walk *w, int dir, const char *path)
{
	int number = errno;
	char proc[64];

	snprintf(proc, sizeof proc, "/proc/self/fd/%d", dir);
	if (nb_tree_is_gone(number) && access(proc, F_OK))
		number = ENOSYS;
	errno = number;
	return nb_tree_failed(w, "read the extended attributes of", path);
}

/* Through /proc, because neither a link nor a device can be opened, and a path
 * from the top might lead elsewhere by now. */
static enum nb_err
read_xattrs(struct nb_walk *w, int dir, const char *name, struct nb_entry *e)
{
	char path[64 + NAME_MAX], names[NAMES_MAX];
	enum nb_err err = NB_OK;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/self/fd/%d/%s", dir, name);
	n = llistxattr(path, names, sizeof names);
	if (n < 0 && (errno == E2BIG || errno == ERANGE)) {
		e->xattrs_cut = true;
		return NB_OK;
	}
	if (n < 0 && errno == ENOTSUP)
		return NB_OK;
	for (ssize_t i = 0; !err && i < n; i += (ssize_t)strlen(names + i) + 1)
		if (is_ours(names + i))
			err = read_xattr(path, names + i, e);
	if (n < 0 || err == NB_ESOURCE)
		return attributes_failed(w, dir, e->root_path);
	if (e->xattrs.count)
		qsort(e->xattrs.at, e->xattrs.count, sizeof *e->xattrs.at,
		      by_name);
	return err;
}

/* A file system that cannot tell reports that there are none. */
static enum nb_err
find_holes(int fd, struct nb_entry *e)
{
	off_t size = (off_t)e->size, at = 0, data;
	enum nb_err err = NB_OK;

	while (!err && e->holes.count < HOLES_MAX && at < size) {
		struct nb_range hole;

		at = lseek(fd, at, SEEK_HOLE);
		if (at < 0 || at >= size)
			break;
		data = lseek(fd, at, SEEK_DATA);
		if (data < 0 && errno != ENXIO)
			break;
		if (data < 0 || data > size)
			data = size;
		hole.at = (uint64_t)at;
		hole.bytes = (uint64_t)(data - at);
		err = nb_array_push(&e->holes, hole);
		at = data;
	}
	return err;
}

/* A file system without flags has none. */
static void
read_flags(int fd, struct nb_entry *e)
{
	int flags = 0;

	if (!ioctl(fd, FS_IOC_GETFLAGS, &flags))
		e->flags = nb_file_flags_known((uint32_t)flags);
}

/* Files as those of /proc have content, but no size. */
static enum nb_err
look_for_content(struct nb_walk *w, int fd, const struct nb_entry *e)
{
	struct stat st;
	char byte;

	/* Twice: one that is written anew may be empty in between. */
	for (int i = 0; i < 2; i++)
		if (pread(fd, &byte, 1, 0) != 1 || fstat(fd, &st) || st.st_size)
			return NB_OK;
	if (w->empty++ < EMPTY_TOLD)
		nb_log(NB_ERROR,
		       "%s: %s: has content, but no size; it is empty in the "
		       "backup\nhint: exclude it",
		       w->object, e->root_path);
	return nb_manifest_source_note(&w->record, NB_NOTE_UNREADABLE,
				       e->root_path, 0);
}

static enum nb_err
inspect_file(struct nb_walk *w, int dir, const char *name,
	     const struct stat *st, struct nb_entry *e)
{
	enum nb_err err = NB_OK;
	int fd;

	if (w->probe && faccessat(dir, name, R_OK, AT_EACCESS))
		return nb_tree_failed(w, "read", e->root_path);
	fd = nb_tree_open(w, dir, name, e->root_path);
	/* It has become a link, and so vanished. */
	if (fd < 0 && errno == ELOOP)
		errno = ENOENT;
	if (fd < 0)
		return nb_tree_failed(w, "open", e->root_path);
	read_flags(fd, e);
	if (!e->size)
		err = look_for_content(w, fd, e);
	/* The blocks of attributes are counted as those of the file: a file
	 * that has enough blocks for its size may nevertheless have a hole. */
	if (!err && (!st->st_blocks || st->st_size > HOLE_LEAST))
		err = find_holes(fd, e);
	nb_fd_close(&fd);
	return err;
}

static void
inspect_directory(int dir, const char *name, struct nb_entry *e)
{
	int fd = openat(dir, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		read_flags(fd, e);
	nb_fd_close(&fd);
}

enum nb_err
nb_tree_inspect(struct nb_walk *w, int dir, const char *name,
		const struct stat *st, struct nb_entry *e)
{
	enum nb_err err = NB_OK;

	if (e->type == NB_ENTRY_SYMLINK)
		err = read_link(w, dir, name, e);
	else if (e->type == NB_ENTRY_FILE)
		err = inspect_file(w, dir, name, st, e);
	else if (e->type == NB_ENTRY_DIR)
		inspect_directory(dir, name, e);
	if (!err)
		err = read_xattrs(w, dir, name, e);
	if (!err && e->xattrs_cut)
		nb_log(NB_WARNING,
		       "%s: %s: more extended attributes than a backup holds: "
		       "some are left out",
		       w->object, e->root_path);
	return err;
}
