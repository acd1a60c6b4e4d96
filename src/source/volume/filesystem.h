/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file system on a block device that is a copy of one in use (a snapshot, the
 * half of a mirror), mounted to be read.
 *
 * The mount stands in no directory: it is a descriptor alone, which nobody else
 * sees and which the kernel takes away with the process, however that ends.
 * Needs Linux 5.2.  Private to source/.
 */
#ifndef NB_SOURCE_FILESYSTEM_H
#define NB_SOURCE_FILESYSTEM_H

#include "source/volume/options.h"

struct nb_filesystem {
	const char *object; /* "lvm home", in front of messages */
	const char *origin; /* what a person calls it: "vg0/home" */
	const char *device; /* the copy */
	const struct nb_mount_options *mount;
	const struct nb_source_context *context; /* is told of each second
						    that is waited */
};

/*
 * Which file system DEVICE holds: "ext4", "xfs", ...; "" when libblkid sees
 * none.  The caller frees *TYPE.  NB_ESOURCE
 */
enum nb_err nb_filesystem_probe(const struct nb_filesystem *fs, char **type);

/* That type can be read from a copy beside its original.  NB_ESOURCE, logged
 * with what to do instead. */
enum nb_err nb_filesystem_check(const struct nb_filesystem *fs,
				const char *type);

/*
 * Mounts it read-only.  The copy was made in mid-life, so the journal is
 * replayed, and DEVICE has to be writable; a type that cannot be read from a
 * copy is refused.  What fails is tried again, FS->mount->retries times, with
 * the pause between.  *FD is the mount, the caller closes.  NB_ESOURCE, logged
 * with the kernel's own words; what the context's progress says.
 */
enum nb_err nb_filesystem_mount(const struct nb_filesystem *fs, int *fd);

/* Opens the subdirectory that is to be read, or the top, of the mount FD; the
 * caller closes *ROOT.  NB_ESOURCE */
enum nb_err nb_filesystem_root(const struct nb_filesystem *fs, int fd,
			       int *root);

#endif
