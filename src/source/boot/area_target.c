/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/fs.h>

#include "base/fd.h"
#include "base/str.h"
#include "source/boot/area_restore.h"
#include "source/device/disk.h"

/* Since Linux 5.15, each medium that is inserted into a device has a number. */
#ifndef BLKGETDISKSEQ
#define BLKGETDISKSEQ _IOR(0x12, 128, __u64)
#endif

static enum nb_err
inspect_block(struct nb_boot_target *t)
{
	int fd = open(t->path, O_RDONLY | O_CLOEXEC), read_only = 0;
	uint64_t sequence = 0;
	enum nb_err err;

	if (fd < 0)
		return nb_fail_errno(NB_EIO, "%s: cannot open", t->path);
	if (ioctl(fd, BLKGETDISKSEQ, &sequence))
		sequence = 0;
	if (ioctl(fd, BLKROGET, &read_only))
		read_only = 0;
	nb_fd_close(&fd);
	t->read_only = read_only != 0;
	t->identity = (uint64_t)t->device ^ sequence << 32;
	t->whole = nb_disk_is_whole(t->device);
	err = nb_disk_user(t->device, &t->user);
	if (!err)
		err = nb_disk_read(t->path, t->path, &t->disk);
	return err == NB_ENOTFOUND ? NB_OK : err;
}

enum nb_err
nb_boot_inspect(const char *path, struct nb_boot_target *out)
{
	struct nb_boot_target t = { .path = path };
	enum nb_err err = NB_OK;
	struct stat st;

	if (stat(path, &st))
		return nb_fail_errno(errno == ENOENT ? NB_ENOTFOUND : NB_EIO,
				     "%s: cannot stat", path);
	t.block = S_ISBLK(st.st_mode);
	t.device = st.st_rdev;
	if (t.block)
		err = inspect_block(&t);
	if (err)
		nb_boot_target_clear(&t);
	else
		*out = t;
	return err;
}

void
nb_boot_target_clear(struct nb_boot_target *target)
{
	nb_disk_clear(&target->disk);
	free(target->user);
	memset(target, 0, sizeof *target);
}
