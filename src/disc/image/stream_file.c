/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/image/stream_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/watchdog.h"
#include "disc/hasher.h"

/*
 * The file is not what was listed.  If this is tolerated, the image contains
 * what can be read, and zeros for the rest, with the hash of these bytes, a
 * warning, and a mark in the manifest.
 */
static enum nb_err
differs(struct nb_stream_file *f, const char *what)
{
	struct nb_entry *e = f->entry;

	if (!e->tolerant)
		return nb_fail(NB_ESOURCE, "%s: %s", e->root_path, what);
	if (!e->torn)
		nb_log(NB_WARNING,
		       "%s: %s; its content on the disc may be inconsistent",
		       e->root_path, what);
	e->torn = true;
	return NB_OK;
}

/* The same if not all of the bytes that were listed are there. */
static enum nb_err
lacks(struct nb_stream_file *f, const char *what)
{
	struct nb_entry *e = f->entry;

	if (!e->tolerant)
		return nb_fail(NB_ESOURCE, "%s: %s", e->root_path, what);
	if (!e->lost)
		nb_log(NB_ERROR,
		       "%s: %s; LOST in this backup: zeros are in its place",
		       e->root_path, what);
	e->torn = e->lost = true;
	return NB_OK;
}

static enum nb_err
lacks_errno(struct nb_stream_file *f)
{
	char what[128];

	snprintf(what, sizeof what, "cannot be read: %s", strerror(errno));
	return lacks(f, what);
}

/* A copy in staging (root 0) has its own times. */
static bool
is_steady(const struct nb_entry *e, const struct stat *st)
{
	return !e->inode || !e->root
		|| (e->mtime == st->st_mtim.tv_sec
		    && e->mtime_ns == (uint32_t)st->st_mtim.tv_nsec
		    && e->ctime == st->st_ctim.tv_sec
		    && e->ctime_ns == (uint32_t)st->st_ctim.tv_nsec
		    && e->inode == st->st_ino);
}

/* Keeps the position of FD. */
static uint64_t
device_size(int fd)
{
	off_t at = lseek(fd, 0, SEEK_CUR), end = lseek(fd, 0, SEEK_END);

	return at < 0 || end < 0 || lseek(fd, at, SEEK_SET) < 0 ? 0
								: (uint64_t)end;
}

/* BEFORE any byte of it was read?  Otherwise all of them were. */
static enum nb_err
check_stat(struct nb_stream_file *f, const struct stat *st, bool before)
{
	const struct nb_entry *e = f->entry;
	char what[128];
	/* A whole device can be a file of a backup, but not one that was found
	 * in a tree. */
	bool device = S_ISBLK(st->st_mode) && !e->inode;
	uint64_t size = device ? device_size(f->fd) : (uint64_t)st->st_size;

	if (!S_ISREG(st->st_mode) && !device)
		return before ? lacks(f, "no longer a regular file")
			      : differs(f, "no longer a regular file");
	if (size != e->size) {
		snprintf(what, sizeof what,
			 "size changed from %llu to %llu bytes",
			 (unsigned long long)e->size, (unsigned long long)size);
		return before && size < e->size ? lacks(f, what)
						: differs(f, what);
	}
	if (is_steady(e, st))
		return NB_OK;
	return differs(f,
		       before ? "changed after it was scanned"
			      : "changed while it was read");
}

/* What is in staging (root 0) is nightburn's own file system. */
static void
watch(const struct nb_stream_file *f)
{
	if (f->entry->root)
		nb_calls_enter(f->calls, "file", f->entry->path);
}

enum nb_err
nb_stream_file_open(struct nb_stream_file *f, const int *roots, size_t count)
{
	const struct nb_entry *e = f->entry;
	struct stat st;
	int64_t began = nb_clock_ms();
	enum nb_err err;
	bool bad;

	if (e->root >= count)
		return nb_fail(NB_EFAIL, "%s: no such root", e->path);
	do {
		watch(f);
		f->fd = nb_path_open(roots[e->root], e->root_path, O_RDONLY, 0);
	} while (f->fd < 0 && nb_path_is_leased(began));
	/* Its content is known to others: zeros would be false. */
	if (f->fd < 0 && errno == EWOULDBLOCK) {
		nb_calls_leave(f->calls);
		return nb_fail_errno(NB_ESOURCE,
				     "%s: a lease keeps it from being read",
				     e->root_path);
	}
	bad = f->fd < 0 || fstat(f->fd, &st);
	nb_calls_leave(f->calls);
	if (bad)
		return lacks_errno(f);
	err = check_stat(f, &st, true);
	if (!S_ISREG(st.st_mode) && (!S_ISBLK(st.st_mode) || e->inode))
		nb_fd_close(&f->fd);
	if (!err && e->size > NB_PIECE)
		posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return err;
}

enum nb_err
nb_stream_file_end(struct nb_stream_file *f)
{
	struct stat st;
	char byte;
	bool more, bad;

	if (f->fd < 0)
		return NB_OK;
	watch(f);
	more = nb_fd_read(f->fd, &byte, 1) == 1;
	bad = fstat(f->fd, &st);
	nb_calls_leave(f->calls);
	if (more)
		return differs(f, "grew while it was read");
	if (bad)
		return differs(f, "cannot be looked at after it was read");
	return check_stat(f, &st, false);
}

enum nb_err
nb_stream_file_take(struct nb_stream_file *f, uint8_t *piece, size_t want)
{
	enum nb_err err = NB_OK;
	ssize_t got;

	watch(f);
	got = f->fd < 0 ? 0 : nb_fd_read(f->fd, piece, want);
	nb_calls_leave(f->calls);
	if (got < 0)
		err = lacks_errno(f);
	else if ((size_t)got < want)
		err = lacks(f, "shrank while it was read");
	if (got < 0)
		got = 0;
	memset(piece + got, 0, want - (size_t)got);
	return err;
}
