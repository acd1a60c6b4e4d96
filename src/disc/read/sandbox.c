/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disc/read/sandbox_private.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "base/fd.h"
#include "base/log.h"
#include "base/proc.h"
#include "base/str.h"

#define SILENCE_MAX 120 /* seconds; its own limit comes much earlier */
/* A child of a process with threads can hang if another thread held a lock of a
 * library at the fork: a new child is started then. */
#define STILL_MAX 5 /* seconds without a message and without CPU use */
#define TRIES 4
#define ANSWER_ROOM (4 * NB_SANDBOX_BLOCKS * NB_BLOCK)

struct run {
	const struct nb_sandbox *spec;
	int ends[2];            /* our end; the child's stdin */
	struct nb_str pending;  /* incomplete frames */
	uint64_t asked;         /* blocks */
	int silence;            /* seconds */
	int still;              /* seconds in which it did not work */
	struct timespec worked; /* processor time that it has used */
	pid_t pid;
	bool last;  /* number of tries */
	bool stood; /* it is killed because it made no progress */
	bool done;
	int32_t code;
	char said[1024];
	uint8_t data[NB_SANDBOX_BLOCKS * NB_BLOCK];
};

static enum nb_err
refuse(const struct run *r, const char *why)
{
	return nb_fail(NB_ECORRUPT, "%s: cannot read the directory tree: %s",
		       r->spec->blocks->name, why);
}

/* Never blocks: one answer fits into the socket buffer, and the child reads it
 * before it asks for another. */
static enum nb_err
answer(struct run *r, const struct nb_frame_read *ask)
{
	struct nb_blocks *blocks = r->spec->blocks;
	struct nb_answer head = { 0, 0 };
	struct iovec parts[2] = { { &head, sizeof head }, { r->data, 0 } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	if (ask->count > NB_SANDBOX_BLOCKS)
		return refuse(r, "directory parser made an invalid request");
	r->asked += ask->count;
	if (r->asked > r->spec->max_blocks)
		return refuse(r, "directory tree too large");
	errno = 0;
	head.count = blocks->get(blocks, ask->lba, ask->count, r->data);
	head.error = errno;
	parts[1].iov_len = (size_t)head.count * NB_BLOCK;
	if (sendmsg(r->ends[0], &message, MSG_DONTWAIT | MSG_NOSIGNAL)
	    != (ssize_t)(sizeof head + parts[1].iov_len))
		return nb_fail_errno(NB_EFAIL,
				     "%s: cannot reply to the directory parser",
				     blocks->name);
	return NB_OK;
}

static void
keep_said(struct run *r, const char *text, size_t n)
{
	if (n >= sizeof r->said)
		n = sizeof r->said - 1;
	memcpy(r->said, text, n);
	r->said[n] = '\0';
}

static enum nb_err
take_frame(struct run *r, const struct nb_frame *frame, const char *data)
{
	struct nb_frame_read ask;

	if (frame->kind == NB_FRAME_READ && frame->length == sizeof ask) {
		memcpy(&ask, data, sizeof ask);
		return answer(r, &ask);
	}
	if (frame->kind == NB_FRAME_RECORD && r->spec->take)
		return r->spec->take(r->spec->ctx, data, frame->length);
	if (frame->kind == NB_FRAME_SAID) {
		keep_said(r, data, frame->length);
		return NB_OK;
	}
	if (frame->kind == NB_FRAME_DONE && frame->length == sizeof r->code) {
		memcpy(&r->code, data, sizeof r->code);
		r->done = true;
		return NB_OK;
	}
	return refuse(r, "directory parser sent an invalid reply");
}

static enum nb_err
take_output(void *ctx, const void *data, size_t n)
{
	struct run *r = ctx;
	struct nb_str *pending = &r->pending;
	enum nb_err err = NB_OK;
	struct nb_frame frame;
	size_t at = 0;

	r->silence = r->still = 0;
	nb_str_add_bytes(pending, data, n);
	if (pending->failed)
		return nb_fail_memory();
	while (!err && pending->length - at >= sizeof frame) {
		memcpy(&frame, pending->text + at, sizeof frame);
		if (frame.length > NB_SANDBOX_RECORD)
			err = refuse(r,
				     "directory parser sent an invalid reply");
		if (err || pending->length - at - sizeof frame < frame.length)
			break;
		at += sizeof frame;
		err = take_frame(r, &frame, pending->text + at);
		at += frame.length;
	}
	memmove(pending->text, pending->text + at, pending->length - at);
	pending->length -= at;
	return err;
}

/* It is blocked, but not by this process, which answers requests
 * immediately. */
static bool
stands_still(struct run *r)
{
	struct timespec worked = { 0, 0 };
	clockid_t clock;

	if (clock_getcpuclockid(r->pid, &clock)
	    || clock_gettime(clock, &worked))
		return false;
	if (worked.tv_sec != r->worked.tv_sec
	    || worked.tv_nsec != r->worked.tv_nsec)
		r->still = 0;
	r->worked = worked;
	return ++r->still > STILL_MAX;
}

static enum nb_err
tick(void *ctx)
{
	struct run *r = ctx;

	r->stood = !r->last && stands_still(r);
	if (r->stood)
		return NB_ECANCELED;
	return ++r->silence > SILENCE_MAX
		? refuse(r, "directory parser does not respond")
		: NB_OK;
}

static int
child(void *ctx)
{
	return nb_sandbox_child(((struct run *)ctx)->spec);
}

/* Evaluates how the child ended. */
static enum nb_err
judge(const struct run *r, const struct nb_proc_result *result)
{
	char why[128];

	if (result->signal == SIGXCPU)
		return refuse(r, "directory parser exceeded its CPU limit");
	if (result->signal) {
		snprintf(why, sizeof why,
			 "directory parser was killed by signal %d "
			 "(%s)",
			 result->signal, strsignal(result->signal));
		return refuse(r, why);
	}
	if (!r->done || result->exit_code)
		return refuse(r, "directory parser ended prematurely");
	if (r->code == NB_ENOMEM)
		return refuse(r, "directory parser exceeded its memory limit");
	if (r->code < 0 || r->code > NB_ECANCELED)
		return refuse(r, "directory parser sent an invalid reply");
	return r->code && r->said[0]
		? nb_fail((enum nb_err)r->code, "%s", r->said)
		: (enum nb_err)r->code;
}

/* One try. *STOOD: the child was killed because it made no progress. */
static enum nb_err
try_once(const struct nb_sandbox *spec, bool last, bool *stood)
{
	struct run r = { .spec = spec, .ends = { -1, -1 }, .last = last };
	struct nb_proc proc = {
		.name = spec->blocks->name,
		.function = child,
		.sink = take_output,
		.tick = tick,
		.ctx = &r,
		.to_end = true,
		.pid = &r.pid,
	};
	struct nb_proc_result result = { .exit_code = -1 };
	int room = ANSWER_ROOM;
	enum nb_err err;

	*stood = false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, r.ends))
		return nb_fail_errno(NB_EFAIL, "%s: cannot create a socket",
				     spec->blocks->name);
	setsockopt(r.ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	proc.stdin_fd = r.ends[1];
	nb_log(NB_DEBUG, "%s: a child process parses its file system",
	       spec->blocks->name);
	err = nb_proc_run(&proc, &result);
	*stood = r.stood;
	if (!err)
		err = judge(&r, &result);
	nb_proc_result_free(&result);
	nb_fd_close(&r.ends[0]);
	nb_fd_close(&r.ends[1]);
	nb_str_free(&r.pending);
	return err;
}

enum nb_err
nb_sandbox_run(const struct nb_sandbox *spec)
{
	for (int i = 1;; i++) {
		bool stood;
		enum nb_err err = try_once(spec, i == TRIES, &stood);

		if (!stood)
			return err;
		nb_log(NB_DEBUG, "%s: directory parser hangs; restarting it",
		       spec->blocks->name);
		if (spec->forget)
			spec->forget(spec->ctx);
	}
}
