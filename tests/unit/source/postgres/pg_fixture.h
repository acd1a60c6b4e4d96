/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A real server for the tests of the postgres source: one cluster a program,
 * which lets nobody in but the system user postgres (peer), and in it the
 * database "testdb" with 5,000 rows.
 */
#ifndef NB_TEST_PG_FIXTURE_H
#define NB_TEST_PG_FIXTURE_H

#include "source/postgres/options.h"
#include "source/source.h"
#include "support.h"

/* For main: starts the cluster, runs SUITE, ends the cluster. */
int pg_main(Suite *suite);

/* Runs SQL in DATABASE and returns psql's output until the end of the test. */
const char *pg_sql(const char *database, const char *sql);

/* A session that keeps a lock on the table of testdb; its pid.  pg_unlock
 * ends it. */
int pg_lock(void);
void pg_unlock(int pid);

/* A source of testdb as the configuration would have it; its options, until the
 * next call. */
struct nb_config_source pg_source(void);
extern struct nb_pg_options pg_options;

/*
 * Collects into a staging directory of the test.  The members of pg_output
 * live until the next call or pg_free.
 */
extern struct nb_source_context pg_context;
extern struct nb_source_output pg_output;
enum nb_err pg_collect(const struct nb_config_source *source);
void pg_free(void);

/* The entry of PATH, which must be there. */
const struct nb_entry *pg_entry(const char *path);
/* PATH beneath the staging directory. */
const char *pg_staged(const char *path);

/* An executable NAME in the test's directory: a shell script with BODY, which
 * answers --version as the real program does.  Its path. */
const char *pg_fake(const char *name, const char *body);

/* Runs a shell command as postgres; its output.  It must succeed. */
const char *pg_shell(const char *command);

#endif
