/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/staging.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/str.h"

enum nb_err
nb_staging_room(const char *staging_dir, uint64_t *bytes)
{
	struct statvfs fs;
	char *path, *slash;
	enum nb_err err = nb_str_dup(staging_dir, &path);
	int bad;

	if (err)
		return err;
	/* For a directory that does not exist yet, the file system of its
	 * parent. */
	while ((bad = statvfs(path, &fs)) && errno == ENOENT) {
		slash = strrchr(path, '/');
		if (!slash || !path[1])
			break;
		slash[slash == path] = '\0';
	}
	if (bad)
		err = nb_fail_errno(NB_EIO,
				    "%s: cannot determine the free space",
				    staging_dir);
	else
		*bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	free(path);
	return err;
}

enum nb_err
nb_staging_is_apart(const char *staging_dir, const char *state_dir)
{
	struct stat state, staging;

	if (strcmp(state_dir, staging_dir) != 0
	    && (stat(state_dir, &state) || stat(staging_dir, &staging)
		|| state.st_ino != staging.st_ino
		|| state.st_dev != staging.st_dev))
		return NB_OK;
	return nb_fail(NB_ECONFIG,
		       "staging_dir: %s is the state_dir\n"
		       "hint: set staging_dir = \"%s/staging\"",
		       staging_dir, state_dir);
}
