/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs statements, and the scripts of property.h, with psql. */
#ifndef NB_SOURCE_POSTGRES_PSQL_H
#define NB_SOURCE_POSTGRES_PSQL_H

#include "base/err.h"
#include "base/names.h"
#include "source/postgres/postgres.h"

struct nb_pg_script {
	const char *object; /* the database, in messages */
	const char *text;
	const char *psql;   /* path of the program */
	const char *run_as; /* user to become, or NULL */
	const char *target; /* connection string, without a password */
	const char *const *environ_add; /* the password for nb_proc, or NULL */
	const char *db;                 /* the value of the variable of that
					   name, or NULL */
	bool stop;                      /* stop at the first error, with
					   NB_EFAIL */
};

/*
 * Runs it to its end, whatever fails in it, and appends the lines of its output
 * to LINES.  Errors of statements are logged as warnings.  NB_EFAIL: there is
 * no connection.
 */
enum nb_err nb_pg_run_script(const struct nb_pg_script *script,
			     struct nb_names *lines);

/* ---- single statements to the server that a restore goes to ---- */

struct nb_pg_client {
	char *psql;                   /* path of the program */
	const char *conninfo;         /* as the user gave it; or NULL */
	const char *run_as;           /* user to become, or NULL */
	struct nb_pg_conninfo server; /* the password and the options in it, for
					 all programs */
	char *options;                /* for nb_pg_conninfo_given */
};

/* Sets CLIENT->options to those that this server knows; to none if it is a
 * pooler that refuses them.  If it cannot be asked, nothing is changed. */
enum nb_err nb_pg_client_lift_limits(struct nb_pg_client *client);

/* The connection string for DATABASE, without a password; the caller frees. */
enum nb_err nb_pg_client_target(const struct nb_pg_client *client,
				const char *database, char **out);

/*
 * Runs SQL.  *OK: it succeeded; else the error is logged, if OUT is NULL.  *OUT
 * is its output, the caller's.  TO_END: also while this process is asked to
 * end.
 */
enum nb_err nb_pg_client_run(const struct nb_pg_client *client,
			     const char *database, const char *sql, bool to_end,
			     bool *ok, char **out);

/* The output of SQL, never NULL, which the caller frees.  NB_EFAIL, logged: it
 * failed. */
enum nb_err nb_pg_client_ask(const struct nb_pg_client *client,
			     const char *database, const char *sql, char **out);

/* TEXT as nb_str_add_sql writes it.  The caller frees. */
enum nb_err nb_pg_quote(const char *text, char mark, char **out);

#endif
