/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources whose work is asked for by another host: the far end, which
 * `nightburn remote` is.  It reads one request, does it as the user that it is,
 * and ends when nobody listens any more.  Private to source/.
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
	bool gone;                  /* nobody listens */
	const char *const *allowed; /* what may be asked for (nightburn.h) */
	size_t allowed_count;
};

/* Sends a frame.  NB_ECANCELED, not logged: nobody listens. */
enum nb_err nb_serve_send(struct nb_serve *serve, char type, const void *body,
			  size_t n);
/* Sends bytes of data, counted and hashed. */
enum nb_err nb_serve_data(struct nb_serve *serve, const void *data, size_t n);

/* NB_ECANCELED, not logged: nobody listens, or this process is to end. */
enum nb_err nb_serve_look(struct nb_serve *serve);
/* The same as the progress of a source (source/source.h); CTX is the serve. */
enum nb_err nb_serve_progress(void *ctx, const char *what, uint64_t done,
			      uint64_t total);

/* ---- the tasks ---- */

/* Does what REQUEST asks for. */
enum nb_err nb_serve_postgres(struct nb_serve *serve,
			      const struct nb_remote_request *request);
enum nb_err nb_serve_tree(struct nb_serve *serve,
			  const struct nb_remote_request *request);

/* Whether SERVE->allowed, which is not empty, has what SOURCE wants to read.
 * NB_ESOURCE, logged */
enum nb_err nb_serve_allow_postgres(const struct nb_serve *serve,
				    struct nb_config_source *source);
enum nb_err nb_serve_allow_tree(const struct nb_serve *serve,
				struct nb_config_source *source);

#endif
