/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/serve/serve.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nightburn/nightburn.h>

#include "base/fd.h"
#include "base/stop.h"
#include "base/str.h"
#include "base/watchdog.h"
#include "model/wire.h"

#define PEER "remote"
#define CHUNK ((size_t)256 << 10)

enum nb_err
nb_serve_send(struct nb_serve *serve, char type, const void *body, size_t n)
{
	uint8_t head[NB_WIRE_HEAD];
	enum nb_err err = NB_OK;

	if (n > NB_WIRE_MAX)
		return nb_fail(NB_ESOURCE, PEER ": too long for a frame");
	nb_wire_head(type, (uint32_t)n, head);
	pthread_mutex_lock(&serve->lock);
	if (serve->gone || nb_fd_write(serve->out, head, sizeof head)
	    || nb_fd_write(serve->out, body, n)) {
		serve->gone = true;
		err = NB_ECANCELED;
	}
	pthread_mutex_unlock(&serve->lock);
	return err;
}

ssize_t
nb_serve_read(struct nb_serve *serve, int fd, const char *path, void *buf,
	      size_t n)
{
	ssize_t got;

	nb_calls_enter(serve->calls, "file", path);
	got = nb_fd_read(fd, buf, n);
	nb_calls_leave(serve->calls);
	return got;
}

enum nb_err
nb_serve_data(struct nb_serve *serve, const void *data, size_t n)
{
	const char *p = data;
	enum nb_err err = NB_OK;

	nb_sha256_add(serve->sha256, data, n);
	serve->bytes += n;
	for (size_t part; !err && n; p += part, n -= part) {
		part = n < CHUNK ? n : CHUNK;
		err = nb_serve_send(serve, NB_REMOTE_DATA, p, part);
	}
	return err;
}

enum nb_err
nb_serve_check(struct nb_serve *serve)
{
	struct pollfd in = { .fd = serve->in, .events = POLLIN };
	char byte;

	/* Nothing follows the request: readable means that the connection is
	 * closed. */
	if (poll(&in, 1, 0) > 0 && read(serve->in, &byte, 1) <= 0)
		serve->gone = true;
	return serve->gone || nb_stop_asked() ? NB_ECANCELED : NB_OK;
}

enum nb_err
nb_serve_progress(void *ctx, const char *what, uint64_t done, uint64_t total)
{
	(void)what;
	(void)done;
	(void)total;
	return nb_serve_check(ctx);
}
