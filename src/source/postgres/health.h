/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server that answers, and of which a dump is nevertheless not what somebody
 * thinks: it reads damaged pages as empty ones, or is a standby that gets
 * nothing new.
 */
#ifndef NB_SOURCE_POSTGRES_HEALTH_H
#define NB_SOURCE_POSTGRES_HEALTH_H

#include <libpq-fe.h>

#include "source/postgres/postgres.h"

/* The columns of the answer: what, value. */
#define NB_PG_HEALTH 2

/*
 * Asks for what some servers do not show, or do not have because they only
 * speak like PostgreSQL: then nothing is known.  ROWS[0] is the system
 * identifier (from 9.6 on), ROWS[1] is for nb_pg_take_health (from 10 on), ALL:
 * of all databases, otherwise of the one that is connected.
 */
void nb_pg_ask_aside(PGconn *conn, bool all, PGresult **rows);

/* ROW into SERVER->damaged and ->behind.  NB_ENOMEM */
enum nb_err nb_pg_take_health(struct nb_pg_server *server,
			      const char *const *row);

/* NB_ESOURCE, logged: rows of SOURCE may be missing without any error, because
 * SERVER leaves out damaged pages. */
enum nb_err nb_pg_refuse_damaged(const struct nb_config_source *source,
				 const struct nb_pg_server *server);

#endif
