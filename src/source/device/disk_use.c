/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who uses a disk, according to sysfs and the tables of mounts and swap
 * areas. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <libmount/libmount.h>

#include "base/fd.h"
#include "base/str.h"
#include "source/device/disk.h"

/* The directory of DEVICE in sysfs, open; -1: there is none. */
static int
sysfs_of(dev_t device)
{
	char path[64];

	snprintf(path, sizeof path, "/sys/dev/block/%u:%u", major(device),
		 minor(device));
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The first line of the file NAME beneath DIR; "" if there is none. */
static void
read_line(int dir, const char *name, char *buf, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : nb_fd_read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	nb_fd_close(&fd);
}

static dev_t
read_device(int dir, const char *name)
{
	unsigned int high, low;
	char line[32];

	read_line(dir, name, line, sizeof line);
	if (sscanf(line, "%u:%u", &high, &low) != 2)
		return 0;
	return makedev(high, low);
}

/* Calls FN with each name beneath DIR/SUB until it returns true. */
static bool
each(int dir, const char *sub, bool (*fn)(void *ctx, int at, const char *name),
     void *ctx)
{
	int fd = openat(dir, sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	bool found = false;

	if (!list) {
		nb_fd_close(&fd);
		return false;
	}
	while (!found && (d = readdir(list)))
		if (d->d_name[0] != '.')
			found = fn(ctx, fd, d->d_name);
	closedir(list);
	return found;
}

struct search {
	unsigned int number;
	dev_t disk, found;
};

static bool
is_partition(void *ctx, int at, const char *name)
{
	struct search *s = ctx;
	char path[NAME_MAX + 16], line[16];

	snprintf(path, sizeof path, "%s/partition", name);
	read_line(at, path, line, sizeof line);
	if (!*line || strtoul(line, NULL, 10) != s->number)
		return false;
	snprintf(path, sizeof path, "%s/dev", name);
	s->found = read_device(at, path);
	return s->found != 0;
}

dev_t
nb_disk_node(dev_t disk, unsigned int number)
{
	struct search s = { .number = number };
	int dir = sysfs_of(disk);

	if (dir >= 0)
		each(dir, ".", is_partition, &s);
	nb_fd_close(&dir);
	return s.found;
}

bool
nb_disk_is_whole(dev_t disk)
{
	int dir = sysfs_of(disk);
	bool whole = dir >= 0 && faccessat(dir, "partition", F_OK, 0);

	nb_fd_close(&dir);
	return whole;
}

static unsigned int
number_of(dev_t disk, int dir)
{
	char line[16];

	read_line(dir, "partition", line, sizeof line);
	if (!*line || read_device(dir, "../dev") != disk)
		return 0;
	return (unsigned int)strtoul(line, NULL, 10);
}

static bool
is_slave(void *ctx, int at, const char *name)
{
	struct search *s = ctx;
	int dir = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	s->number = dir < 0 ? 0 : number_of(s->disk, dir);
	nb_fd_close(&dir);
	return s->number != 0;
}

unsigned int
nb_disk_number(dev_t disk, dev_t device)
{
	struct search s = { .disk = disk };
	int dir = sysfs_of(device);
	unsigned int number = dir < 0 ? 0 : number_of(disk, dir);

	if (dir >= 0 && !number && !faccessat(dir, "md", F_OK, 0)
	    && each(dir, "slaves", is_slave, &s))
		number = s.number;
	nb_fd_close(&dir);
	return number;
}

/* Of the mounts of a device, the one whose root is that of the file system. */
static enum nb_err
find_mount(dev_t device, bool whole, char **where)
{
	struct libmnt_table *table =
		mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *at = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	enum nb_err err = NB_OK;

	*where = NULL;
	if (!table || !at)
		err = nb_fail(NB_EIO, "/proc/self/mountinfo: cannot be read");
	while (!err && !*where && !mnt_table_next_fs(table, at, &fs)) {
		const char *root = mnt_fs_get_root(fs);

		if (mnt_fs_get_devno(fs) == device
		    && (!whole || (root && !strcmp(root, "/"))))
			err = nb_str_dup(mnt_fs_get_target(fs), where);
	}
	mnt_free_iter(at);
	mnt_unref_table(table);
	return err;
}

enum nb_err
nb_disk_mount(dev_t device, char **where)
{
	return find_mount(device, true, where);
}

struct user {
	const char *name; /* numbers of the device */
	dev_t device;
	char *who;
	enum nb_err err;
};

static bool
is_swap(dev_t device)
{
	FILE *f = fopen("/proc/swaps", "re");
	char line[PATH_MAX + 64], path[PATH_MAX + 1];
	bool found = false;
	struct stat st;

	while (f && !found && fgets(line, sizeof line, f))
		found = sscanf(line, "%4096s", path) == 1 && !stat(path, &st)
			&& S_ISBLK(st.st_mode) && st.st_rdev == device;
	if (f)
		fclose(f);
	return found;
}

static bool
is_holder(void *ctx, int at, const char *name)
{
	struct user *u = ctx;

	(void)at;
	u->err = nb_str_format(&u->who, "/dev/%s is part of /dev/%s", u->name,
			       name);
	return true;
}

/* A loop device on top of it does not count as a holder in the kernel. */
static bool
is_loop_upon(void *ctx, int at, const char *name)
{
	struct user *u = ctx;
	char path[NAME_MAX + 32], file[PATH_MAX];
	struct stat st;

	if (strncmp(name, "loop", 4))
		return false;
	snprintf(path, sizeof path, "%s/loop/backing_file", name);
	read_line(at, path, file, sizeof file);
	if (!*file || stat(file, &st) || !S_ISBLK(st.st_mode)
	    || st.st_rdev != u->device)
		return false;
	u->err = nb_str_format(&u->who, "/dev/%s uses it", name);
	return true;
}

static void
ask_device(struct user *u, int dir)
{
	char *where = NULL;

	u->err = find_mount(u->device, false, &where);
	if (where)
		u->err = nb_str_format(&u->who, "/dev/%s is mounted on %s",
				       u->name, where);
	else if (!u->err && is_swap(u->device))
		u->err = nb_str_format(&u->who, "/dev/%s is swap space in use",
				       u->name);
	else if (!u->err)
		each(dir, "holders", is_holder, u);
	free(where);
	if (!u->err && !u->who)
		each(AT_FDCWD, "/sys/block", is_loop_upon, u);
}

static bool
ask_part(void *ctx, int at, const char *name)
{
	struct user *u = ctx, part = { .name = name };
	int dir = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir >= 0 && !faccessat(dir, "partition", F_OK, 0)) {
		part.device = read_device(dir, "dev");
		ask_device(&part, dir);
	}
	nb_fd_close(&dir);
	u->who = part.who;
	u->err = part.err;
	return u->who || u->err;
}

enum nb_err
nb_disk_user(dev_t disk, char **who)
{
	struct user u = { .device = disk };
	char path[64], target[PATH_MAX];
	ssize_t n;
	int dir;

	*who = NULL;
	snprintf(path, sizeof path, "/sys/dev/block/%u:%u", major(disk),
		 minor(disk));
	n = readlink(path, target, sizeof target - 1);
	dir = sysfs_of(disk);
	if (n < 0 || dir < 0) {
		nb_fd_close(&dir);
		return nb_fail_errno(NB_EIO, "%s: cannot be read", path);
	}
	target[n] = '\0';
	u.name = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
	ask_device(&u, dir);
	if (!u.err && !u.who)
		each(dir, ".", ask_part, &u);
	nb_fd_close(&dir);
	if (!u.err)
		*who = u.who;
	return u.err;
}
