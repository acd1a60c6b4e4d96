/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stream for readers of a descriptor: a program's stdin, libarchive.  A
 * thread writes it to a pipe.
 */
#ifndef NB_FILTER_PIPE_H
#define NB_FILTER_PIPE_H

#include <stdbool.h>

#include "filter/filter.h"

struct nb_pipe;

/* Puts all bytes of a stream to PUT.  NB_ECANCELED from PUT: the reader has
 * stopped; this is not an error. */
typedef enum nb_err nb_pipe_producer(void *ctx, nb_filter_sink *put,
				     void *put_ctx);

struct nb_pipe_spec {
	const char *object; /* in messages; outlives the pipe */
	nb_pipe_producer *produce;
	void *ctx;
	/* If PRODUCE fails, the reader sees no end of file, which it could
	 * mistake for success, but waits until it is killed: the caller checks
	 * nb_pipe_failed. */
	bool hold;
};

/* Starts a thread whose output is read from *FD.  NB_EIO, NB_ENOMEM. */
enum nb_err nb_pipe_begin(const struct nb_pipe_spec *spec, int *fd,
			  struct nb_pipe **out);

/* Did PRODUCE fail?  nb_pipe_end returns its error. */
bool nb_pipe_failed(const struct nb_pipe *pipe);

/* Closes *FD, waits, and returns the error of PRODUCE, except that
 * NB_ECANCELED, of a reader that stopped early, becomes NB_OK. */
enum nb_err nb_pipe_end(struct nb_pipe *pipe, int *fd);

#endif
