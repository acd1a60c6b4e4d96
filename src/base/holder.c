/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/holder.h"

#include <dirent.h>
#include <limits.h>
#include <mntent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

#define MOUNTS "/proc/self/mounts"
#define LINE 8192
#define TOLD_MAX 3

/* Do both names mean one device?  Only /dev is examined: another file system
 * might not respond. */
static bool
is_same(const char *device, const char *source)
{
	struct stat a, b;

	if (!strcmp(device, source))
		return true;
	return !strncmp(source, "/dev/", 5) && !stat(device, &a)
		&& !stat(source, &b) && S_ISBLK(a.st_mode) && S_ISBLK(b.st_mode)
		&& a.st_rdev == b.st_rdev;
}

enum nb_err
nb_holder_mount(const char *device, char **where)
{
	FILE *mounts = setmntent(MOUNTS, "re");
	struct mntent entry;
	char text[LINE];
	enum nb_err err = NB_OK;
	char *found = NULL;

	while (mounts && !found && !err
	       && getmntent_r(mounts, &entry, text, sizeof text))
		if (is_same(device, entry.mnt_fsname))
			err = nb_str_dup(entry.mnt_dir, &found);
	if (mounts)
		endmntent(mounts);
	if (!err)
		*where = found;
	return err;
}

/* Has the process whose directory in /proc is PROC opened PATH? */
static bool
has_open(const char *proc, const char *path)
{
	char name[64], target[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *fds;

	snprintf(name, sizeof name, "/proc/%.20s/fd", proc);
	fds = opendir(name);
	while (fds && !found && (entry = readdir(fds))) {
		ssize_t n = readlinkat(dirfd(fds), entry->d_name, target,
				       sizeof target - 1);

		if (n <= 0)
			continue;
		target[n] = '\0';
		found = !strcmp(target, path);
	}
	if (fds)
		closedir(fds);
	return found;
}

static void
add_process(struct nb_str *text, const char *proc)
{
	char name[64], comm[64] = "";
	FILE *file;

	snprintf(name, sizeof name, "/proc/%.20s/comm", proc);
	file = fopen(name, "re");
	if (file && !fgets(comm, sizeof comm, file))
		comm[0] = '\0';
	if (file)
		fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	nb_str_addf(text, "%sprocess %.20s (%s)", text->length ? ", " : "",
		    proc, comm);
}

enum nb_err
nb_holder_processes(const char *path, char **who)
{
	char real[PATH_MAX], own[24];
	struct nb_str text = NB_STR_INIT;
	struct dirent *entry;
	int count = 0;
	enum nb_err err = NB_OK;
	DIR *proc;

	if (!realpath(path, real))
		snprintf(real, sizeof real, "%s", path);
	snprintf(own, sizeof own, "%ld", (long)getpid());
	proc = opendir("/proc");
	while (proc && count < TOLD_MAX && (entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9'
		    || !strcmp(entry->d_name, own)
		    || !has_open(entry->d_name, real))
			continue;
		add_process(&text, entry->d_name);
		count++;
	}
	if (proc)
		closedir(proc);
	if (count)
		err = nb_str_take(&text, who);
	else
		*who = NULL;
	nb_str_free(&text);
	return err;
}
