/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/tcmu/target.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "vdrive/tcmu/ring.h"

#define CONFIG "/sys/kernel/config/target"
#define APPEARS_SECONDS 20 /* time until sr has inspected a new drive */

struct vk_target {
	unsigned int id; /* unique on the machine */
	char hba[80];    /* directories in configfs, in this order */
	char core[96];
	char wwn[80];
	char tpg[96];
	char lun[112];
	char link[128];
	char device[32];
	struct vk_ring *ring;
};

static int
complain(const char *what, int error)
{
	fprintf(stderr, "vdrive: %s: %s\n", what, strerror(error));
	if (error == ENOENT || error == ENODEV)
		fprintf(stderr,
			"hint: mount -t configfs configfs "
			"/sys/kernel/config; modprobe -a target_core_user "
			"tcm_loop sr_mod sg\n");
	return -1;
}

static int
put(const char *directory, const char *name, const char *text)
{
	char path[PATH_MAX];
	ssize_t n = (ssize_t)strlen(text);
	int fd, result = 0;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return complain(path, errno);
	if (write(fd, text, (size_t)n) != n)
		result = complain(path, errno);
	close(fd);
	return result;
}

/* The first line of a file of sysfs or configfs; -1 if it cannot be read. */
static int
get(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	int result = -1;

	if (!file)
		return -1;
	if (fgets(line, (int)size, file)) {
		line[strcspn(line, "\n")] = '\0';
		result = 0;
	}
	fclose(file);
	return result;
}

static int
make(const char *directory)
{
	return mkdir(directory, 0755) && errno != EEXIST
		? complain(directory, errno)
		: 0;
}

static void
name_all(struct vk_target *target)
{
	snprintf(target->hba, sizeof target->hba, CONFIG "/core/user_%u",
		 target->id);
	snprintf(target->core, sizeof target->core, "%s/vdrive", target->hba);
	snprintf(target->wwn, sizeof target->wwn,
		 CONFIG "/loopback/naa.6001405%09x", target->id);
	snprintf(target->tpg, sizeof target->tpg, "%s/tpgt_1", target->wwn);
	snprintf(target->lun, sizeof target->lun, "%s/lun/lun_0", target->tpg);
	snprintf(target->link, sizeof target->link, "%s/vdrive", target->lun);
}

/* The size of the disc is only needed for commands that the kernel itself would
 * send, and it sends none; commands take as long as the drive needs. */
static int
make_device(struct vk_target *target)
{
	return make(CONFIG "/core") || make(target->hba) || make(target->core)
			|| put(target->core, "control",
			       "dev_config=vdrive,dev_size=2048,hw_block_size="
			       "2048")
			|| put(target->core, "attrib/cmd_time_out", "0")
			|| put(target->core, "enable", "1")
		? -1
		: 0;
}

/* Finds the shared memory of the device by its name. */
static int
open_ring(struct vk_target *target, struct vf_station *station)
{
	char want[64], line[64], path[PATH_MAX], device[64];
	glob_t all;
	int result = ENODEV;

	snprintf(want, sizeof want, "tcm-user/%u/vdrive/vdrive", target->id);
	if (glob("/sys/class/uio/uio*/name", 0, NULL, &all))
		return complain("/sys/class/uio", ENODEV);
	for (size_t i = 0; result == ENODEV && i < all.gl_pathc; i++) {
		char *name = all.gl_pathv[i];

		if (get(name, line, sizeof line) || strcmp(line, want))
			continue;
		*strrchr(name, '/') = '\0';
		snprintf(path, sizeof path, "%s/maps/map0/size", name);
		snprintf(device, sizeof device, "/dev/%.32s",
			 strrchr(name, '/') + 1);
		result = get(path, line, sizeof line)
			? EIO
			: vk_ring_open(device, strtoul(line, NULL, 0), station,
				       &target->ring);
	}
	globfree(&all);
	return result ? complain("target_core_user", result) : 0;
}

static int
connect_unit(struct vk_target *target)
{
	char nexus[32];

	snprintf(nexus, sizeof nexus, "naa.6001406%09x", target->id);
	if (make(CONFIG "/loopback") || make(target->wwn) || make(target->tpg)
	    || put(target->tpg, "nexus", nexus) || make(target->lun))
		return -1;
	return symlink(target->core, target->link)
		? complain(target->link, errno)
		: 0;
}

/* There is no name until sr has inspected the drive, which takes some time. */
static int
find_device(struct vk_target *target)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	char address[32], path[PATH_MAX];
	glob_t found;

	snprintf(path, sizeof path, "%s/address", target->tpg);
	if (get(path, address, sizeof address))
		return complain(path, errno);
	snprintf(path, sizeof path, "/sys/bus/scsi/devices/%s:0/block/sr*",
		 address);
	for (int i = 0; i < APPEARS_SECONDS * 50; i++) {
		int error = glob(path, 0, NULL, &found);

		if (!error) {
			snprintf(target->device, sizeof target->device,
				 "/dev/%.20s",
				 strrchr(found.gl_pathv[0], '/') + 1);
			globfree(&found);
			return 0;
		}
		nanosleep(&pause, NULL);
	}
	return complain("sr_mod", ENODEV);
}

int
vk_target_open(struct vf_station *station, unsigned int number,
	       struct vk_target **out)
{
	struct vk_target *target = calloc(1, sizeof *target);

	if (!target)
		return complain("target", ENOMEM);
	target->id = (unsigned int)getpid() * VF_DRIVES_MAX + number;
	name_all(target);
	if (make_device(target) || open_ring(target, station)
	    || connect_unit(target) || find_device(target)) {
		vk_target_close(target);
		return -1;
	}
	*out = target;
	return 0;
}

const char *
vk_target_device(const struct vk_target *target)
{
	return target->device;
}

void
vk_target_client(struct vk_target *target, pid_t client)
{
	vk_ring_client(target->ring, client);
}

/* Things that were not created need not be removed.  The kernel sends commands
 * to the drive until its unit is gone. */
void
vk_target_close(struct vk_target *target)
{
	if (!target)
		return;
	unlink(target->link);
	rmdir(target->lun);
	if (!access(target->tpg, F_OK))
		put(target->tpg, "nexus", "NULL");
	rmdir(target->tpg);
	rmdir(target->wwn);
	vk_ring_close(target->ring);
	rmdir(target->core);
	rmdir(target->hba);
	free(target);
}
