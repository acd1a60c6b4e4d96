/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "job/drill/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/os.h"

#define TRIES 3 /* a server may just be starting */
#define PAUSE_MS 300

struct nb_keeper {
	pid_t pid;
	int socket; /* a byte: leave the directory; end of file: remove it */
};

static bool
remove_all(const char *dir, void (*halt)(const char *dir))
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };

	for (int i = 0; i < TRIES; i++) {
		if (i)
			nanosleep(&pause, NULL);
		if (halt)
			halt(dir);
		if (nb_temporary_remove(dir))
			return true;
	}
	return false;
}

static void __attribute__((noreturn))
keep(int socket, const struct nb_temporary *made, void (*halt)(const char *dir))
{
	int lock = fcntl(made->lock, F_DUPFD, 5);
	sigset_t all;
	char byte;
	ssize_t n;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	if (dup2(socket, 3) < 0)
		_exit(1);
	if (lock >= 0)
		dup2(lock, 4);
	nb_os_close_from(lock >= 0 ? 5 : 4);
	do
		n = read(3, &byte, 1);
	while (n < 0 && errno == EINTR);
	_exit(n > 0 || remove_all(made->path, halt) ? 0 : 1);
}

enum nb_err
nb_keeper_begin(const struct nb_temporary *made, void (*halt)(const char *dir),
		struct nb_keeper **out)
{
	struct nb_keeper *keeper = calloc(1, sizeof *keeper);
	int ends[2];

	if (!keeper)
		return nb_fail_memory();
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) {
		free(keeper);
		return nb_fail_errno(NB_EFAIL, "drill: cannot create a socket");
	}
	keeper->socket = ends[1];
	keeper->pid = fork();
	if (!keeper->pid)
		keep(ends[0], made, halt);
	close(ends[0]);
	if (keeper->pid < 0) {
		close(ends[1]);
		free(keeper);
		return nb_fail_errno(NB_EFAIL, "drill: cannot fork");
	}
	*out = keeper;
	return NB_OK;
}

enum nb_err
nb_keeper_end(struct nb_keeper *keeper, bool keep)
{
	int status = 0;

	if (!keeper)
		return NB_OK;
	if (keep)
		(void)!send(keeper->socket, "", 1, MSG_NOSIGNAL);
	close(keeper->socket);
	while (waitpid(keeper->pid, &status, 0) < 0 && errno == EINTR)
		;
	free(keeper);
	return status ? NB_EIO : NB_OK;
}
