/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening the drive's node, or what the overlay describes. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "vdrive/preload/block.h"
#include "vdrive/preload/overlay.h"
#include "vdrive/preload/real.h"

int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int dirfd, const char *path, int flags);
int __openat64_2(int dirfd, const char *path, int flags);

static int
fail(int fd, int error)
{
	close(fd);
	errno = error;
	return -1;
}

/*
 * Opens a path of the overlay.  O_EXCL without O_CREAT is the kernel's
 * exclusive open of a block device; a lock on the node has the same lifetime.
 */
static int
open_overlay(const char *path, int flags)
{
	int given = flags, fd, drive, error;

	flags &= ~(O_CREAT | O_EXCL | O_TRUNC | O_DIRECT | O_APPEND);
	fd = REAL(openat)(AT_FDCWD, path, flags);
	drive = fd < 0 ? -1 : vf_drive_of(fd);
	if (drive < 0)
		return fd;
	if ((given & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return fail(fd, EEXIST);
	if (given & O_DIRECTORY)
		return fail(fd, ENOTDIR);
	if (given & O_PATH)
		return fd;
	if ((given & O_EXCL) && flock(fd, LOCK_EX | LOCK_NB))
		return fail(fd, EBUSY);
	if (!(given & O_NONBLOCK)) {
		error = vf_block_open(drive, given);
		if (error)
			return fail(fd, error);
	}
	return fd;
}

/* A link elsewhere may point to a recorder of this machine. */
static bool
is_real_recorder(int fd)
{
	struct stat st;

	return !REAL(fstat)(fd, &st)
		&& ((S_ISBLK(st.st_mode) && major(st.st_rdev) == 11)
		    || (S_ISCHR(st.st_mode) && major(st.st_rdev) == 21));
}

static int
open_any(int dirfd, const char *path, int flags, mode_t mode)
{
	char buf[PATH_MAX];
	const char *use;
	int fd;

	if (!vf_overlay_ready())
		return REAL(openat)(dirfd, path, flags, mode);
	use = vf_overlay_path(dirfd, path, buf);
	if (use != path)
		return open_overlay(use, flags);
	use = flags & O_NOFOLLOW ? NULL : vf_overlay_chase(dirfd, path, buf);
	if (use)
		return open_overlay(use, flags);
	fd = REAL(openat)(dirfd, path, flags, mode);
	if (fd >= 0 && is_real_recorder(fd))
		return fail(fd, ENOENT);
	if (fd >= 0 && (flags & (O_EXCL | O_CREAT)) == O_EXCL
	    && vf_drive_of(fd) >= 0 && flock(fd, LOCK_EX | LOCK_NB))
		return fail(fd, EBUSY);
	return fd;
}

static mode_t
mode_of(int flags, va_list ap)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE
		? (mode_t)va_arg(ap, unsigned int)
		: 0;
}

#define OPEN_WITH(dirfd)           \
	va_list ap;                \
	mode_t mode;               \
	va_start(ap, flags);       \
	mode = mode_of(flags, ap); \
	va_end(ap);                \
	return open_any(dirfd, path, flags, mode)

VF_EXPORT int
open(const char *path, int flags, ...)
{
	OPEN_WITH(AT_FDCWD);
}

VF_EXPORT int
open64(const char *path, int flags, ...)
{
	OPEN_WITH(AT_FDCWD);
}

VF_EXPORT int
openat(int dirfd, const char *path, int flags, ...)
{
	OPEN_WITH(dirfd);
}

VF_EXPORT int
openat64(int dirfd, const char *path, int flags, ...)
{
	OPEN_WITH(dirfd);
}

VF_EXPORT int
creat(const char *path, mode_t mode)
{
	return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

VF_EXPORT int
creat64(const char *path, mode_t mode)
{
	return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

VF_EXPORT int
__open_2(const char *path, int flags)
{
	return open_any(AT_FDCWD, path, flags, 0);
}

VF_EXPORT int
__open64_2(const char *path, int flags)
{
	return open_any(AT_FDCWD, path, flags, 0);
}

VF_EXPORT int
__openat_2(int dirfd, const char *path, int flags)
{
	return open_any(dirfd, path, flags, 0);
}

VF_EXPORT int
__openat64_2(int dirfd, const char *path, int flags)
{
	return open_any(dirfd, path, flags, 0);
}
