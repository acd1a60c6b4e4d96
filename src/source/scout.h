/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at a file in a child process, because a file system that hangs (a
 * server that is gone, a program of FUSE that is stopped) keeps whoever looks
 * at it for ever, and not even SIGKILL ends that.  The child has no descriptor
 * of this process but the directory, so it can be left behind.
 */
#ifndef NB_SOURCE_SCOUT_H
#define NB_SOURCE_SCOUT_H

#include <stdbool.h>

struct nb_scout {
	int dir;              /* an open directory, or AT_FDCWD */
	const char *name;     /* in it */
	bool follow;          /* if it is a link: what it leads to */
	bool enter;           /* if it is a directory: also reads from it */
	unsigned int seconds; /* the deadline; 0: none */
};

/*
 * 0: it answers.  Otherwise the error number: ETIMEDOUT after the deadline,
 * ECANCELED if this process is asked to end (base/stop.h), or what the file
 * system said.  Logs nothing.
 */
int nb_scout_run(const struct nb_scout *scout);

#endif
