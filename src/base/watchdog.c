/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
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

/* ---- calls into file systems ---- */

#define LOOK_MS 500
/* How long a call may take although an end is wanted. */
#define HASTE_MS 2000
#define BURN_HASTE_MS 10000
#define DEATH_MS 2000   /* from one signal to the next */
#define DESCRIPTORS 256 /* locks are among the first */
#define STOPS (1U << (SIGHUP - 1) | 1U << (SIGINT - 1) | 1U << (SIGTERM - 1))

struct shared {
	_Atomic int64_t since; /* nb_clock_ms of the call; 0: there is none */
	_Atomic int64_t limit; /* milliseconds; 0: none */
	_Atomic bool burning;
	char what[256];
};

struct nb_calls {
	pid_t pid;
	int pipe; /* its end is that of this process */
	struct shared *shared;
};

/* Of the process that watches. */
struct calls_watch {
	pid_t watched;
	int pipe;
	char proc[32]; /* /proc/PID/status */
	struct shared *shared;
};

/* Whether the watched process ended within TIMEOUT milliseconds. */
static bool
has_ended(const struct calls_watch *w, int timeout)
{
	struct pollfd pipe = { .fd = w->pipe, .events = POLLIN };

	return poll(&pipe, 1, timeout) > 0;
}

static bool
is_asked_to_end(const struct calls_watch *w)
{
	static const char title[] = "ShdPnd:\t";
	char text[4096], *at;
	unsigned long pending = 0;
	int fd = open(w->proc, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	nb_fd_close(&fd);
	if (n < 0)
		return false;
	text[n] = '\0';
	at = strstr(text, title);
	for (at = at ? at + strlen(title) : text + n; *at > ' '; at++)
		pending = pending << 4
			| (unsigned long)(*at <= '9' ? *at - '0'
						     : *at - 'a' + 10);
	return pending & STOPS;
}

static void
say(const struct calls_watch *w, const char *why)
{
	const char *const texts[] = { "nightburn: ", w->shared->what, why,
				      "; the run is ended\n" };
	char line[512] = "";
	size_t n = 0;

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (const char *p = texts[i]; *p && n < sizeof line; p++)
			line[n++] = *p;
	(void)!write(STDERR_FILENO, line, n);
}

/* Its descriptors, before it dies: afterwards nobody could get at them. */
static size_t
take_descriptors(const struct calls_watch *w, int fds[DESCRIPTORS])
{
	size_t count = 0;
#ifdef SYS_pidfd_getfd
	int pidfd = nb_os_pidfd(w->watched), fd;
	struct stat st;

	for (int i = 3; pidfd >= 0 && i < DESCRIPTORS; i++) {
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, i, 0U);
		/* Not the pipe whose end tells of its own. */
		if (fd >= 0 && (fstat(fd, &st) || S_ISFIFO(st.st_mode)))
			nb_fd_close(&fd);
		else if (fd >= 0)
			fds[count++] = fd;
	}
#else
	(void)w;
	(void)fds;
#endif
	return count;
}

static void __attribute__((noreturn))
end_watched(const struct calls_watch *w, const char *why)
{
	union sigval value = { .sival_int = w->shared->burning ? 4 : 1 };
	int fds[DESCRIPTORS];
	size_t count = take_descriptors(w, fds);

	say(w, why);
	sigqueue(w->watched, SIGALRM, value);
	if (has_ended(w, DEATH_MS))
		_exit(0);
	kill(w->watched, SIGKILL);
	if (!has_ended(w, DEATH_MS))
		for (size_t i = 0; i < count; i++)
			flock(fds[i], LOCK_UN);
	_exit(0);
}

static void __attribute__((noreturn)) watch_calls(const struct calls_watch *w)
{
	struct shared *shared = w->shared;

	while (!has_ended(w, LOOK_MS)) {
		int64_t since = shared->since, limit = shared->limit;
		int64_t waited = since ? nb_clock_ms() - since : 0;

		if (limit && waited > limit)
			end_watched(w, ": no response from its file system");
		if (waited > (shared->burning ? BURN_HASTE_MS : HASTE_MS)
		    && is_asked_to_end(w))
			end_watched(w,
				    ": asked to end while its file system "
				    "does not respond");
	}
	_exit(0);
}

static void __attribute__((noreturn)) begin_calls_child(struct calls_watch *w)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (dup2(w->pipe, 3) < 0)
		_exit(1);
	w->pipe = 3;
	nb_os_close_from(4);
	watch_calls(w);
}

static enum nb_err
fork_calls(struct nb_calls *calls)
{
	struct calls_watch w = { .watched = getpid(), .shared = calls->shared };
	int ends[2];

	snprintf(w.proc, sizeof w.proc, "/proc/%ld/status", (long)getpid());
	if (pipe2(ends, O_CLOEXEC))
		return nb_fail_errno(NB_EFAIL,
				     "watchdog: cannot create a pipe");
	w.pipe = ends[0];
	calls->pid = fork();
	if (!calls->pid)
		begin_calls_child(&w);
	nb_fd_close(&ends[0]);
	calls->pipe = ends[1];
	return calls->pid < 0 ? nb_fail_errno(NB_EFAIL, "watchdog: cannot fork")
			      : NB_OK;
}

enum nb_err
nb_calls_begin(struct nb_calls **out)
{
	struct nb_calls *calls = calloc(1, sizeof *calls);
	enum nb_err err;

	if (!calls)
		return nb_fail_memory();
	calls->pid = calls->pipe = -1;
	calls->shared =
		mmap(NULL, sizeof *calls->shared, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (calls->shared == MAP_FAILED) {
		free(calls);
		return nb_fail_memory();
	}
	err = fork_calls(calls);
	if (err)
		nb_calls_end(calls);
	else
		*out = calls;
	return err;
}

void
nb_calls_limit(struct nb_calls *calls, int64_t seconds)
{
	int64_t limit = seconds ? seconds * 1000 : INT64_MAX;

	if (calls && limit > calls->shared->limit)
		calls->shared->limit = limit;
}

void
nb_calls_burning(struct nb_calls *calls, bool burning)
{
	if (calls)
		calls->shared->burning = burning;
}

void
nb_calls_enter(struct nb_calls *calls, const char *object, const char *path)
{
	struct shared *shared = calls ? calls->shared : NULL;

	if (!shared)
		return;
	snprintf(shared->what, sizeof shared->what, "%s: %s", object, path);
	shared->since = nb_clock_ms();
}

void
nb_calls_leave(struct nb_calls *calls)
{
	if (calls)
		calls->shared->since = 0;
}

void
nb_calls_end(struct nb_calls *calls)
{
	if (!calls)
		return;
	nb_fd_close(&calls->pipe);
	while (calls->pid > 0 && waitpid(calls->pid, NULL, 0) < 0
	       && errno == EINTR)
		;
	munmap(calls->shared, sizeof *calls->shared);
	free(calls);
}
