/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the scripts of property.h with psql. */
#ifndef NB_SOURCE_POSTGRES_PSQL_H
#define NB_SOURCE_POSTGRES_PSQL_H

#include "base/err.h"
#include "base/names.h"

struct nb_pg_script {
	const char *object; /* the database, in messages */
	const char *text;
	const char *psql;   /* path of the program */
	const char *run_as; /* user to become, or NULL */
	const char *target; /* connection string */
	const char *db;     /* the variable of that name, or NULL */
};

/*
 * Runs it to its end, whatever fails in it, and appends the lines of its output
 * to LINES.  Errors of statements are logged as warnings.  NB_EFAIL: there is
 * no connection.
 */
enum nb_err nb_pg_run_script(const struct nb_pg_script *script,
			     struct nb_names *lines);

#endif
