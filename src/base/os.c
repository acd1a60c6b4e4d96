/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
nb_os_rename_new_by_link(int from_dir, const char *from, int to_dir,
			 const char *to)
{
	struct stat st;

	if (!linkat(from_dir, from, to_dir, to, 0))
		return unlinkat(from_dir, from, 0);
	if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)
		return -1;
	/* No hard links here: the best remaining way. */
	if (!fstatat(to_dir, to, &st, AT_SYMLINK_NOFOLLOW))
		errno = EEXIST;
	if (errno != ENOENT)
		return -1;
	return renameat(from_dir, from, to_dir, to);
}

int
nb_os_rename_new(int from_dir, const char *from, int to_dir, const char *to)
{
#if HAVE_RENAMEAT2
	if (!renameat2(from_dir, from, to_dir, to, RENAME_NOREPLACE))
		return 0;
	if (errno != ENOSYS && errno != EINVAL)
		return -1;
#endif
	return nb_os_rename_new_by_link(from_dir, from, to_dir, to);
}

void
nb_os_close_each(int first)
{
	struct rlimit limit = { .rlim_cur = RLIM_INFINITY };

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur > INT_MAX)
		limit.rlim_cur = INT_MAX;
	for (int fd = first; fd < (int)limit.rlim_cur; fd++)
		close(fd);
}

void
nb_os_close_from(int first)
{
#ifdef SYS_close_range
	if (!syscall(SYS_close_range, first, ~0U, 0U))
		return;
#endif
	nb_os_close_each(first);
}

int
nb_os_pidfd(pid_t pid)
{
#ifdef SYS_pidfd_open
	return (int)syscall(SYS_pidfd_open, pid, 0U);
#else
	(void)pid;
	errno = ENOSYS;
	return -1;
#endif
}
