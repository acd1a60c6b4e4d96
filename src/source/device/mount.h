/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is mounted on this machine, by libmount; and mount(8) and umount(8). */
#ifndef NB_SOURCE_MOUNT_H
#define NB_SOURCE_MOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * A mount of this machine, from /proc/self/mountinfo: where (exact bytes), the
 * type of the file system, what is mounted, and which directory of it; the ids
 * of the mount and of the one on which it is.  An error from FN ends the
 * iteration.
 */
struct nb_mount {
	const char *path, *type, *source, *root;
	int id, parent;
	dev_t device;
};
enum nb_err nb_mounts(enum nb_err (*fn)(void *ctx, const struct nb_mount *),
		      void *ctx);
/* The same from FILE, the mountinfo of another process. */
enum nb_err nb_mounts_in(const char *file,
			 enum nb_err (*fn)(void *ctx, const struct nb_mount *),
			 void *ctx);

/* Is PATH a mount point? */
enum nb_err nb_mounted_at(const char *path, bool *is);

/* The identity of the file system that contains PATH: its UUID, or what is
 * mounted. */
enum nb_err nb_mount_identity(const char *path, char id[128]);

/*
 * Mounts DEVICE ("/dev/sdb1", "UUID=...", "LABEL=...") at the directory PATH,
 * which is created.  Unmounts first what an earlier run left there.
 * NB_ELOCKED: it is mounted elsewhere.
 */
enum nb_err nb_mount_device(const char *device, const char *path);
enum nb_err nb_unmount(const char *path);

#endif
