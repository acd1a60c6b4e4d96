/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cluster of PostgreSQL for a drill: it belongs to the user who runs the
 * server, listens on a socket in its own directory, which no one else can
 * enter, and writes nothing elsewhere.
 *
 *     DIR/cluster/       mode 0700, with the socket and the server's log
 *     DIR/cluster/data/
 *     DIR/tablespace.N/  for each tablespace in the globals
 */
#ifndef NB_SOURCE_POSTGRES_CLUSTER_CLUSTER_H
#define NB_SOURCE_POSTGRES_CLUSTER_CLUSTER_H

#include "source/drill.h"
#include "source/postgres/psql.h"

/* The superuser who does everything; that of initdb is "postgres", who may have
 * any properties after the globals were executed. */
#define NB_PG_DRILL_USER "nightburn_drill"

/* As nb_source_drill.start, .halt and .clear; what concerns its directory is in
 * place.c. */
enum nb_err nb_pg_cluster_start(const struct nb_drill_wish *wish,
				struct nb_drill_server *server);
void nb_pg_cluster_halt(const char *dir);
void nb_pg_cluster_clear(struct nb_drill_server *server);

/* Creates DIR/NAME, for the server's user only.  NB_EIO, NB_EFULL */
enum nb_err nb_pg_cluster_mkdir(const struct nb_drill_server *server,
				const char *name);

/* For single statements. */
struct nb_pg_client nb_pg_cluster_client(const struct nb_drill_server *server);

/* As nb_source_drill.globals.  (globals.c) */
enum nb_err nb_pg_cluster_globals(const struct nb_drill_server *server,
				  const struct nb_manifest_source *record,
				  const char *text);

/* As nb_source_drill.compare.  (compare.c) */
enum nb_err nb_pg_cluster_compare(const struct nb_drill_server *server,
				  const struct nb_manifest_source *record,
				  const char *into, struct nb_drill_count *out);

/* (drill.c) */
extern const struct nb_source_drill nb_pg_drill;

#endif
