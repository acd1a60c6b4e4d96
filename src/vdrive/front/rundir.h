/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The runtime directory of one `vdrive -- COMMAND`: the socket, and the tree
 * that overlays the client's view of /dev, /sys and /proc (overlay.h describes
 * how it is used).
 */
#ifndef VDRIVE_FRONT_RUNDIR_H
#define VDRIVE_FRONT_RUNDIR_H

#include <stddef.h>

/* How one drive appears in the tree. */
struct vf_node {
	const char *device; /* "/dev/sr0": absolute */
	unsigned int minor;
};

struct vf_rundir {
	char path[80]; /* short enough for a socket in it */
};

/*
 * Creates the directory in XDG_RUNTIME_DIR or /tmp, with the tree for N drives.
 * Returns 0, or an errno value with nothing left.
 */
int vf_rundir_make(const struct vf_node *nodes, size_t n,
		   struct vf_rundir *run);

/* Removes the directory with everything in it. */
void vf_rundir_remove(const struct vf_rundir *run);

/*
 * The runtime directory of the running vdrive that has DEVICE, from the
 * environment or by searching for it, and the drive's number there.  ENOENT:
 * none; EEXIST: more than one.
 */
int vf_rundir_find(const char *device, struct vf_rundir *run,
		   unsigned int *drive);

#endif
