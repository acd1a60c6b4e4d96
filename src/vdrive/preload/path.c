/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions on paths that are not opened: stat, access, readlink, realpath. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "vdrive/preload/overlay.h"
#include "vdrive/preload/real.h"

int __xstat(int version, const char *path, struct stat *st);
int __xstat64(int version, const char *path, struct stat64 *st);
int __lxstat(int version, const char *path, struct stat *st);
int __lxstat64(int version, const char *path, struct stat64 *st);
int __fxstat(int version, int fd, struct stat *st);
int __fxstat64(int version, int fd, struct stat64 *st);
int __fxstatat(int version, int fd, const char *path, struct stat *st,
	       int flags);
int __fxstatat64(int version, int fd, const char *path, struct stat64 *st,
		 int flags);
ssize_t __readlink_chk(const char *path, char *buf, size_t n, size_t size);
ssize_t __readlinkat_chk(int dirfd, const char *path, char *buf, size_t n,
			 size_t size);
char *__realpath_chk(const char *path, char *out, size_t size);

/* The path for calls that follow links (FOLLOW) or do not. */
static const char *
path_for(int dirfd, const char *path, bool follow, char buf[PATH_MAX])
{
	const char *use = vf_overlay_path(dirfd, path, buf), *other;

	if (use != path || !follow || !vf_overlay_ready())
		return use;
	other = vf_overlay_chase(dirfd, path, buf);
	return other ? other : path;
}

static int
stat_any(int dirfd, const char *path, struct stat *st, int flags)
{
	char buf[PATH_MAX];
	const char *use =
		path_for(dirfd, path, !(flags & AT_SYMLINK_NOFOLLOW), buf);
	int result = REAL(fstatat)(dirfd, use, st, flags);
	int drive = result ? -1 : vf_drive_of_stat(st);

	if (drive >= 0)
		vf_overlay_stat(drive, st);
	return result;
}

static int
fstat_any(int fd, struct stat *st)
{
	int result = REAL(fstat)(fd, st);
	int drive = result ? -1 : vf_drive_of_stat(st);

	if (drive >= 0)
		vf_overlay_stat(drive, st);
	return result;
}

/* On 64-bit systems, the only ones supported here, both structures are the
 * same. */
_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "64 bits");
#define SAME(st) ((struct stat *)(void *)(st))

VF_EXPORT int
stat(const char *restrict path, struct stat *restrict st)
{
	return stat_any(AT_FDCWD, path, st, 0);
}

VF_EXPORT int
stat64(const char *restrict path, struct stat64 *restrict st)
{
	return stat_any(AT_FDCWD, path, SAME(st), 0);
}

VF_EXPORT int
lstat(const char *restrict path, struct stat *restrict st)
{
	return stat_any(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

VF_EXPORT int
lstat64(const char *restrict path, struct stat64 *restrict st)
{
	return stat_any(AT_FDCWD, path, SAME(st), AT_SYMLINK_NOFOLLOW);
}

VF_EXPORT int
fstat(int fd, struct stat *st)
{
	return fstat_any(fd, st);
}

VF_EXPORT int
fstat64(int fd, struct stat64 *st)
{
	return fstat_any(fd, SAME(st));
}

VF_EXPORT int
fstatat(int dirfd, const char *restrict path, struct stat *restrict st,
	int flags)
{
	return stat_any(dirfd, path, st, flags);
}

VF_EXPORT int
fstatat64(int dirfd, const char *restrict path, struct stat64 *restrict st,
	  int flags)
{
	return stat_any(dirfd, path, SAME(st), flags);
}

VF_EXPORT int
__xstat(int version, const char *path, struct stat *st)
{
	(void)version;
	return stat_any(AT_FDCWD, path, st, 0);
}

VF_EXPORT int
__xstat64(int version, const char *path, struct stat64 *st)
{
	(void)version;
	return stat_any(AT_FDCWD, path, SAME(st), 0);
}

VF_EXPORT int
__lxstat(int version, const char *path, struct stat *st)
{
	(void)version;
	return stat_any(AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW);
}

VF_EXPORT int
__lxstat64(int version, const char *path, struct stat64 *st)
{
	(void)version;
	return stat_any(AT_FDCWD, path, SAME(st), AT_SYMLINK_NOFOLLOW);
}

VF_EXPORT int
__fxstat(int version, int fd, struct stat *st)
{
	(void)version;
	return fstat_any(fd, st);
}

VF_EXPORT int
__fxstat64(int version, int fd, struct stat64 *st)
{
	(void)version;
	return fstat_any(fd, SAME(st));
}

VF_EXPORT int
__fxstatat(int version, int fd, const char *path, struct stat *st, int flags)
{
	(void)version;
	return stat_any(fd, path, st, flags);
}

VF_EXPORT int
__fxstatat64(int version, int fd, const char *path, struct stat64 *st,
	     int flags)
{
	(void)version;
	return stat_any(fd, path, SAME(st), flags);
}

VF_EXPORT int
statx(int dirfd, const char *restrict path, int flags, unsigned int mask,
      struct statx *restrict st)
{
	char buf[PATH_MAX];
	const char *use =
		path_for(dirfd, path, !(flags & AT_SYMLINK_NOFOLLOW), buf);
	int result = REAL(statx)(dirfd, use, flags,
				 mask | STATX_INO | STATX_TYPE, st);
	struct stat plain = { 0 };
	int drive;

	if (result)
		return result;
	plain.st_mode = st->stx_mode;
	plain.st_ino = st->stx_ino;
	plain.st_dev = makedev(st->stx_dev_major, st->stx_dev_minor);
	drive = vf_drive_of_stat(&plain);
	if (drive < 0)
		return 0;
	vf_overlay_stat(drive, &plain);
	st->stx_mode = (uint16_t)plain.st_mode;
	st->stx_rdev_major = major(plain.st_rdev);
	st->stx_rdev_minor = minor(plain.st_rdev);
	st->stx_size = st->stx_blocks = 0;
	return 0;
}

VF_EXPORT int
access(const char *path, int mode)
{
	char buf[PATH_MAX];

	return REAL(access)(path_for(AT_FDCWD, path, true, buf), mode);
}

VF_EXPORT int
euidaccess(const char *path, int mode)
{
	char buf[PATH_MAX];

	return REAL(euidaccess)(path_for(AT_FDCWD, path, true, buf), mode);
}

VF_EXPORT int
eaccess(const char *path, int mode)
{
	char buf[PATH_MAX];

	return REAL(eaccess)(path_for(AT_FDCWD, path, true, buf), mode);
}

VF_EXPORT int
faccessat(int dirfd, const char *path, int mode, int flags)
{
	char buf[PATH_MAX];

	path = path_for(dirfd, path, !(flags & AT_SYMLINK_NOFOLLOW), buf);
	return REAL(faccessat)(dirfd, path, mode, flags);
}

VF_EXPORT ssize_t
readlinkat(int dirfd, const char *restrict path, char *restrict out, size_t n)
{
	char buf[PATH_MAX], link[PATH_MAX];
	ssize_t got;

	if (!vf_overlay_ready())
		return REAL(readlinkat)(dirfd, path, out, n);
	path = vf_overlay_path(dirfd, path, buf);
	got = REAL(readlinkat)(dirfd, path, link, sizeof link - 1);
	if (got < 0)
		return got;
	link[got] = '\0';
	vf_overlay_reveal(link);
	got = (ssize_t)strlen(link);
	if ((size_t)got > n)
		got = (ssize_t)n;
	memcpy(out, link, (size_t)got);
	return got;
}

VF_EXPORT ssize_t
readlink(const char *restrict path, char *restrict out, size_t n)
{
	return readlinkat(AT_FDCWD, path, out, n);
}

VF_EXPORT ssize_t
__readlink_chk(const char *path, char *out, size_t n, size_t size)
{
	if (n > size)
		abort();
	return readlinkat(AT_FDCWD, path, out, n);
}

VF_EXPORT ssize_t
__readlinkat_chk(int dirfd, const char *path, char *out, size_t n, size_t size)
{
	if (n > size)
		abort();
	return readlinkat(dirfd, path, out, n);
}

VF_EXPORT char *
realpath(const char *restrict path, char *restrict out)
{
	char buf[PATH_MAX];
	char *result = REAL(realpath)(path_for(AT_FDCWD, path, true, buf), out);

	if (result)
		vf_overlay_reveal(result);
	return result;
}

VF_EXPORT char *
canonicalize_file_name(const char *path)
{
	return realpath(path, NULL);
}

VF_EXPORT char *
__realpath_chk(const char *path, char *out, size_t size)
{
	if (size < PATH_MAX)
		abort();
	return realpath(path, out);
}
