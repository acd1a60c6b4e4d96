/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drive for the kernel's own drivers: a device of target_core_user, which
 * asks this process, as a unit of the loopback target, to which sr and sg bind
 * as to any recorder.  All of it is made in configfs, and taken away again.
 */
#ifndef VDRIVE_TCMU_TARGET_H
#define VDRIVE_TCMU_TARGET_H

#include <sys/types.h>

#include "vdrive/station/station.h"

struct vk_target;

/*
 * Brings STATION, which is borrowed, into the kernel as drive NUMBER of this
 * process.  0, or -1 after a message on stderr, with nothing left behind.
 */
int vk_target_open(struct vf_station *station, unsigned int number,
		   struct vk_target **out);

/* "/dev/sr0": as the kernel named it. */
const char *vk_target_device(const struct vk_target *target);

/* The process that a fault rule kills. */
void vk_target_client(struct vk_target *target, pid_t client);

/* Takes the drive away, which nobody may have open.  Accepts NULL. */
void vk_target_close(struct vk_target *target);

#endif
