/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/device/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/loop.h>

#include "base/fd.h"
#include "source/device/mount_fd.h"

#define TRIES 64

/* Another program may take the free one first. */
static int
configure(int control, const struct loop_config *config, bool readonly,
	  struct nb_loop *loop)
{
	for (int i = 0; i < TRIES; i++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		if (number < 0)
			return -1;
		snprintf(loop->path, sizeof loop->path, "/dev/loop%d", number);
		loop->fd = open(loop->path,
				(readonly ? O_RDONLY : O_RDWR) | O_CLOEXEC);
		if (loop->fd < 0)
			return -1;
		if (!ioctl(loop->fd, LOOP_CONFIGURE, config))
			return 0;
		nb_fd_close(&loop->fd);
		if (errno != EBUSY)
			return -1;
	}
	return -1;
}

enum nb_err
nb_loop_open(const char *object, int fd, bool readonly, uint64_t offset,
	     uint64_t size, struct nb_loop *out)
{
	struct loop_config config = {
		.fd = (uint32_t)fd,
		.info = {
			.lo_offset = offset, .lo_sizelimit = size,
			.lo_flags = LO_FLAGS_AUTOCLEAR
				| (readonly ? LO_FLAGS_READ_ONLY : 0),
		},
	};
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	enum nb_err err = NB_OK;

	out->fd = -1;
	if (control < 0 || configure(control, &config, readonly, out))
		err = nb_fail_errno(NB_EIO, "%s: cannot get a loop device",
				    object);
	nb_fd_close(&control);
	return err;
}

void
nb_loop_close(struct nb_loop *loop)
{
	nb_fd_close(&loop->fd);
}

/* The mount options with which a file system leaves its journal alone. */
static int
set_options(int context, const char *fs)
{
	static const struct {
		const char *fs, *option;
	} quiet[] = {
		{ "ext3", "noload" },
		{ "ext4", "noload" },
		{ "xfs", "norecovery" },
		{ "xfs", "nouuid" },
	};

	if (fsconfig(context, FSCONFIG_SET_FLAG, "ro", NULL, 0))
		return -1;
	for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++)
		if (!strcmp(quiet[i].fs, fs)
		    && fsconfig(context, FSCONFIG_SET_FLAG, quiet[i].option,
				NULL, 0))
			return -1;
	return 0;
}

enum nb_err
nb_loop_mount(const char *object, const char *path, const char *fs, int *root)
{
	int context = fsopen(fs, FSOPEN_CLOEXEC), mounted = -1;
	enum nb_err err = NB_OK;

	if (context < 0 && errno == ENODEV)
		return NB_ENOTFOUND;
	if (context < 0
	    || fsconfig(context, FSCONFIG_SET_STRING, "source", path, 0)
	    || set_options(context, fs)
	    || fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0)
	    || (mounted = fsmount(context, FSMOUNT_CLOEXEC,
				  MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV
					  | MOUNT_ATTR_NOSUID))
		    < 0)
		err = nb_fail_errno(NB_EIO, "%s: cannot mount its %s", object,
				    fs);
	if (!err) {
		/* The descriptor of the mount is O_PATH, which cannot list. */
		*root = openat(mounted, ".",
			       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (*root < 0)
			err = nb_fail_errno(NB_EIO, "%s: cannot open its %s",
					    object, fs);
	}
	nb_fd_close(&mounted);
	nb_fd_close(&context);
	return err;
}
