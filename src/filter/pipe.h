/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stream for those who read a descriptor: a program's stdin, libarchive.  A
 * thread produces it into a pipe.
 */
#ifndef NB_FILTER_PIPE_H
#define NB_FILTER_PIPE_H

#include <stdbool.h>

#include "filter/filter.h"

struct nb_pipe;

/* Puts all bytes of a stream to PUT.  NB_ECANCELED from PUT: nobody reads any
 * more, and nothing is wrong. */
typedef enum nb_err nb_pipe_producer(void *ctx, nb_filter_sink *put,
				     void *put_ctx);

struct nb_pipe_spec {
	const char *object; /* in messages; outlives the pipe */
	nb_pipe_producer *produce;
	void *ctx;
	/* When PRODUCE fails, the reader does not come to an end, which it
	 * could take for a good one, but waits until it is ended: whoever
	 * runs it asks nb_pipe_failed. */
	bool hold;
};

/* Starts a thread; what it puts comes out of *FD.  NB_EIO, NB_ENOMEM. */
enum nb_err nb_pipe_begin(const struct nb_pipe_spec *spec, int *fd,
			  struct nb_pipe **out);

/* Did PRODUCE fail?  What it gave comes from nb_pipe_end. */
bool nb_pipe_failed(const struct nb_pipe *pipe);

/* Closes *FD, waits, and gives what PRODUCE gave, but for NB_ECANCELED of a
 * reader that stopped early: that is NB_OK. */
enum nb_err nb_pipe_end(struct nb_pipe *pipe, int *fd);

#endif
