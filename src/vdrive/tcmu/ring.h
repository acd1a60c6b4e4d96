/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring of one device of the kernel's target_core_user: commands arrive in
 * shared memory, are answered by a drive, one after the other, in a separate
 * thread, and are returned the same way (linux/target_core_user.h).
 */
#ifndef VDRIVE_TCMU_RING_H
#define VDRIVE_TCMU_RING_H

#include <stddef.h>
#include <sys/types.h>

#include "vdrive/station/station.h"

struct vk_ring;

/*
 * Maps SIZE bytes of DEVICE ("/dev/uio0") and starts to answer for STATION,
 * which is borrowed.  0, or an errno.
 */
int vk_ring_open(const char *device, size_t size, struct vf_station *station,
		 struct vk_ring **out);

/* The process that a fault rule kills. */
void vk_ring_client(struct vk_ring *ring, pid_t client);

/* Ends a hanging command, the thread and the mapping.  Accepts NULL. */
void vk_ring_close(struct vk_ring *ring);

#endif
