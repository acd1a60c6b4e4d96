/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/count/connect.h"

#include <stdlib.h>
#include <string.h>

bool
nb_pg_options_refused(const char *errors)
{
	return errors
		&& (strstr(errors, "unsupported startup parameter")
		    || strstr(errors, "parameter \"idle_session_timeout\""));
}

PGconn *
nb_pg_connect(const char *conninfo)
{
	const char *options = getenv("PGOPTIONS");
	size_t n = strlen(NB_PG_UNLIMITED);
	PGconn *conn = PQconnectdb(conninfo);

	if (PQstatus(conn) == CONNECTION_OK || !options
	    || strncmp(options, NB_PG_UNLIMITED, n) != 0
	    || !nb_pg_options_refused(PQerrorMessage(conn)))
		return conn;
	/* Blanks would be sent. */
	options += n;
	setenv("PGOPTIONS", options + strspn(options, " "), 1);
	PQfinish(conn);
	return PQconnectdb(conninfo);
}
