/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command that `vdrive` runs: its environment, its signals, its end. */
#ifndef VDRIVE_FRONT_SPAWN_H
#define VDRIVE_FRONT_SPAWN_H

#include <sys/types.h>

#include "vdrive/front/rundir.h"

/* Exit statuses of the program itself, like those of env(1) and others. */
enum {
	VF_EXIT_USAGE = 2,
	VF_EXIT_FAILED = 125,
	VF_EXIT_CANNOT_RUN = 126,
	VF_EXIT_NOT_FOUND = 127
};

/* Blocks the signals that are passed on; must be called before any thread is
 * created. */
void vf_spawn_prepare(void);

/*
 * Starts ARGV with the library PRELOAD (unless it is NULL) preloaded, in this
 * process group.  Returns its process id, or -1 with errno.
 */
pid_t vf_spawn(char *const argv[], const char *preload,
	       const struct vf_rundir *run);

/*
 * Waits for PID and passes on the signals that were sent to this process alone
 * (those of a terminal reach the child directly).  Returns the exit status, 128
 * + N after signal N.
 */
int vf_spawn_wait(pid_t pid);

#endif
