/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/proc.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/proc_child.h"
#include "base/stop.h"
#include "base/str.h"

#define BUFFER_SIZE (256 << 10)
#define MAX_KEPT (16 << 20)
#define MAX_ERRORS 60000
#define MAX_LAST 4096
#define TICK_MS 1000
#define GRACE_MS 2000    /* SIGTERM to SIGKILL; child ended to streams ended */
#define GIVE_UP_MS 10000 /* after SIGKILL */
#define NO_PIDFD_MS 20   /* between checks, if there is no pidfd */

struct run {
	const struct nb_proc *spec;
	struct nb_proc_result *result;
	const char *name; /* of the program, for messages */
	struct nb_child child;
	bool exited; /* a zombie: its group id is not reused yet */
	int64_t now, deadline, next_tick;
	int64_t exited_at;
	int64_t terminated_at; /* when it was asked to end; 0: it was not */
	int64_t killed_at;
	enum nb_err err; /* the first reason for ending it */
	char *buffer;
	struct nb_str kept; /* stdout, if there is no sink */
	struct nb_str errors;
	struct nb_str last; /* later output, if errors is full */
};

static void
terminate(struct run *r, enum nb_err err)
{
	if (!r->err)
		r->err = err;
	if (r->terminated_at)
		return;
	r->terminated_at = r->now;
	kill(-r->child.pid, SIGTERM);
	/* A stopped process cannot end otherwise. */
	kill(-r->child.pid, SIGCONT);
}

static void
shorten(struct nb_str *last)
{
	if (last->length <= MAX_LAST)
		return;
	memmove(last->text, last->text + last->length - MAX_LAST, MAX_LAST);
	last->length = MAX_LAST;
}

/* Keeps the beginning, where the cause is, and the end. */
static void
keep_errors(struct run *r, const char *data, size_t n)
{
	size_t room = MAX_ERRORS - r->errors.length,
	       first = n < room ? n : room;

	nb_str_add_bytes(&r->errors, data, first);
	nb_str_add_bytes(&r->last, data + first, n - first);
	if (!r->last.failed && r->last.length >= 2 * MAX_LAST)
		shorten(&r->last);
}

static enum nb_err
take_output(struct run *r, const char *data, size_t n)
{
	const struct nb_proc *spec = r->spec;
	char size[16];

	if (spec->max_bytes && r->result->bytes + n > spec->max_bytes)
		return nb_fail(NB_EFAIL, "%s: more than %s of output", r->name,
			       nb_str_size(spec->max_bytes, size));
	if (!spec->sink && r->kept.length + n > MAX_KEPT)
		return nb_fail(NB_EFAIL, "%s: more than %s of output", r->name,
			       nb_str_size(MAX_KEPT, size));
	r->result->bytes += n;
	if (spec->sink)
		return spec->sink(spec->ctx, data, n);
	nb_str_add_bytes(&r->kept, data, n);
	return r->kept.failed ? nb_fail_memory() : NB_OK;
}

/* Reads once from *FD; closes it at the end of the stream. */
static void
drain(struct run *r, int *fd)
{
	ssize_t n = read(*fd, r->buffer, BUFFER_SIZE);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	/* Not the end of the stream: the output is incomplete. */
	if (n < 0)
		terminate(r,
			  nb_fail_errno(NB_EIO, "%s: cannot read its output",
					r->name));
	if (n <= 0) {
		nb_fd_close(fd);
	} else if (fd == &r->child.err) {
		keep_errors(r, r->buffer, (size_t)n);
	} else if (!r->terminated_at) {
		enum nb_err err = take_output(r, r->buffer, (size_t)n);

		if (err)
			terminate(r, err);
	}
}

/* Records the end of the child but leaves it a zombie, so that its id is not
 * reused. */
static void
look_at_child(struct run *r)
{
	siginfo_t info = { .si_pid = 0 };

	if (r->exited
	    || waitid(P_PID, (id_t)r->child.pid, &info,
		      WEXITED | WNOHANG | WNOWAIT)
	    || info.si_pid == 0)
		return;
	r->exited = true;
	r->exited_at = r->now;
}

static void
keep_time(struct run *r)
{
	const struct nb_proc *spec = r->spec;
	enum nb_err err;

	r->now = nb_clock_ms();
	if (r->terminated_at) {
		if (!r->killed_at && r->now >= r->terminated_at + GRACE_MS) {
			kill(-r->child.pid, SIGKILL);
			r->killed_at = r->now;
		}
		return;
	}
	if (!r->spec->to_end && nb_stop_asked()) {
		terminate(r, NB_ECANCELED);
	} else if (r->exited && r->now >= r->exited_at + GRACE_MS) {
		terminate(r,
			  nb_fail(NB_EFAIL,
				  "%s: exited, but a child process keeps its "
				  "output open",
				  r->name));
	} else if (r->deadline && r->now >= r->deadline) {
		terminate(r,
			  nb_fail(NB_EFAIL, "%s: timed out after %" PRId64 " s",
				  r->name, (spec->timeout_ms + 999) / 1000));
	} else if (spec->tick && r->now >= r->next_tick) {
		r->next_tick = r->now + TICK_MS;
		err = spec->tick(spec->ctx);
		if (err)
			terminate(r, err);
	}
}

/* Milliseconds until keep_time has something to do. */
static int
time_left(const struct run *r)
{
	int64_t until = r->now + TICK_MS;

	if (r->killed_at)
		until = r->killed_at + GIVE_UP_MS;
	else if (r->terminated_at)
		until = r->terminated_at + GRACE_MS;
	else if (r->exited)
		until = r->exited_at + GRACE_MS;
	if (!r->terminated_at && r->deadline && r->deadline < until)
		until = r->deadline;
	if (!r->terminated_at && r->spec->tick && r->next_tick < until)
		until = r->next_tick;
	if (r->child.pidfd < 0 && !r->exited && r->now + NO_PIDFD_MS < until)
		until = r->now + NO_PIDFD_MS;
	return until > r->now ? (int)(until - r->now) : 0;
}

static bool
is_over(const struct run *r)
{
	if (r->killed_at && r->now >= r->killed_at + GIVE_UP_MS)
		return true;
	if (!r->exited)
		return false;
	/* After a kill, the rest of the output is not waited for. */
	return r->killed_at || (r->child.out < 0 && r->child.err < 0);
}

static void
follow(struct run *r)
{
	while (!is_over(r)) {
		struct pollfd fds[3] = {
			{ .fd = r->child.out, .events = POLLIN },
			{ .fd = r->child.err, .events = POLLIN },
			{ .fd = r->exited ? -1 : r->child.pidfd,
			  .events = POLLIN },
		};

		poll(fds, 3, time_left(r));
		if (fds[0].revents)
			drain(r, &r->child.out);
		if (fds[1].revents)
			drain(r, &r->child.err);
		keep_time(r);
		look_at_child(r);
	}
	/* Kills what is left of a group that failed. */
	if (r->err)
		kill(-r->child.pid, SIGKILL);
}

static void
collect_status(struct run *r)
{
	int status;
	pid_t got;

	do
		got = waitpid(r->child.pid, &status, r->exited ? 0 : WNOHANG);
	while (got < 0 && errno == EINTR);
	if (got == r->child.pid && WIFEXITED(status))
		r->result->exit_code = WEXITSTATUS(status);
	else if (got == r->child.pid && WIFSIGNALED(status))
		r->result->signal = WTERMSIG(status);
}

static enum nb_err
take_texts(struct run *r)
{
	struct nb_str *errors = &r->errors;
	enum nb_err err, later = NB_OK;

	if (r->last.length) {
		shorten(&r->last);
		nb_str_add(errors, "\n");
		nb_str_add_bytes(errors, r->last.text, r->last.length);
		errors->failed |= r->last.failed;
	}
	while (errors->length && errors->text[errors->length - 1] == '\n')
		errors->length--;
	if (errors->text)
		errors->text[errors->length] = '\0';
	err = nb_str_take(errors, &r->result->errors);
	if (!r->spec->sink)
		later = nb_str_take(&r->kept, &r->result->output);
	return err ? err : later;
}

enum nb_err
nb_proc_run(const struct nb_proc *spec, struct nb_proc_result *result)
{
	struct run r = { .spec = spec, .result = result, .name = spec->name };
	enum nb_err err;

	*result = (struct nb_proc_result){ .exit_code = -1 };
	if (!r.name) {
		const char *slash = strrchr(spec->argv[0], '/');

		r.name = slash ? slash + 1 : spec->argv[0];
	}
	r.buffer = aligned_alloc(4096, BUFFER_SIZE);
	if (!r.buffer)
		return nb_fail_memory();
	err = nb_child_start(spec, r.name, &r.child);
	if (err)
		goto out;
	if (spec->pid)
		*spec->pid = r.child.pid;
	r.now = nb_clock_ms();
	r.deadline = spec->timeout_ms ? r.now + spec->timeout_ms : 0;
	r.next_tick = r.now + TICK_MS;
	follow(&r);
	collect_status(&r);
	nb_fd_close(&r.child.out);
	nb_fd_close(&r.child.err);
	nb_fd_close(&r.child.pidfd);
	err = take_texts(&r);
	if (r.err)
		err = r.err;
out:
	free(r.buffer);
	nb_str_free(&r.kept);
	nb_str_free(&r.errors);
	nb_str_free(&r.last);
	return err;
}

void
nb_proc_result_free(struct nb_proc_result *result)
{
	free(result->output);
	free(result->errors);
	*result = (struct nb_proc_result){ .exit_code = -1 };
}
