/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file systems a tree is on, so that a later backup can tell that one is
 * not mounted, or that another one is.  Asks the kernel only, and no file
 * system but that of /dev: a server that is gone does not matter.
 */
#ifndef NB_SOURCE_TREE_MOUNTED_H
#define NB_SOURCE_TREE_MOUNTED_H

#include <sys/stat.h>

#include "model/record/manifest.h"

/*
 * Is NAME in the open directory DIR, a directory with the status ST, the top of
 * a mount?  ABOVE is the device of DIR, for a kernel that does not tell (before
 * Linux 5.8).
 */
bool nb_tree_is_mount(int dir, const char *name, const struct stat *st,
		      dev_t above);

/*
 * Adds to IDENTITY what the file system is that is mounted on NAME in DIR, as
 * that on PATH: the UUID of a device, by the links in the directory BY_UUID, or
 * what the server exports.  Nothing if neither is known.  *SELF: that directory
 * is mounted on itself, as by a service manager that protects it, and is
 * nothing of its own.  Errors of nb_mounts, NB_ENOMEM
 */
enum nb_err nb_tree_mount_identity(int dir, const char *name, const char *path,
				   const char *by_uuid, bool *self,
				   struct nb_properties *identity);
#define NB_TREE_BY_UUID "/dev/disk/by-uuid"

/*
 * Adds to RECORD the path without symbolic links of the directory PATH of this
 * host, and the mount point of its file system: PATH itself if that cannot be
 * determined.  Errors as above.
 */
enum nb_err nb_tree_record_place(const char *path,
				 struct nb_manifest_source *record);

#endif
