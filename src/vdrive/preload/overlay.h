/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which paths and descriptors belong to the drives.
 *
 * The runtime directory contains a small tree, `root`, that overlays the real
 * one: root/dev/sr0 is an empty file that represents the drive (whatever has
 * its inode is the drive, so dup, fork, exec and passing of descriptors need no
 * bookkeeping), root/sys/block/sr0/ describes it, root/proc/... as well.
 * `overlay` in the same directory lists the paths that are taken from there.
 * Real recorders of this machine (/dev/sr*, scd*, sg*) cannot be reached
 * through the library: a rehearsal must not burn.
 */
#ifndef VDRIVE_PRELOAD_OVERLAY_H
#define VDRIVE_PRELOAD_OVERLAY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* Reads the overlay on first use; false if there is no runtime directory: then
 * the library does nothing at all. */
bool vf_overlay_ready(void);

/*
 * The path to use instead of PATH (as openat takes it with DIRFD): in BUF if it
 * is in the overlay, otherwise PATH itself.  Keeps errno.
 */
const char *vf_overlay_path(int dirfd, const char *path, char buf[PATH_MAX]);

/*
 * The same for a PATH that does not exist or led to a real recorder: follows
 * symbolic links to a path of the overlay.  NULL if there is none.
 */
const char *vf_overlay_chase(int dirfd, const char *path, char buf[PATH_MAX]);

/*
 * If PATH names a directory to which the overlay adds entries (/dev,
 * /sys/block...): the directory in the overlay that has them, in BUF.
 */
const char *vf_overlay_extra(const char *path, char buf[PATH_MAX]);

/* True for the name of a real recorder, which a listing must not show. */
bool vf_overlay_hides(const char *name);

/* Turns a path in the runtime directory's tree back into the one that the
 * client may see, in place.  Others stay as they are. */
void vf_overlay_reveal(char *path);

/* The drive of a descriptor or of a file's status; -1: none. */
int vf_drive_of(int fd);
int vf_drive_of_stat(const struct stat *st);

/* The status that the kernel would return for the node of DRIVE. */
void vf_overlay_stat(int drive, struct stat *st);

/* Minor number of DRIVE's node (major is 11). */
unsigned int vf_overlay_minor(int drive);

#endif
