/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vdrive/front/spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vdrive/station/wire.h"

static const int passed_on[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				 SIGUSR1, SIGUSR2, SIGCONT };
static sigset_t waited, before;

void
vf_spawn_prepare(void)
{
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&waited);
	sigaddset(&waited, SIGCHLD);
	for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++)
		sigaddset(&waited, passed_on[i]);
	sigprocmask(SIG_BLOCK, &waited, &before);
}

/* Sets NAME to FIRST, followed by a colon and its previous value. */
static int
prepend(const char *name, const char *first)
{
	const char *old = getenv(name);
	char *value;
	int result;

	if (!old || !*old)
		return setenv(name, first, 1);
	if (asprintf(&value, "%s:%s", first, old) < 0)
		return -1;
	result = setenv(name, value, 1);
	free(value);
	return result;
}

/*
 * AddressSanitizer requires to be first in the list of libraries, although it
 * works after one that only forwards calls; an option disables this check.
 */
static int
set_environment(const char *preload, const struct vf_rundir *run)
{
	if (preload
	    && (prepend("LD_PRELOAD", preload)
		|| prepend("ASAN_OPTIONS", "verify_asan_link_order=0")))
		return -1;
	return setenv(VF_ENV, run->path, 1);
}

pid_t
vf_spawn(char *const argv[], const char *preload, const struct vf_rundir *run)
{
	pid_t pid = fork();
	int error;

	if (pid)
		return pid;
	if (set_environment(preload, run)) {
		fprintf(stderr, "vdrive: out of memory\n");
		_exit(VF_EXIT_FAILED);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	execvp(argv[0], argv);
	error = errno;
	fprintf(stderr, "vdrive: %s: cannot run: %s\n", argv[0],
		strerror(error));
	_exit(error == ENOENT ? VF_EXIT_NOT_FOUND : VF_EXIT_CANNOT_RUN);
}

int
vf_spawn_wait(pid_t pid)
{
	siginfo_t info;
	int status;

	for (;;) {
		pid_t ended = waitpid(pid, &status, WNOHANG);

		if (ended == pid)
			break;
		if (ended < 0 && errno != EINTR)
			return VF_EXIT_FAILED;
		if (sigwaitinfo(&waited, &info) < 0)
			continue;
		if (info.si_signo != SIGCHLD && info.si_code <= 0)
			kill(pid, info.si_signo);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
