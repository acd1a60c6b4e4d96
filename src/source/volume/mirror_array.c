/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/volume/mirror_array.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "source/tool.h"

#define SECTOR 512

/* The directory of block device PATH in sysfs, and its name there. */
static enum nb_err
find_device(const struct nb_mirror *m, const char *path, char link[64],
	    char name[NB_MIRROR_WORD])
{
	char target[512];
	struct stat st;
	const char *last;
	ssize_t n;

	if (stat(path, &st))
		return nb_fail_errno(NB_ESOURCE, "%s: %s", m->object, path);
	if (!S_ISBLK(st.st_mode))
		return nb_fail(NB_ESOURCE, "%s: %s is not a block device",
			       m->object, path);
	snprintf(link, 64, "/sys/dev/block/%u:%u", major(st.st_rdev),
		 minor(st.st_rdev));
	n = readlink(link, target, sizeof target - 1);
	if (n < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: %s (%s)", m->object, path,
				     link);
	target[n] = '\0';
	last = strrchr(target, '/');
	snprintf(name, NB_MIRROR_WORD, "%.63s", last ? last + 1 : target);
	return NB_OK;
}

/* The first line of FILE; "" if it cannot be read. */
static void
read_word(int dir, const char *file, char buf[NB_MIRROR_WORD])
{
	int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : nb_fd_read(fd, buf, NB_MIRROR_WORD - 1);

	buf[n < 0 ? 0 : n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	nb_fd_close(&fd);
}

enum nb_err
nb_mirror_check_programs(const char *object)
{
	enum nb_err err;

	if (geteuid() != 0)
		return nb_fail(NB_ESOURCE, "%s: only root can split a mirror",
			       object);
	err = nb_tool_check(object, "mdadm", "mdadm");
	if (!err)
		err = nb_tool_check(object, "dmsetup", "dmsetup");
	return err;
}

enum nb_err
nb_mirror_open(struct nb_mirror *m)
{
	char link[64], half[NB_MIRROR_WORD], path[96], text[NB_MIRROR_WORD];
	enum nb_err err;

	m->md = -1;
	err = find_device(m, m->half, link, half);
	if (err)
		return err;
	snprintf(m->member, sizeof m->member, "dev-%.59s", half);
	err = find_device(m, m->array, link, m->name);
	if (err)
		return err;
	snprintf(path, sizeof path, "%s/md", link);
	m->md = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->md < 0)
		return nb_fail(NB_ESOURCE, "%s: %s is not an md array",
			       m->object, m->array);
	read_word(m->md, "../size", text);
	m->size = strtoull(text, NULL, 10) * SECTOR;
	return NB_OK;
}

void
nb_mirror_close(struct nb_mirror *m)
{
	nb_fd_close(&m->md);
}

/* Is WORD one of those in TEXT, which are separated by commas? */
static bool
has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = text; *p;) {
		size_t length = strcspn(p, ",");

		if (length == n && !strncmp(p, word, n))
			return true;
		p += length + (p[length] == ',');
	}
	return false;
}

static void
look_at_member(const struct nb_mirror *m, const char *member,
	       struct nb_mirror_state *state)
{
	char file[NB_MIRROR_WORD + 8], text[NB_MIRROR_WORD];
	bool in_sync;

	snprintf(file, sizeof file, "%.63s/state", member);
	read_word(m->md, file, text);
	in_sync = has_word(text, "in_sync");
	if (strcmp(member, m->member))
		state->working += in_sync;
	else if (has_word(text, "faulty"))
		state->half = NB_MIRROR_FAULTY;
	else
		state->half = in_sync ? NB_MIRROR_WORKING : NB_MIRROR_SYNCING;
}

enum nb_err
nb_mirror_inspect(const struct nb_mirror *m, struct nb_mirror_state *state)
{
	int fd = openat(m->md, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	char text[NB_MIRROR_WORD];
	struct dirent *d;

	*state = (struct nb_mirror_state){ .half = NB_MIRROR_DETACHED };
	if (!dir) {
		nb_fd_close(&fd);
		return nb_fail_errno(NB_ESOURCE, "%s: cannot stat %s",
				     m->object, m->array);
	}
	read_word(m->md, "level", state->level);
	read_word(m->md, "sync_action", state->action);
	read_word(m->md, "raid_disks", text);
	state->disks = atoi(text);
	while ((d = readdir(dir)))
		if (!strncmp(d->d_name, "dev-", 4)
		    && strlen(d->d_name) < NB_MIRROR_WORD)
			look_at_member(m, d->d_name, state);
	closedir(dir);
	return NB_OK;
}

enum nb_err
nb_mirror_judge(const struct nb_mirror *m, const struct nb_mirror_state *state,
		bool may_belong)
{
	bool belongs = state->half == NB_MIRROR_WORKING
		|| state->half == NB_MIRROR_SYNCING;

	if (strcmp(state->level, "raid1"))
		return nb_fail(NB_ESOURCE, "%s: %s is %s, not raid1", m->object,
			       m->array, state->level);
	if (belongs && !may_belong)
		return nb_fail(NB_ESOURCE,
			       "%s: %s is a member of %s, which would end up "
			       "with one member less\n"
			       "hint: use afterwards = readd, or once: mdadm "
			       "%s --fail %s --remove %s",
			       m->object, m->half, m->array, m->array, m->half,
			       m->half);
	if (state->working >= state->disks)
		return nb_fail(
			NB_ESOURCE,
			"%s: %s is complete with %d members without %s\nhint: "
			"mdadm --grow %s --raid-devices=%d adds a slot for it",
			m->object, m->array, state->disks, m->half, m->array,
			state->disks + 1);
	if (state->working < state->disks - 1)
		return nb_fail(NB_ESOURCE,
			       "%s: %s is degraded: apart from %s, %d of %d "
			       "members work\nhint: repair the array "
			       "first",
			       m->object, m->array, m->half, state->working,
			       state->disks - 1);
	if (strcmp(state->action, "idle") && state->half != NB_MIRROR_SYNCING)
		return nb_fail(NB_ESOURCE,
			       "%s: %s is busy: %s\n"
			       "hint: wait until it has finished",
			       m->object, m->array, state->action);
	return NB_OK;
}

bool
nb_mirror_export(const char *text, const char *key, char buf[NB_MIRROR_WORD])
{
	size_t n = strlen(key);

	for (const char *p = text; *p;) {
		size_t length = strcspn(p, "\n");

		if (length > n && !strncmp(p, key, n) && p[n] == '=') {
			snprintf(buf, NB_MIRROR_WORD, "%.*s",
				 (int)(length - n - 1), p + n + 1);
			return true;
		}
		p += length + (p[length] == '\n');
	}
	return false;
}

static enum nb_err
read_uuid(const struct nb_mirror *m, const char *mode, const char *device,
	  char uuid[NB_MIRROR_WORD])
{
	const char *const argv[] = { "mdadm", mode, "--export", device, NULL };
	char *text = NULL;
	enum nb_err err = nb_tool_run(m->object, argv, &text);

	if (!err && !nb_mirror_export(text, "MD_UUID", uuid))
		err = nb_fail(NB_ESOURCE, "%s: mdadm reports no UUID for %s",
			      m->object, device);
	free(text);
	return err;
}

enum nb_err
nb_mirror_offset(const struct nb_mirror *m, uint64_t *offset)
{
	char file[NB_MIRROR_WORD + 8], text[NB_MIRROR_WORD], *end;

	snprintf(file, sizeof file, "%s/offset", m->member);
	read_word(m->md, file, text);
	*offset = strtoull(text, &end, 10) * SECTOR;
	if (!*text || *end)
		return nb_fail(NB_ESOURCE, "%s: no data offset for %s",
			       m->object, m->half);
	return NB_OK;
}

enum nb_err
nb_mirror_check_half(const struct nb_mirror *m)
{
	char array[NB_MIRROR_WORD], half[NB_MIRROR_WORD];
	int fd = open(m->half, O_RDONLY | O_EXCL | O_CLOEXEC);
	enum nb_err err;

	if (fd < 0)
		return nb_fail_errno(NB_ESOURCE, "%s: %s is in use", m->object,
				     m->half);
	nb_fd_close(&fd);
	err = read_uuid(m, "--detail", m->array, array);
	if (!err && read_uuid(m, "--examine", m->half, half))
		err = nb_fail(NB_ESOURCE,
			      "%s: %s was never a member of %s; it was not "
			      "touched\nhint: add it once: mdadm %s --add %s",
			      m->object, m->half, m->array, m->array, m->half);
	else if (!err && strcmp(array, half))
		err = nb_fail(NB_ESOURCE,
			      "%s: %s belongs to another array "
			      "(%s); it was not touched",
			      m->object, m->half, half);
	return err;
}
