/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A drive for the kernel's own drivers: a device of target_core_user, whose
 * commands arrive in this process, as a unit of the loopback target, to which
 * sr and sg attach as to any recorder.  Everything is created in configfs, and
 * removed again.
 */
#ifndef VDRIVE_TCMU_TARGET_H
#define VDRIVE_TCMU_TARGET_H

#include <sys/types.h>

#include "vdrive/station/station.h"

struct vk_target;

/*
 * Makes STATION, which is borrowed, a drive of the kernel as number NUMBER of
 * this process. 0, or -1 after a message on stderr, with nothing left.
 */
int vk_target_open(struct vf_station *station, unsigned int number,
		   struct vk_target **out);

/* "/dev/sr0": the name that the kernel gave it. */
const char *vk_target_device(const struct vk_target *target);

/* The process that a fault rule kills. */
void vk_target_client(struct vk_target *target, pid_t client);

/* Removes the drive, which nobody may have open.  Accepts NULL. */
void vk_target_close(struct vk_target *target);

#endif
