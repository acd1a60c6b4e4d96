/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/scout.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/os.h"
#include "base/stop.h"

#define SLICE_MS 200 /* between two questions whether to stop */
#define PATIENCE 5   /* ms until a child that can be killed is gone */

/* Only async-signal-safe functions (signal-safety(7)): there may be threads. */
static int
look(const struct nb_scout *scout, int dir)
{
	int flags = scout->follow ? 0 : AT_SYMLINK_NOFOLLOW, fd;
	char names[1024];
	struct stat st;
	long n;

	if (fstatat(dir, scout->name, &st, flags))
		return errno;
	if (!scout->enter || !S_ISDIR(st.st_mode))
		return 0;
	fd = openat(dir, scout->name,
		    O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC
			    | (scout->follow ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return errno;
	n = syscall(SYS_getdents64, fd, names, sizeof names);
	/* Any name at all is an answer, also one that does not fit. */
	return n < 0 && errno != EINVAL ? errno : 0;
}

/* Keeps the directory and the pipe, neither a lock nor a drive. */
static void __attribute__((noreturn))
begin_child(const struct nb_scout *scout, int pipe)
{
	sigset_t all;
	int dir = scout->dir, number;
	uint8_t byte;

	/* What is sent to the group is for the parent; SIGKILL remains. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	pipe = fcntl(pipe, F_DUPFD, 64);
	if (dir != AT_FDCWD)
		dir = fcntl(dir, F_DUPFD, 64);
	if (pipe < 0 || (dir != AT_FDCWD && dir < 0) || dup2(pipe, 3) < 0)
		_exit(1);
	if (dir != AT_FDCWD && dup2(dir, 4) < 0)
		_exit(1);
	nb_os_close_from(dir == AT_FDCWD ? 4 : 5);
	number = look(scout, dir == AT_FDCWD ? AT_FDCWD : 4);
	byte = number < UINT8_MAX ? (uint8_t)number : EIO;
	_exit(write(3, &byte, 1) != 1);
}

/* The child's answer; its end without one is EIO. */
static int
wait_for_answer(int pipe, unsigned int seconds)
{
	int64_t end = nb_clock_ms() + (int64_t)seconds * 1000;
	struct pollfd answer = { .fd = pipe, .events = POLLIN };
	uint8_t byte;

	for (;;) {
		int64_t left = end - nb_clock_ms();
		int wait = SLICE_MS;

		if (seconds && left <= 0)
			return ETIMEDOUT;
		if (seconds && left < wait)
			wait = (int)left;
		if (poll(&answer, 1, wait) > 0)
			return read(pipe, &byte, 1) == 1 ? byte : EIO;
		if (nb_stop_asked())
			return ECANCELED;
	}
}

/* What cannot be killed is left behind. */
static void
leave(pid_t child)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	kill(child, SIGKILL);
	for (int i = 0; i < PATIENCE && !waitpid(child, NULL, WNOHANG); i++)
		nanosleep(&pause, NULL);
}

int
nb_scout_run(const struct nb_scout *scout)
{
	int ends[2], number;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	child = fork();
	if (!child)
		begin_child(scout, ends[1]);
	number = errno;
	nb_fd_close(&ends[1]);
	if (child > 0) {
		number = wait_for_answer(ends[0], scout->seconds);
		if (number == ETIMEDOUT || number == ECANCELED)
			leave(child);
		else
			while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
				;
	}
	nb_fd_close(&ends[0]);
	return number;
}
