/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mount as a descriptor (fsopen and fsmount, Linux 5.2), even if the C
 * library lacks these calls (before glibc 2.36).
 */
#ifndef NB_SOURCE_MOUNT_FD_H
#define NB_SOURCE_MOUNT_FD_H

#if HAVE_FSMOUNT
#include <sys/mount.h>
#else
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int
fsopen(const char *type, unsigned int flags)
{
	return (int)syscall(SYS_fsopen, type, flags);
}

static inline int
fsconfig(int fd, unsigned int command, const char *key, const void *value,
	 int aux)
{
	return (int)syscall(SYS_fsconfig, fd, command, key, value, aux);
}

static inline int
fsmount(int fd, unsigned int flags, unsigned int attributes)
{
	return (int)syscall(SYS_fsmount, fd, flags, attributes);
}
#endif

#endif
