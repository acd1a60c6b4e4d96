/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/os.h"

#define GRACE_MS 10000 /* from SIGALRM to SIGKILL */
#define REST 0xff      /* on the pipe, instead of a status */

struct nb_watchdog {
	pid_t pid;
	int pipe; /* each byte is a sign of life; end of file: this process has
		     ended */
};

/* The text is made before the fork: after it only async-signal-safe functions
 * may be called (signal-safety(7)). */
struct watch {
	pid_t watched;
	int pipe;
	int timeout; /* milliseconds */
	size_t length;
	char text[512];
};

/* True while signs of life arrive in time; *STATUS is that of the last one, or
 * REST. */
static bool
wait_for_beat(const struct watch *watch, int timeout, int *status)
{
	struct pollfd beat = { .fd = watch->pipe, .events = POLLIN };
	unsigned char byte;
	int ready;

	do
		ready = poll(&beat, 1, *status == REST ? -1 : timeout);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		return false;
	if (read(watch->pipe, &byte, 1) != 1)
		_exit(0); /* it has ended */
	*status = byte;
	return true;
}

static void __attribute__((noreturn)) keep_watch(const struct watch *watch)
{
	union sigval value = { .sival_int = 1 };

	while (wait_for_beat(watch, watch->timeout, &value.sival_int))
		;
	if (write(STDERR_FILENO, watch->text, watch->length) < 0)
		value.sival_int = 1;
	sigqueue(watch->watched, SIGALRM, value);
	do
		value.sival_int = 1;
	while (wait_for_beat(watch, GRACE_MS, &value.sival_int));
	kill(watch->watched, SIGKILL);
	_exit(0);
}

static void __attribute__((noreturn)) begin_child(struct watch *watch)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* Keeps none of the parent's descriptors open: no drive, no lock. */
	if (dup2(watch->pipe, 3) < 0)
		_exit(1);
	watch->pipe = 3;
	nb_os_close_from(4);
	keep_watch(watch);
}

enum nb_err
nb_watchdog_begin(const char *what, unsigned int seconds,
		  struct nb_watchdog **out)
{
	struct nb_watchdog *watchdog = calloc(1, sizeof *watchdog);
	struct watch watch = { .watched = getpid(),
			       .timeout = (int)seconds * 1000 };
	int ends[2];

	if (!watchdog)
		return nb_fail_memory();
	snprintf(watch.text, sizeof watch.text,
		 "nightburn: %.400s: no response for %u s; the run is ended\n",
		 what, seconds);
	watch.length = strlen(watch.text);
	if (pipe2(ends, O_CLOEXEC)) {
		free(watchdog);
		return nb_fail_errno(NB_EFAIL,
				     "watchdog: cannot create a pipe");
	}
	watch.pipe = ends[0];
	watchdog->pipe = ends[1];
	watchdog->pid = fork();
	if (!watchdog->pid)
		begin_child(&watch);
	close(ends[0]);
	if (watchdog->pid < 0) {
		close(ends[1]);
		free(watchdog);
		return nb_fail_errno(NB_EFAIL, "watchdog: cannot fork");
	}
	*out = watchdog;
	return NB_OK;
}

static void
put(struct nb_watchdog *watchdog, int value)
{
	unsigned char byte = (unsigned char)value;

	if (watchdog)
		while (write(watchdog->pipe, &byte, 1) < 0 && errno == EINTR)
			;
}

void
nb_watchdog_beat(struct nb_watchdog *watchdog, int status)
{
	put(watchdog, status);
}

void
nb_watchdog_rest(struct nb_watchdog *watchdog)
{
	put(watchdog, REST);
}

void
nb_watchdog_end(struct nb_watchdog *watchdog)
{
	if (!watchdog)
		return;
	close(watchdog->pipe);
	while (waitpid(watchdog->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(watchdog);
}
