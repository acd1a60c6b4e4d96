/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The remote end of a source on another host: `nightburn remote`.  It reads one
 * request, has the source serve it (source/source.h) as its own user, and ends
 * when the connection is closed.  Private to source/.
 */
#ifndef NB_SOURCE_SERVE_H
#define NB_SOURCE_SERVE_H

#include <pthread.h>

#include "base/hash.h"
#include "model/remote.h"
#include "source/source.h"

struct nb_serve {
	int in, out;
	pthread_mutex_t lock;     /* of out: messages come from any thread */
	struct nb_sha256 *sha256; /* of all data */
	uint64_t bytes;
	bool gone;                  /* the connection is closed */
	const struct nb_ours *ours; /* what of this host is in no tree */
	struct nb_calls *calls;     /* (base/watchdog.h) */
	const char *const *allowed; /* what may be requested (nightburn.h) */
	size_t allowed_count;
};

/* Sends a frame.  NB_ECANCELED, not logged: the connection is closed. */
enum nb_err nb_serve_send(struct nb_serve *serve, char type, const void *body,
			  size_t n);
/* Reads from FD, the file PATH, as nb_fd_read does, under watch. */
ssize_t nb_serve_read(struct nb_serve *serve, int fd, const char *path,
		      void *buf, size_t n);
/* Sends bytes of data, counted and hashed. */
enum nb_err nb_serve_data(struct nb_serve *serve, const void *data, size_t n);

/* NB_ECANCELED, not logged: the connection is closed, or this process is asked
 * to end. */
enum nb_err nb_serve_check(struct nb_serve *serve);
/* The same as a progress function of a source (source/source.h); CTX is the
 * struct nb_serve. */
enum nb_err nb_serve_progress(void *ctx, const char *what, uint64_t done,
			      uint64_t total);

#endif
