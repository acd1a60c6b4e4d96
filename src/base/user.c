/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

/* The entry of NAME (or of the current user id), with its strings in *BUF. */
static int
look_up(const char *name, struct passwd *pw, char **buf, struct passwd **found)
{
	size_t size = 1024;
	int failed;

	do {
		free(*buf);
		size *= 2;
		*buf = malloc(size);
		if (!*buf)
			return ENOMEM;
		*found = NULL;
		failed = name ? getpwnam_r(name, pw, *buf, size, found)
			      : getpwuid_r(geteuid(), pw, *buf, size, found);
	} while (failed == ERANGE && size < 1 << 20);
	return failed;
}

static enum nb_err
find_groups(struct nb_user *user)
{
	int count = 16;

	for (int tries = 0; tries < 8; tries++) {
		gid_t *grown = reallocarray(user->groups, (size_t)count,
					    sizeof *grown);

		if (!grown)
			return nb_fail_memory();
		user->groups = grown;
		user->group_count = count;
		if (getgrouplist(user->name, user->gid, grown,
				 &user->group_count)
		    >= 0)
			return NB_OK;
		count = user->group_count > count ? user->group_count
						  : count * 2;
	}
	return nb_fail(NB_EIO, "%s: cannot list the groups", user->name);
}

enum nb_err
nb_user_find(const char *of, const char *name, struct nb_user *out)
{
	struct nb_user user = { .uid = geteuid(), .gid = getegid() };
	struct passwd pw, *found = NULL;
	char *buf = NULL;
	enum nb_err err;

	errno = look_up(name, &pw, &buf, &found);
	if (errno == ENOMEM) {
		err = nb_fail_memory();
	} else if (!found && name) {
		err = errno && errno != ENOENT && errno != ESRCH
			? nb_fail_errno(NB_EIO, "%s: cannot look up the user",
					name)
			: nb_fail(NB_ENOTFOUND, "%s%srun_as: no user %s",
				  of ? of : "", of ? ": " : "", name);
	} else if (!found) {
		err = nb_fail(NB_ENOTFOUND, "user id %u: no such user",
			      (unsigned int)user.uid);
	} else {
		user.uid = pw.pw_uid;
		user.gid = pw.pw_gid;
		err = nb_str_dup(pw.pw_name, &user.name);
		if (!err)
			err = nb_str_dup(pw.pw_dir, &user.home);
		if (!err)
			err = find_groups(&user);
	}
	free(buf);
	if (err)
		nb_user_free(&user);
	else
		*out = user;
	return err;
}

void
nb_user_free(struct nb_user *user)
{
	free(user->name);
	free(user->home);
	free(user->groups);
	memset(user, 0, sizeof *user);
}

bool
nb_user_allowed(const struct nb_user *user)
{
	return geteuid() == 0 || geteuid() == user->uid;
}

static int
is_become(const struct nb_user *user)
{
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;

	return !getresuid(&ruid, &euid, &suid) && ruid == user->uid
		&& euid == user->uid && suid == user->uid
		&& !getresgid(&rgid, &egid, &sgid) && rgid == user->gid
		&& egid == user->gid && sgid == user->gid
		&& (user->uid == 0 || setresuid((uid_t)-1, 0, 0) != 0);
}

int
nb_user_become(const struct nb_user *user)
{
	if (geteuid() == 0) {
		if (setgroups((size_t)user->group_count, user->groups)
		    || setresgid(user->gid, user->gid, user->gid)
		    || setresuid(user->uid, user->uid, user->uid))
			return -1;
	} else if (geteuid() == user->uid) {
		return 0;
	}
	if (!is_become(user)) {
		errno = EPERM;
		return -1;
	}
	return 0;
}
