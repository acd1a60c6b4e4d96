/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections that limits of the database or of the user do not end: settings
 * like statement_timeout are for applications, and
 * default_transaction_read_only would forbid a restore.
 */
#ifndef NB_SOURCE_POSTGRES_COUNT_CONNECT_H
#define NB_SOURCE_POSTGRES_COUNT_CONNECT_H

#include <libpq-fe.h>
#include <stdbool.h>

/* Options for a server of any version. */
#define NB_PG_UNLIMITED_OLD                         \
	"-c statement_timeout=0 -c lock_timeout=0 " \
	"-c idle_in_transaction_session_timeout=0 " \
	"-c default_transaction_read_only=off"
/* The usual ones; servers before 14 refuse them. */
#define NB_PG_UNLIMITED NB_PG_UNLIMITED_OLD " -c idle_session_timeout=0"

/* Does this message refuse options?  Poolers do, and old servers. */
bool nb_pg_options_refused(const char *errors);

/* PQconnectdb; if NB_PG_UNLIMITED in PGOPTIONS is refused, once more without.
 * It changes the environment: for a child process. */
PGconn *nb_pg_connect(const char *conninfo);

#endif
