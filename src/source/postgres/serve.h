/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serves databases to another host: the remote end of remote.c.
 */
#ifndef NB_SOURCE_POSTGRES_SERVE_H
#define NB_SOURCE_POSTGRES_SERVE_H

#include "model/remote.h"

struct nb_serve;

/* The kind's serve (source/source.h). */
enum nb_err nb_pg_serve(struct nb_serve *serve,
			const struct nb_remote_request *request);

#endif
