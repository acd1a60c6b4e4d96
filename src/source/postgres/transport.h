/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a source does its work: on this host, or on another one over ssh.  A
 * dump is processed in the same way afterwards.
 */
#ifndef NB_SOURCE_POSTGRES_TRANSPORT_H
#define NB_SOURCE_POSTGRES_TRANSPORT_H

#include "source/postgres/postgres.h"

struct nb_pg_transport {
	/* Checks that a dump can be made, and can be read by pg_restore of this
	 * host (its path, or NULL).  NB_ESOURCE, NB_ECONFIG */
	enum nb_err (*preflight)(const struct nb_config_source *source,
				 const char *restore);
	/* As nb_pg_ask. */
	enum nb_err (*ask)(const struct nb_config_source *source, bool sizes,
			   struct nb_pg_server *out);
	/* Passes the bytes of a dump to DUMP->sink.  NB_ESOURCE */
	enum nb_err (*stream)(struct nb_pg_dump *dump);
	/* Users of this host, NULL: the one who started us.  The owner of the
	 * dump, and the user who reads it again. */
	const char *(*owner)(const struct nb_config_source *source);
	const char *(*reader)(const struct nb_config_source *source);
};

extern const struct nb_pg_transport nb_pg_here;  /* transport.c */
extern const struct nb_pg_transport nb_pg_there; /* remote.c */

/* The transport of SOURCE. */
const struct nb_pg_transport *nb_pg_transport(
	const struct nb_config_source *source);

#endif
