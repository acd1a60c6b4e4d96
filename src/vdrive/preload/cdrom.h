/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ioctls of Linux' cdrom and block layers (<linux/cdrom.h>, <linux/fs.h>)
 * for a drive; each is implemented by MMC commands, as in the kernel. */
#ifndef VDRIVE_PRELOAD_CDROM_H
#define VDRIVE_PRELOAD_CDROM_H

/*
 * AT is the argument, a pointer or a number.  Returns 0 with the call's value
 * in *RESULT, or an errno value; ENOTTY for ioctls that sr does not implement.
 */
int vf_cdrom_ioctl(int drive, unsigned long request, void *at, int *result);

#endif
