/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended attributes by path: ls queries them and reports errors. */
#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>

#include "vdrive/preload/overlay.h"
#include "vdrive/preload/real.h"

VF_EXPORT ssize_t
getxattr(const char *path, const char *name, void *value, size_t n)
{
	char buf[PATH_MAX];

	path = vf_overlay_path(AT_FDCWD, path, buf);
	return REAL(getxattr)(path, name, value, n);
}

VF_EXPORT ssize_t
lgetxattr(const char *path, const char *name, void *value, size_t n)
{
	char buf[PATH_MAX];

	path = vf_overlay_path(AT_FDCWD, path, buf);
	return REAL(lgetxattr)(path, name, value, n);
}

VF_EXPORT ssize_t
listxattr(const char *path, char *list, size_t n)
{
	char buf[PATH_MAX];

	path = vf_overlay_path(AT_FDCWD, path, buf);
	return REAL(listxattr)(path, list, n);
}

VF_EXPORT ssize_t
llistxattr(const char *path, char *list, size_t n)
{
	char buf[PATH_MAX];

	path = vf_overlay_path(AT_FDCWD, path, buf);
	return REAL(llistxattr)(path, list, n);
}
