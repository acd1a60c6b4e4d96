/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking up a user before a fork, and becoming that user after it.
 */
#ifndef NB_BASE_USER_H
#define NB_BASE_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct nb_user {
	char *name;
	char *home;
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* all groups, including the primary one */
	int group_count;
};

/*
 * Looks up NAME, which is the run_as of OF in messages (NULL: of nothing that
 * has a name), or the current user if NAME is NULL.  NB_ENOTFOUND: no such
 * user; NB_EIO: the user database cannot be read.  Free with nb_user_free.
 */
enum nb_err nb_user_find(const char *of, const char *name, struct nb_user *out);
void nb_user_free(struct nb_user *user);

/* True when this process may become USER: it is USER, or root. */
bool nb_user_allowed(const struct nb_user *user);

/*
 * Becomes USER for good: groups, group and user ids, real, effective and
 * saved; then checks all of them, and that there is no way back.  Only
 * async-signal-safe calls.  0, or -1 with errno.
 */
int nb_user_become(const struct nb_user *user);

#endif
