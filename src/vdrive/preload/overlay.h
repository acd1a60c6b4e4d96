/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which paths and descriptors are the drives'.
 *
 * The runtime directory holds a small tree, `root`, that lies over the real
 * one: root/dev/sr0 is an empty file that stands for the drive (whatever has
 * its inode is the drive, so dup, fork, exec and passing of descriptors need
 * no book-keeping), root/sys/block/sr0/ describes it, root/proc/... as well.
 * `overlay` in the same directory lists what is taken from there.  Real
 * recorders of this machine (/dev/sr*, scd*, sg*) cannot be reached through
 * the library: who rehearses must not burn.
 */
#ifndef VDRIVE_PRELOAD_OVERLAY_H
#define VDRIVE_PRELOAD_OVERLAY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Reads the overlay on first use; false when there is no runtime directory:
 * then the library does nothing at all. */
bool vf_overlay_ready(void);

/*
 * The path to use instead of PATH (as openat takes it with DIRFD): in BUF when
 * it lies in the overlay, else PATH itself.  Keeps errno.
 */
const char *vf_overlay_path(int dirfd, const char *path, char buf[PATH_MAX]);

/*
 * The same for a PATH that was not found by itself, or led to a real recorder:
 * follows symbolic links to a path of the overlay.  NULL when there is none.
 */
const char *vf_overlay_chase(int dirfd, const char *path, char buf[PATH_MAX]);

/*
 * When PATH names a directory with entries added by the overlay (/dev,
 * /sys/block...): the directory in the overlay that holds them, in BUF.
 */
const char *vf_overlay_extra(const char *path, char buf[PATH_MAX]);

/* True for the name of a real recorder that a listing must not show. */
bool vf_overlay_hides(const char *name);

/* Turns a path in the runtime directory's tree back into what the client may
 * see; in place.  Others stay as they are. */
void vf_overlay_reveal(char *path);

/* The drive of a descriptor or of a file's status; -1: none. */
int vf_drive_of(int fd);
int vf_drive_of_stat(const struct stat *st);

/* The status that the kernel gives for the node of DRIVE. */
void vf_overlay_stat(int drive, struct stat *st);

/* Minor number of DRIVE's node (major is 11). */
unsigned int vf_overlay_minor(int drive);

#endif
