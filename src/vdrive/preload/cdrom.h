/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ioctls of Linux' cdrom and block layers (<linux/cdrom.h>, <linux/fs.h>)
 * on a drive, each made of MMC commands as the kernel makes them. */
#ifndef VDRIVE_PRELOAD_CDROM_H
#define VDRIVE_PRELOAD_CDROM_H

/*
 * AT is the argument, pointer or number.  Returns 0 with the call's value in
 * *RESULT, or an errno value; ENOTTY for what sr does not know.
 */
int vf_cdrom_ioctl(int drive, unsigned long request, void *at, int *result);

#endif
