/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joins paths, and creates and opens them beneath a directory without ever
 * leaving it or following a symbolic link.  All disc and restore paths go
 * through here.
 */
#ifndef NB_BASE_PATH_H
#define NB_BASE_PATH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* "A/B" in fresh memory, one slash between them; the caller frees. */
enum nb_err nb_path_join(const char *a, const char *b, char **out);

/*
 * True for a relative path that stays beneath its root: not empty, no leading
 * slash, no empty, "." or ".." component.
 */
bool nb_path_is_safe(const char *path);

/*
 * Opens PATH beneath ROOT (openat2 RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS, or
 * component by component if the kernel lacks it or PATH is too long for it).
 * FLAGS as for openat; O_NOFOLLOW and O_CLOEXEC are added, and O_NONBLOCK so
 * that a FIFO placed there cannot make the call hang.  MODE is used with
 * O_CREAT only.  Returns the descriptor, or -1 with errno; logs nothing.  The
 * caller closes.
 */
int nb_path_open(int root, const char *path, int flags, mode_t mode);

/*
 * After a failed open, with its errno: is there another process with a lease on
 * the file (fcntl(2), F_SETLEASE), which the kernel is taking back?  Then waits
 * a moment; true: try again.  Not longer than a minute after BEGAN
 * (nb_clock_ms), nor when this process is asked to end.
 */
bool nb_path_is_leased(int64_t began);

/*
 * Creates the missing directories of PATH beneath ROOT, with MODE, whatever the
 * umask.  Refuses
 * symbolic links on the way.  NB_EIO, NB_EFULL.
 */
enum nb_err nb_path_make(int root, const char *path, mode_t mode);

/* The directory in which something was created last; it stays open, because the
 * next thing is usually created there, too. */
struct nb_parent {
	char *path;
	int fd;
};
#define NB_PARENT_INIT   \
	{                \
		NULL, -1 \
	}

/*
 * The directory of PATH beneath ROOT, created as by nb_path_make with mode 0700
 * if it is missing: *DIR, borrowed from LAST until the next call; ROOT itself
 * if PATH has no slash.  *NAME is PATH's last component.  LAST is used with one
 * ROOT only.  NB_EIO, NB_EFULL, NB_ENOMEM.
 */
enum nb_err nb_parent_open(struct nb_parent *last, int root, const char *path,
			   int *dir, const char **name);

void nb_parent_close(struct nb_parent *last);

/* Removes NAME beneath DIRFD with everything in it; missing is fine.  Follows
 * no links and stays on one file system.  NB_EIO. */
enum nb_err nb_path_remove(int dirfd, const char *name);

/* Removes everything in the directory DIR but the name BUT (NULL: nothing), in
 * the same way.  False with errno. */
bool nb_path_empty(int dir, const char *but);

/*
 * A name that can be one path component on any disc: letters, digits, "._-"
 * stay (no leading dot), all other bytes become %XX.  Distinct names stay
 * distinct.  The caller frees.
 */
enum nb_err nb_path_encode(const char *name, char **out);

#endif
