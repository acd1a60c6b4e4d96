/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/front/rundir.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vdrive/station/wire.h"

/* The path of NAME in the tree; the directories above it are created. */
static int
place(const struct vf_rundir *run, const char *name, char path[PATH_MAX + 128])
{
	char *p = path + strlen(run->path) + 1;

	snprintf(path, PATH_MAX + 128, "%s/%s", run->path, name);
	while ((p = strchr(p, '/'))) {
		*p = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			return errno;
		*p++ = '/';
	}
	return 0;
}

static int
put(const struct vf_rundir *run, const char *name, const char *fmt, ...)
{
	char path[PATH_MAX + 128];
	int bad = place(run, name, path);
	va_list ap;
	FILE *file;

	if (bad)
		return bad;
	file = fopen(path, "we");
	if (!file)
		return errno;
	va_start(ap, fmt);
	bad = vfprintf(file, fmt, ap) < 0;
	va_end(ap);
	return fclose(file) || bad ? EIO : 0;
}

static int
put_link(const struct vf_rundir *run, const char *name, const char *target)
{
	char path[PATH_MAX + 128];
	int error = place(run, name, path);

	return error                                       ? error
		: symlink(target, path) && errno != EEXIST ? errno
							   : 0;
}

static const char *
name_of(const struct vf_node *node)
{
	return strrchr(node->device, '/') + 1;
}

static int
put_sysfs(const struct vf_rundir *run, const struct vf_node *node)
{
	static const struct {
		const char *name, *text;
	} files[] = { { "removable", "1\n" },
		      { "ro", "0\n" },
		      { "size", "2097151\n" },
		      { "queue/logical_block_size", "2048\n" },
		      { "queue/rotational", "1\n" },
		      { "device/type", "5\n" },
		      { "device/vendor", "VDRIVE  \n" },
		      { "device/model", "VIRTUAL RECORDER\n" },
		      { "device/rev", "1.00\n" } };
	char path[PATH_MAX], target[PATH_MAX];
	int error = 0;

	for (size_t i = 0; i < sizeof files / sizeof *files && !error; i++) {
		snprintf(path, sizeof path, "root/sys/block/%s/%s",
			 name_of(node), files[i].name);
		error = put(run, path, "%s", files[i].text);
	}
	snprintf(path, sizeof path, "root/sys/block/%s/dev", name_of(node));
	if (!error)
		error = put(run, path, "11:%u\n", node->minor);
	snprintf(path, sizeof path, "root/sys/block/%s/uevent", name_of(node));
	if (!error)
		error = put(run, path,
			    "MAJOR=11\nMINOR=%u\nDEVNAME=%s\nDEVTYPE=disk\n",
			    node->minor, name_of(node));
	snprintf(target, sizeof target, "../../block/%s", name_of(node));
	snprintf(path, sizeof path, "root/sys/class/block/%s", name_of(node));
	if (!error)
		error = put_link(run, path, target);
	snprintf(path, sizeof path, "root/sys/dev/block/11:%u", node->minor);
	return error ? error : put_link(run, path, target);
}

static void
add_row(FILE *file, const char *title, const struct vf_node *nodes, size_t n,
	const char *value)
{
	fprintf(file, "%-24s", title);
	for (size_t i = 0; i < n; i++)
		fprintf(file, "%s%s", i ? "\t" : "",
			value ? value : name_of(&nodes[i]));
	fprintf(file, "\n");
}

/* Describes recorders in /proc like the kernel's cdrom module. */
static int
put_proc(const struct vf_rundir *run, const struct vf_node *nodes, size_t n)
{
	static const char *const abilities[] = {
		"Can close tray:",        "Can open tray:",
		"Can lock tray:",         "Can change speed:",
		"Can read multisession:", "Reports media changed:",
		"Can write CD-R:",        "Can write CD-RW:",
		"Can read DVD:",          "Can write DVD-R:",
		"Can write DVD-RAM:"
	};
	char path[PATH_MAX];
	FILE *file;
	int error = put(run, "root/proc/sys/dev/cdrom/info", "");

	if (error)
		return error;
	snprintf(path, sizeof path, "%s/root/proc/sys/dev/cdrom/info",
		 run->path);
	file = fopen(path, "we");
	if (!file)
		return errno;
	fprintf(file, "CD-ROM information, Id: cdrom.c 3.20 2003/12/17\n\n");
	add_row(file, "drive name:", nodes, n, NULL);
	add_row(file, "drive speed:", nodes, n, "48");
	add_row(file, "drive # of slots:", nodes, n, "1");
	for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++)
		add_row(file, abilities[i], nodes, n, "1");
	return fclose(file) ? EIO : 0;
}

static const char *const aliases[] = { "cdrom", "cdrw", "dvd", "dvdrw" };
#define ALIASES (sizeof aliases / sizeof *aliases)

/* The name of recorders before udev, which wodim still looks for. */
static bool
old_name(const struct vf_node *node, char out[16])
{
	unsigned int number;
	int end = 0;

	if (sscanf(node->device, "/dev/sr%3u%n", &number, &end) != 1
	    || node->device[end])
		return false;
	snprintf(out, 16, "scd%u", number);
	return true;
}

static int
put_nodes(const struct vf_rundir *run, const struct vf_node *nodes, size_t n)
{
	char path[PATH_MAX], old[16];
	int error = 0;

	for (size_t i = 0; i < n && !error; i++) {
		snprintf(path, sizeof path, "root%s", nodes[i].device);
		error = put(run, path, "");
		if (!error)
			error = put_sysfs(run, &nodes[i]);
		if (error || !old_name(&nodes[i], old))
			continue;
		snprintf(path, sizeof path, "root/dev/%s", old);
		error = put_link(run, path, name_of(&nodes[i]));
	}
	for (size_t i = 0; i < ALIASES && n && !error; i++) {
		snprintf(path, sizeof path, "root/dev/%s", aliases[i]);
		error = put_link(run, path,
				 strncmp(nodes[0].device, "/dev/", 5)
					 ? nodes[0].device
					 : nodes[0].device + 5);
	}
	return error;
}

/* The list that the library reads; links only if /dev/ is the directory. */
static int
put_list(const struct vf_rundir *run, const struct vf_node *nodes, size_t n)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof path, "%s/overlay", run->path);
	file = fopen(path, "we");
	if (!file)
		return errno;
	for (size_t i = 0; i < n; i++) {
		fprintf(file, "node %u %s\n", nodes[i].minor, nodes[i].device);
		fprintf(file,
			"path %s\npath /sys/block/%s\n"
			"path /sys/class/block/%s\npath /sys/dev/block/11:%u\n",
			nodes[i].device, name_of(&nodes[i]), name_of(&nodes[i]),
			nodes[i].minor);
	}
	for (size_t i = 0; i < ALIASES && n; i++)
		fprintf(file, "path /dev/%s\n", aliases[i]);
	fprintf(file, "path /proc/sys/dev/cdrom\n");
	return fclose(file) ? EIO : 0;
}

int
vf_rundir_make(const struct vf_node *nodes, size_t n, struct vf_rundir *run)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	int error;

	if (!base || *base != '/' || strlen(base) > 60
	    || access(base, W_OK | X_OK))
		base = "/tmp";
	snprintf(run->path, sizeof run->path, "%s/vdrive-XXXXXX", base);
	if (!mkdtemp(run->path))
		return errno;
	error = put_nodes(run, nodes, n);
	if (!error)
		error = put_proc(run, nodes, n);
	if (!error)
		error = put_list(run, nodes, n);
	if (error)
		vf_rundir_remove(run);
	return error;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	remove(path);
	return 0;
}

void
vf_rundir_remove(const struct vf_rundir *run)
{
	nftw(run->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The number of DEVICE in the directory at PATH; -1: it is not there. */
static int
number_of(const char *path, const char *device)
{
	char name[PATH_MAX], line[PATH_MAX + 32];
	int number = 0, found = -1;
	FILE *file;

	snprintf(name, sizeof name, "%s/overlay", path);
	file = fopen(name, "re");
	while (file && found < 0 && fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "node ", 5))
			continue;
		if (!strcmp(strrchr(line, ' ') + 1, device))
			found = number;
		number++;
	}
	if (file)
		fclose(file);
	return found;
}

static int
find_in(const char *base, const char *device, struct vf_rundir *run, int *found)
{
	char pattern[PATH_MAX];
	glob_t list;
	int seen = 0;

	snprintf(pattern, sizeof pattern, "%s/vdrive-??????", base);
	if (glob(pattern, GLOB_NOSORT, NULL, &list))
		return 0;
	for (size_t i = 0; i < list.gl_pathc; i++) {
		int number = number_of(list.gl_pathv[i], device);

		if (number < 0 || strlen(list.gl_pathv[i]) >= sizeof run->path)
			continue;
		strcpy(run->path, list.gl_pathv[i]);
		*found = number;
		seen++;
	}
	globfree(&list);
	return seen;
}

int
vf_rundir_find(const char *device, struct vf_rundir *run, unsigned int *drive)
{
	const char *given = getenv(VF_ENV), *base = getenv("XDG_RUNTIME_DIR");
	int number = -1, seen = 0;

	if (given && strlen(given) < sizeof run->path) {
		strcpy(run->path, given);
		number = number_of(given, device);
		seen = number >= 0;
	} else {
		if (base && *base == '/')
			seen = find_in(base, device, run, &number);
		seen += find_in("/tmp", device, run, &number);
	}
	if (seen != 1)
		return seen ? EEXIST : ENOENT;
	*drive = (unsigned int)number;
	return 0;
}
