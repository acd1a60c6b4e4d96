/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File descriptors: whole reads and writes, and files that appear complete or
 * not at all.
 */
#ifndef NB_BASE_FD_H
#define NB_BASE_FD_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Closes *FD when it is not -1 and sets it to -1.  Keeps errno. */
void nb_fd_close(int *fd);

/*
 * Reads up to N bytes, continuing after short reads and EINTR; the number read
 * is less than N only at end of file.  -1 and errno on error; logs nothing.
 */
ssize_t nb_fd_read(int fd, void *buf, size_t n);

/* Writes all N bytes.  0, or -1 with errno; logs nothing. */
int nb_fd_write(int fd, const void *buf, size_t n);

/*
 * Reads the file NAME beneath DIRFD (AT_FDCWD allowed) into fresh memory,
 * followed by a NUL.  NB_ENOTFOUND (not logged) when it does not exist,
 * NB_EFULL when larger than MAX bytes, NB_EIO.  The caller frees *TEXT.
 */
enum nb_err nb_fd_load(int dirfd, const char *name, size_t max, char **text,
		       size_t *length);

/*
 * Writes a file so that after a crash NAME holds the old or the new content:
 * temporary name, write, fsync, rename, fsync of the directory.  MODE is set
 * whatever the umask.  NB_EIO, NB_EFULL (ENOSPC, EDQUOT, EFBIG).
 */
enum nb_err nb_fd_save(int dirfd, const char *name, const void *data, size_t n,
		       mode_t mode);

/* fsync of the directory PATH beneath DIRFD.  NB_EIO. */
enum nb_err nb_fd_sync_dir(int dirfd, const char *path);

/* NB_EFULL if errno says that the space or the quota is exhausted, else
 * NB_EIO. */
enum nb_err nb_fd_write_error(void);
/* The code for errno after a path could not be opened or examined: NB_ENOTFOUND
 * if it does not exist, else NB_EIO. */
enum nb_err nb_fd_open_error(void);

#endif
