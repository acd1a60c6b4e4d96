/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "filter/pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

struct nb_pipe {
	pthread_t thread;
	struct nb_pipe_spec spec;
	int to;
	bool unread; /* the reader has stopped */
	enum nb_err err;
	atomic_bool failed;
};

static enum nb_err
put(void *ctx, const void *data, size_t n)
{
	struct nb_pipe *p = ctx;

	if (!nb_fd_write(p->to, data, n))
		return NB_OK;
	p->unread = errno == EPIPE;
	return p->unread ? NB_ECANCELED
			 : nb_fail_errno(NB_EIO, "%s: cannot write to a pipe",
					 p->spec.object);
}

static void *
run(void *ctx)
{
	struct nb_pipe *p = ctx;

	p->err = p->spec.produce(p->spec.ctx, put, p);
	if (p->unread && p->err == NB_ECANCELED)
		p->err = NB_OK;
	if (p->err)
		atomic_store(&p->failed, true);
	if (!p->err || !p->spec.hold)
		nb_fd_close(&p->to);
	return NULL;
}

/* This thread must not receive signals, above all SIGPIPE, because the reader
 * may end first. */
static int
start(struct nb_pipe *p)
{
	sigset_t all, old;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	failed = pthread_create(&p->thread, NULL, run, p);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return failed;
}

enum nb_err
nb_pipe_begin(const struct nb_pipe_spec *spec, int *fd, struct nb_pipe **out)
{
	struct nb_pipe *p = calloc(1, sizeof *p);
	int ends[2], failed;

	if (!p)
		return nb_fail_memory();
	if (pipe2(ends, O_CLOEXEC)) {
		free(p);
		return nb_fail_errno(NB_EIO, "%s: cannot create a pipe",
				     spec->object);
	}
	p->spec = *spec;
	atomic_init(&p->failed, false);
	p->to = ends[1];
	failed = start(p);
	if (failed) {
		nb_fd_close(&ends[0]);
		nb_fd_close(&ends[1]);
		free(p);
		errno = failed;
		return nb_fail_errno(NB_EIO, "%s: cannot start a thread",
				     spec->object);
	}
	*fd = ends[0];
	*out = p;
	return NB_OK;
}

bool
nb_pipe_failed(const struct nb_pipe *pipe)
{
	return atomic_load(&pipe->failed);
}

enum nb_err
nb_pipe_end(struct nb_pipe *pipe, int *fd)
{
	enum nb_err err;

	nb_fd_close(fd);
	pthread_join(pipe->thread, NULL);
	nb_fd_close(&pipe->to);
	err = pipe->err;
	free(pipe);
	return err;
}
