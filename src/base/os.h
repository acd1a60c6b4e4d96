/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that not every C library and kernel has.  configure checks for them;
 * where one is missing, or the kernel rejects it, a fallback is used.
 */
#ifndef NB_BASE_OS_H
#define NB_BASE_OS_H

#include <sys/types.h>

/*
 * Renames a file that is not a directory; never replaces another: EEXIST.  -1
 * and errno on error; logs nothing.
 */
int nb_os_rename_new(int from_dir, const char *from, int to_dir,
		     const char *to);

/*
 * The fallback where renameat2 (RENAME_NOREPLACE) is missing or the file system
 * does not support it, such as NFS: creates a second name and removes the
 * first.
 */
int nb_os_rename_new_by_link(int from_dir, const char *from, int to_dir,
			     const char *to);

/* Closes all descriptors from FIRST on.  Async-signal-safe. */
void nb_os_close_from(int first);

/* The fallback where close_range is missing: one by one, up to the limit. */
void nb_os_close_each(int first);

/* A descriptor for the process; -1 if the kernel does not support it. */
int nb_os_pidfd(pid_t pid);

#endif
