/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls that not every C library and kernel has.  configure asks for them;
 * where one is missing, or the kernel refuses it, there is another way.
 */
#ifndef NB_BASE_OS_H
#define NB_BASE_OS_H

#include <sys/types.h>

/*
 * Renames a file that is no directory, but never over another: EEXIST.  -1 and
 * errno on error; logs nothing.
 */
int nb_os_rename_new(int from_dir, const char *from, int to_dir,
		     const char *to);

/*
 * The same where there is no renameat2 (RENAME_NOREPLACE), or the file system
 * does not know it, as NFS: a second name is made and the first removed.
 */
int nb_os_rename_new_by_link(int from_dir, const char *from, int to_dir,
			     const char *to);

/* Closes all descriptors from FIRST on.  Async-signal-safe. */
void nb_os_close_from(int first);

/* The same where there is no close_range: one by one, up to the limit. */
void nb_os_close_each(int first);

/* A descriptor for the process; -1 where the kernel has none. */
int nb_os_pidfd(pid_t pid);

#endif
