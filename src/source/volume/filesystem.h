/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file system on a block device that is a copy of one in use (a snapshot, the
 * half of a mirror), mounted for reading.
 *
 * The mount has no mount point: it is only a descriptor, invisible to others,
 * and the kernel removes it when the process ends, for whatever reason.  Needs
 * Linux 5.2.  Private to source/.
 */
#ifndef NB_SOURCE_FILESYSTEM_H
#define NB_SOURCE_FILESYSTEM_H

#include "model/record/holding.h"
#include "source/volume/options.h"

struct nb_filesystem {
	const char *object;   /* "lvm home", begins messages */
	const char *origin;   /* its name for people: "vg0/home" */
	const char *device;   /* the copy */
	const char *original; /* of which it is one: "/dev/vg0/home" */
	const struct nb_mount_options *mount;
	const struct nb_source_context *context; /* gets progress while
						    waiting */
};

/*
 * Which file system DEVICE holds: "ext4", "xfs", ...; "" if libblkid finds
 * none.  The caller frees *TYPE.  NB_ESOURCE
 */
enum nb_err nb_filesystem_probe(const struct nb_filesystem *fs, char **type);

/* Checks that this type can be mounted beside its original.  NB_ESOURCE, logged
 * with an alternative. */
enum nb_err nb_filesystem_check(const struct nb_filesystem *fs,
				const char *type);

/*
 * Mounts it read-only.  The copy was made while the original was in use, so the
 * journal is replayed and DEVICE must be writable; a type that cannot be
 * mounted beside its original is refused.  A failed mount is retried
 * FS->mount->retries times, after a pause.  *FD is the mount; the caller closes
 * it.  NB_ESOURCE, logged with the kernel's message; errors of the context's
 * progress function.
 */
enum nb_err nb_filesystem_mount(const struct nb_filesystem *fs, int *fd);

/*
 * Lists the configured subdirectory, or all, of the mount *FD as the tree of
 * SOURCE; mounts it first if *FD is -1.  NB_ESOURCE and the errors of
 * nb_tree_collect.
 */
enum nb_err nb_filesystem_collect(const struct nb_filesystem *fs,
				  const struct nb_config_source *source,
				  int *fd, struct nb_source_output *out);

/* The source that was added to OUT is of ORIGIN, a WHAT (NB_IDENTITY_VOLUME).
 * NB_ENOMEM */
enum nb_err nb_filesystem_is(struct nb_source_output *out, const char *what,
			     const char *origin);

#endif
