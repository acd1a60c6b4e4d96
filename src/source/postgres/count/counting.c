/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/count/counting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

#define FLUSH 32768
#define STEP_MS 10000 /* precision of the time limit of a query */

bool
nb_pg_counting_flush(struct counting *c)
{
	bool good = !c->out.failed
		&& !nb_fd_write(STDOUT_FILENO, c->out.text, c->out.length);

	c->out.length = 0;
	return good;
}

void
nb_pg_counting_put_text(struct counting *c, const char *text)
{
	nb_str_add_bytes(&c->out, text, strlen(text) + 1);
}

void
nb_pg_counting_put(struct counting *c, const char *what, const char *schema,
		   const char *name, const char *value)
{
	nb_pg_counting_put_text(c, what);
	nb_pg_counting_put_text(c, schema);
	nb_pg_counting_put_text(c, name);
	nb_pg_counting_put_text(c, value);
	if (c->out.length >= FLUSH)
		nb_pg_counting_flush(c);
}

PGresult *
nb_pg_counting_ask(struct counting *c, const char *sql)
{
	int64_t left = c->deadline - nb_clock_ms();
	PGresult *rows;
	char text[64];

	left = left < 1 ? 1 : left > INT32_MAX ? INT32_MAX : left;
	if (left < c->told - STEP_MS) {
		snprintf(text, sizeof text, "SET statement_timeout TO %" PRId64,
			 left);
		PQclear(PQexec(c->conn, text));
		c->told = left;
	}
	PQclear(PQexec(c->conn, "SAVEPOINT one"));
	rows = PQexec(c->conn, sql);
	PQclear(PQexec(c->conn, "ROLLBACK TO SAVEPOINT one"));
	PQclear(PQexec(c->conn, "RELEASE SAVEPOINT one"));
	return rows;
}

bool
nb_pg_counting_answered(const PGresult *rows)
{
	return PQresultStatus(rows) == PGRES_TUPLES_OK;
}

static bool
is_field(const PGresult *rows, int field, const char *value)
{
	const char *text = rows ? PQresultErrorField(rows, field) : NULL;

	return text && !strcmp(text, value);
}

/* Servers say this in many languages. */
static const char *
reason(const PGresult *rows)
{
	const char *text =
		rows ? PQresultErrorField(rows, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (is_field(rows, PG_DIAG_SOURCE_FUNCTION, "check_enable_rls"))
		return "row security";
	return text ? text : "there is no connection";
}

void
nb_pg_counting_refused(struct counting *c, const char *kind, const char *schema,
		       const char *name, const PGresult *rows)
{
	bool denied = is_field(rows, PG_DIAG_SQLSTATE, "42501");
	const char *why = reason(rows);

	if (c->spec->like)
		nb_pg_counting_put(c, denied ? NB_PG_DENIED : NB_PG_UNCOUNTED,
				   schema, name, why);
	else
		dprintf(STDERR_FILENO, "%s %s.%s could not be counted: %.*s\n",
			kind, schema, name, (int)strcspn(why, "\n"), why);
}
