/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first half of base/proc: starts the child that a struct nb_proc
 * describes, with the descriptors to monitor it.  Private to base/.
 */
#ifndef NB_BASE_PROC_CHILD_H
#define NB_BASE_PROC_CHILD_H

#include <sys/types.h>

#include "base/proc.h"

struct nb_child {
	pid_t pid; /* also the id of its process group */
	int pidfd; /* -1 if the kernel lacks pidfds */
	int out;   /* its stdout and stderr, non-blocking */
	int err;
};

/*
 * Starts the child.  NAME is for messages.  NB_ENOTFOUND: no such program or
 * user; NB_EFAIL: it could not be started; nothing is left running.
 */
enum nb_err nb_child_start(const struct nb_proc *spec, const char *name,
			   struct nb_child *out);

#endif
