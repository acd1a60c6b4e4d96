/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/preload/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "vdrive/station/client.h"
#include "vdrive/station/wire.h"

#define PREFIXES_MAX 256
#define CHASE_MAX 16

static struct {
	bool ready;
	char root[PATH_MAX / 2]; /* RUN/root */
	size_t root_length;
	char text[16384]; /* the file `overlay`, split at newlines */
	const char *prefix[PREFIXES_MAX];
	size_t prefixes;
	struct {
		dev_t dev;
		ino_t ino;
		unsigned int minor;
	} node[VF_DRIVES_MAX];
	int nodes;
} overlay;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int
raw_stat(int fd, const char *path, struct stat *st)
{
	return (int)syscall(SYS_newfstatat, fd, path, st,
			    *path ? 0 : AT_EMPTY_PATH);
}

static bool
load_text(const char *run)
{
	char path[PATH_MAX];
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "%s/overlay", run);
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
	if (fd < 0)
		return false;
	got = syscall(SYS_read, fd, overlay.text, sizeof overlay.text - 1);
	syscall(SYS_close, fd);
	return got > 0;
}

static void
add_node(const char *line)
{
	char path[PATH_MAX];
	unsigned int minor;
	struct stat st;
	int skip;

	if (overlay.nodes == VF_DRIVES_MAX
	    || sscanf(line, "%u %n", &minor, &skip) != 1)
		return;
	snprintf(path, sizeof path, "%s%s", overlay.root, line + skip);
	if (raw_stat(AT_FDCWD, path, &st))
		return;
	overlay.node[overlay.nodes].dev = st.st_dev;
	overlay.node[overlay.nodes].ino = st.st_ino;
	overlay.node[overlay.nodes++].minor = minor;
}

/* Lines are "node MINOR PATH", in the order of drives, and "path PATH". */
static void
load(void)
{
	const char *run = getenv(VF_ENV);
	char *state = NULL, *line;

	if (!run || *run != '/' || strlen(run) >= sizeof overlay.root - 8
	    || !load_text(run))
		return;
	snprintf(overlay.root, sizeof overlay.root, "%s/root", run);
	overlay.root_length = strlen(overlay.root);
	for (line = strtok_r(overlay.text, "\n", &state); line;
	     line = strtok_r(NULL, "\n", &state)) {
		if (!strncmp(line, "node ", 5))
			add_node(line + 5);
		else if (!strncmp(line, "path ", 5)
			 && overlay.prefixes < PREFIXES_MAX)
			overlay.prefix[overlay.prefixes++] = line + 5;
	}
	vf_client_init(run);
	overlay.ready = true;
}

bool
vf_overlay_ready(void)
{
	int saved = errno;

	pthread_once(&once, load);
	errno = saved;
	return overlay.ready;
}

/* Appends the components of PATH to the absolute OUT, without following
 * links. */
static bool
normalise(const char *path, char out[PATH_MAX])
{
	size_t length = strlen(out);

	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.') {
			while (length && out[--length] != '/')
				;
			out[length] = '\0';
		} else if (n && !(n == 1 && *path == '.')) {
			if (length + n + 2 > PATH_MAX)
				return false;
			out[length++] = '/';
			memcpy(out + length, path, n);
			length += n;
			out[length] = '\0';
		}
		path += n;
		while (*path == '/')
			path++;
	}
	return true;
}

/* The directory to which DIRFD refers, as the client may see it. */
static bool
directory_of(int dirfd, char out[PATH_MAX])
{
	char link[64];
	long n;

	if (dirfd == AT_FDCWD)
		snprintf(link, sizeof link, "/proc/self/cwd");
	else
		snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
	n = syscall(SYS_readlinkat, AT_FDCWD, link, out, PATH_MAX - 1);
	if (n <= 0)
		return false;
	out[n] = '\0';
	vf_overlay_reveal(out);
	if (!strcmp(out, "/"))
		*out = '\0';
	return *out == '/' || !*out;
}

static bool
is_recorder(const char *name)
{
	static const char *const stems[] = { "sr", "scd", "sg" };

	for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
		size_t n = strlen(stems[i]);

		if (!strncmp(name, stems[i], n) && name[n]
		    && strspn(name + n, "0123456789") == strlen(name + n))
			return true;
	}
	return false;
}

bool
vf_overlay_hides(const char *name)
{
	return is_recorder(name);
}

static bool
is_in_overlay(const char *path)
{
	const char *name = strrchr(path, '/');

	for (size_t i = 0; i < overlay.prefixes; i++) {
		size_t n = strlen(overlay.prefix[i]);

		if (!strncmp(path, overlay.prefix[i], n)
		    && (!path[n] || path[n] == '/'))
			return true;
	}
	return name == path + 4 && !strncmp(path, "/dev/", 5)
		&& is_recorder(name + 1);
}

/* A cheap check: could a relative PATH end in the overlay at all? */
static bool
may_be_relative(const char *path)
{
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	if (is_recorder(name))
		return true;
	for (size_t i = 0; i < overlay.prefixes; i++) {
		const char *last = strrchr(overlay.prefix[i], '/') + 1;

		if (strstr(path, last))
			return true;
	}
	return false;
}

static bool
absolute_of(int dirfd, const char *path, char out[PATH_MAX])
{
	*out = '\0';
	if (*path != '/' && !directory_of(dirfd, out))
		return false;
	return normalise(path, out);
}

const char *
vf_overlay_path(int dirfd, const char *path, char buf[PATH_MAX])
{
	char absolute[PATH_MAX];
	int saved = errno;

	if (!path || !*path || !vf_overlay_ready())
		return path;
	if ((*path == '/' || may_be_relative(path))
	    && absolute_of(dirfd, path, absolute) && is_in_overlay(absolute)
	    && overlay.root_length + strlen(absolute) < PATH_MAX) {
		memcpy(buf, overlay.root, overlay.root_length);
		strcpy(buf + overlay.root_length, absolute);
		path = buf;
	}
	errno = saved;
	return path;
}

/* Replaces PATH, absolute, by the target of the symbolic link there. */
static bool
follow(char path[PATH_MAX])
{
	char target[PATH_MAX];
	long n = syscall(SYS_readlinkat, AT_FDCWD, path, target,
			 sizeof target - 1);

	if (n <= 0)
		return false;
	target[n] = '\0';
	if (*target == '/')
		*path = '\0';
	else
		*strrchr(path, '/') = '\0';
	return normalise(target, path);
}

const char *
vf_overlay_chase(int dirfd, const char *path, char buf[PATH_MAX])
{
	char absolute[PATH_MAX];
	const char *found = NULL;
	int saved = errno;

	if (!path || !*path || !vf_overlay_ready()
	    || !absolute_of(dirfd, path, absolute))
		return NULL;
	for (int i = 0; i < CHASE_MAX && !found && follow(absolute); i++)
		if (is_in_overlay(absolute))
			found = vf_overlay_path(AT_FDCWD, absolute, buf);
	errno = saved;
	/* A path in the overlay is in BUF then. */
	return found; /* NOLINT(clang-analyzer-core.StackAddressEscape) */
}

const char *
vf_overlay_extra(const char *path, char buf[PATH_MAX])
{
	static const char *const merged[] = { "/dev", "/sys/block",
					      "/sys/class/block",
					      "/sys/dev/block" };
	char absolute[PATH_MAX];

	if (!vf_overlay_ready() || !absolute_of(AT_FDCWD, path, absolute))
		return NULL;
	for (size_t i = 0; i < sizeof merged / sizeof *merged; i++)
		if (!strcmp(absolute, merged[i])) {
			snprintf(buf, PATH_MAX, "%s%s", overlay.root,
				 merged[i]);
			return buf;
		}
	return NULL;
}

void
vf_overlay_reveal(char *path)
{
	size_t n = overlay.root_length;

	if (vf_overlay_ready() && !strncmp(path, overlay.root, n)
	    && path[n] == '/')
		memmove(path, path + n, strlen(path + n) + 1);
}

int
vf_drive_of_stat(const struct stat *st)
{
	if (!vf_overlay_ready() || !S_ISREG(st->st_mode))
		return -1;
	for (int i = 0; i < overlay.nodes; i++)
		if (overlay.node[i].ino == st->st_ino
		    && overlay.node[i].dev == st->st_dev)
			return i;
	return -1;
}

int
vf_drive_of(int fd)
{
	int saved = errno, drive = -1;
	struct stat st;

	if (fd >= 0 && vf_overlay_ready() && !raw_stat(fd, "", &st))
		drive = vf_drive_of_stat(&st);
	errno = saved;
	return drive;
}

unsigned int
vf_overlay_minor(int drive)
{
	return overlay.node[drive].minor;
}

void
vf_overlay_stat(int drive, struct stat *st)
{
	st->st_mode = S_IFBLK | 0660;
	st->st_rdev = makedev(11, overlay.node[drive].minor);
	st->st_size = 0;
	st->st_blocks = 0;
	st->st_blksize = 4096;
}
