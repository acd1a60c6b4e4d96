/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of logical replication belongs to a database.  One with subscriptions
 * cannot be dropped, and under another name it still receives what is
 * published; its slots keep the write-ahead log, and are dropped with it.
 * Nothing here connects to a publisher.
 */
#ifndef NB_SOURCE_POSTGRES_SUBSCRIPTION_H
#define NB_SOURCE_POSTGRES_SUBSCRIPTION_H

#include "base/str.h"
#include "source/postgres/psql.h"

/* NB_EWRONG, logged with the statements that are needed: DATABASE has some
 * that are enabled or have a slot.  VIA is another database of the server. */
enum nb_err nb_pg_subscriptions_check(const struct nb_pg_client *client,
				      const char *via, const char *database);

/* NB_EWRONG, logged with the statements that drop them: DATABASE has logical
 * replication slots, for which others read its changes. */
enum nb_err nb_pg_slots_check(const struct nb_pg_client *client,
			      const char *via, const char *database);

/* Appends to OUT the statement for each of DATABASE that drops it, followed by
 * a semicolon and a space. */
enum nb_err nb_pg_subscriptions_add(const struct nb_pg_client *client,
				    const char *via, const char *database,
				    struct nb_str *out);

/* After a restore: a warning that names those of DATABASE that are disabled, as
 * all are that a dump brings, with the statements that enable them. */
enum nb_err nb_pg_subscriptions_tell(const struct nb_pg_client *client,
				     const char *via, const char *database);

/* Drops all of DATABASE; their slots remain on the publishers.  *OK: none is
 * left; otherwise the error is logged.  Also while this process is asked to
 * end. */
enum nb_err nb_pg_subscriptions_drop(const struct nb_pg_client *client,
				     const char *database, bool *ok);

#endif
