/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/run/check_places.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "source/ours.h"
#include "store/staging.h"

#define STDIO "stdio:"

/* ---- drives ---- */

static enum nb_err
check_file(const struct nb_config_drive *drive, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat st;
	char *dir = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	enum nb_err err = dir ? NB_OK : nb_fail_memory();

	if (!err && !stat(path, &st) && S_ISDIR(st.st_mode))
		err = nb_fail(NB_ECONFIG,
			      "drive %s: %s: a directory\n"
			      "hint: name a file in it, as stdio:%s/A",
			      drive->name, path, path);
	else if (!err && access(dir, W_OK | X_OK))
		err = nb_fail_errno(nb_fd_open_error(),
				    "drive %s: %s: cannot be used", drive->name,
				    dir);
	free(dir);
	return err;
}

static enum nb_err
check_drive(const struct nb_config_drive *drive)
{
	struct stat st;

	if (!strncmp(drive->device, STDIO, strlen(STDIO)))
		return check_file(drive, drive->device + strlen(STDIO));
	if (stat(drive->device, &st))
		return nb_fail(nb_fd_open_error(),
			       "drive %s: %s: no such device\n"
			       "hint: nightburn drives lists the recorders",
			       drive->name, drive->device);
	if (S_ISDIR(st.st_mode))
		return nb_fail(NB_ECONFIG,
			       "drive %s: %s: a directory, not a device\n"
			       "hint: to use a file in it as a disc, write "
			       "stdio:%s/A",
			       drive->name, drive->device, drive->device);
	if (!S_ISBLK(st.st_mode) && !S_ISCHR(st.st_mode))
		return nb_fail(NB_ECONFIG,
			       "drive %s: %s: not a device\n"
			       "hint: write stdio:%s to use a file as a disc",
			       drive->name, drive->device, drive->device);
	return NB_OK;
}

/* ---- directories ---- */

/* What others have in the directory PATH, which may be STAGING: the first name,
 * and how many there are. */
static void
find_foreign(const char *path, bool staging, char first[NAME_MAX + 1],
	     size_t *count)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	*count = 0;
	while (dir && (d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, "..")
		    && strcmp(d->d_name, "lost+found")
		    && !(staging && nb_ours_is_staged(d->d_name))
		    && !(*count)++)
			strcpy(first, d->d_name);
	if (dir)
		closedir(dir);
}

/* A run makes the directory, but not the one above it. */
static enum nb_err
check_directory(const char *option, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *above = strndup(path, slash == path ? 1 : (size_t)(slash - path));
	const char *at = path;
	struct statfs fs;
	struct stat st;
	enum nb_err err = above ? NB_OK : nb_fail_memory();

	if (!err && stat(path, &st) && errno == ENOENT)
		at = above;
	if (!err && stat(at, &st))
		err = nb_fail(nb_fd_open_error(),
			      "%s: %s: %s\nhint: mkdir -p %s", option, at,
			      strerror(errno), at);
	else if (!err && !S_ISDIR(st.st_mode))
		err = nb_fail(NB_ECONFIG, "%s: %s: not a directory", option,
			      at);
	else if (!err && !statfs(at, &fs)
		 && (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC))
		err = nb_fail(NB_ECONFIG,
			      "%s: %s: files cannot be kept there\n"
			      "hint: name a directory on a disk",
			      option, path);
	free(above);
	return err;
}

/* A directory that is not one of nightburn yet: all of it becomes that. */
static void
check_new_state(const char *dir)
{
	char *path = NULL, first[NAME_MAX + 1];
	size_t count = 0;

	if (nb_str_format(&path, "%s/installation", dir))
		return;
	if (access(path, F_OK))
		find_foreign(dir, true, first, &count);
	free(path);
	if (count)
		nb_log(NB_WARNING,
		       "state_dir: %s has other things in it: %s%s, which "
		       "are left out of trees\n"
		       "hint: give nightburn a directory of its own",
		       dir, first, count > 1 ? " and more" : "");
}

static enum nb_err
check_staging(const struct nb_config *config)
{
	char first[NAME_MAX + 1];
	size_t count;
	enum nb_err err =
		nb_staging_is_apart(config->staging_dir, config->state_dir);

	if (err)
		return err;
	find_foreign(config->staging_dir, true, first, &count);
	if (count)
		nb_log(NB_WARNING,
		       "staging_dir: %s has other things in it: %s%s\n"
		       "hint: give backups that wait a directory of their own",
		       config->staging_dir, first,
		       count > 1 ? " and more" : "");
	return NB_OK;
}

size_t
nb_check_places(const struct nb_config *config)
{
	enum nb_err err = check_directory("state_dir", config->state_dir);
	size_t count = err != NB_OK;

	if (!err)
		check_new_state(config->state_dir);
	err = check_directory("staging_dir", config->staging_dir);
	if (!err)
		err = check_staging(config);
	count += err != NB_OK;
	for (size_t i = 0; i < config->drives.count; i++)
		count += check_drive(&config->drives.at[i]) != NB_OK;
	return count;
}
