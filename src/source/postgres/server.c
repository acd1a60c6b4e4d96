/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/str.h"
#include "source/postgres/count/connect.h"
#include "source/postgres/health.h"
#include "source/postgres/hint/hint.h"
#include "source/postgres/postgres.h"
#include "source/postgres/property/property.h"

#define ASK_MS 60000
#define STARTING_MS 30000 /* how long to wait for a server that starts */
#define PAUSE_MS 200
#define CANDIDATES 2
#define COLUMNS 3  /* of the query for databases */
#define PROPERTY 6 /* of that for their properties */
#define QUERIES 4  /* the third one is for the identifier */

/* Everything that the child needs, prepared before the fork. */
struct question {
	struct nb_pg_conninfo conninfo[CANDIDATES]; /* tried in this order */
	int count;
	char *query;      /* NULL: only the version */
	char *properties; /* a second query; NULL: none */
	bool identify;    /* two more, which may fail */
	bool all;
};

static int
complain(const char *message)
{
	dprintf(STDERR_FILENO, "%s\n", message);
	return 1;
}

static void
put_value(struct nb_str *s, const char *value)
{
	nb_str_add_bytes(s, value, strlen(value) + 1);
}

/* The number of rows, then each value. */
static void
put_rows(struct nb_str *s, const PGresult *rows)
{
	nb_str_addf(s, "%d", rows ? PQntuples(rows) : 0);
	nb_str_add_bytes(s, "", 1);
	for (int i = 0; rows && i < PQntuples(rows); i++)
		for (int k = 0; k < PQnfields(rows); k++)
			put_value(s, PQgetvalue(rows, i, k));
}

/* Writes each value and a NUL: the version twice, then the rows of all
 * queries. */
static int
put_answer(PGconn *conn, PGresult *const rows[QUERIES])
{
	const char *text = PQparameterStatus(conn, "server_version");
	struct nb_str s = NB_STR_INIT;
	int failed;

	text = text ? text : "";
	nb_str_addf(&s, "%d", PQserverVersion(conn));
	nb_str_add_bytes(&s, "", 1);
	nb_str_add_bytes(&s, text, strcspn(text, " "));
	nb_str_add_bytes(&s, "", 1);
	for (int i = 0; i < QUERIES; i++)
		put_rows(&s, rows[i]);
	failed = s.failed || nb_fd_write(STDOUT_FILENO, s.text, s.length);
	nb_str_free(&s);
	return failed ? complain("cannot answer") : 0;
}

/* The rows of SQL; NULL if it failed, which is reported, or is NULL, or if
 * something failed before. */
static PGresult *
execute(PGconn *conn, const char *sql, int *status)
{
	PGresult *rows = *status || !sql ? NULL : PQexec(conn, sql);
	ExecStatusType how = PQresultStatus(rows);

	if (!*status && sql && how != PGRES_TUPLES_OK
	    && how != PGRES_COMMAND_OK)
		*status = complain(PQerrorMessage(conn));
	return rows;
}

/* Names in other databases' encodings come as they are. */
static const char prepare[] = "SET statement_timeout TO 0;"
			      "SET search_path TO pg_catalog;"
			      "SET client_encoding TO 'SQL_ASCII'";

/* To one of the databases, in their order. */
static PGconn *
connect_once(const struct question *q)
{
	PGconn *conn = NULL;

	for (int i = 0; i < q->count && PQstatus(conn) != CONNECTION_OK; i++) {
		PQfinish(conn);
		conn = nb_pg_connect(q->conninfo[i].text);
	}
	return conn;
}

/* Waits for a server that is starting, as after the machine was. */
static PGconn *
connect_to(const struct question *q)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };
	int64_t end = nb_clock_ms() + STARTING_MS;
	PGconn *conn = connect_once(q);

	while (PQstatus(conn) != CONNECTION_OK && nb_clock_ms() < end
	       && PQping(q->conninfo[0].text) == PQPING_REJECT) {
		nanosleep(&pause, NULL);
		PQfinish(conn);
		conn = connect_once(q);
	}
	return conn;
}

/* Runs in the child, as the right user. */
static int
ask(void *ctx)
{
	struct question *q = ctx;
	PGconn *conn = connect_to(q);
	PGresult *rows[QUERIES] = { NULL };
	int status = 0;

	if (PQstatus(conn) != CONNECTION_OK)
		status = complain(PQerrorMessage(conn));
	PQclear(execute(conn, prepare, &status));
	rows[0] = execute(conn, q->query, &status);
	rows[1] = execute(conn, q->properties, &status);
	if (!status) {
		if (q->identify)
			nb_pg_ask_aside(conn, q->all, rows + 2);
		status = put_answer(conn, rows);
	}
	for (int i = 0; i < QUERIES; i++)
		PQclear(rows[i]);
	PQfinish(conn);
	return status;
}

#define ALL "d.datname NOT IN ('template0', 'template1')"
#define ONE "d.datname = current_database()"

/*
 * Databases that were being dropped (datconnlimit -2) cannot be connected to;
 * pg_dumpall leaves them out, too.
 */
static enum nb_err
make_query(const struct nb_config_source *source, bool sizes,
	   struct question *q)
{
	bool all = nb_pg_options(source)->all;
	struct nb_str s = NB_STR_INIT;
	enum nb_err err;

	if (nb_pg_options(source)->globals_only)
		return NB_OK;
	err = nb_str_format(
		&q->query,
		"SELECT d.datname, CASE WHEN d.datallowconn THEN %s ELSE 0 END,"
		" CASE WHEN d.datconnlimit = -2 THEN 'it was being dropped'"
		" WHEN NOT d.datallowconn THEN 'it allows no connections'"
		" ELSE '' END FROM pg_database d WHERE %s ORDER BY d.datname",
		sizes ? "pg_database_size(d.oid)" : "0", all ? ALL : ONE);
	if (err || sizes)
		return err;
	nb_pg_add_property_query(&s, all ? ALL : ONE);
	return nb_str_take(&s, &q->properties);
}

/* A source that does not name one database connects to the one of its conninfo,
 * otherwise to those that every cluster has. */
static enum nb_err
make_question(const struct nb_config_source *source, bool sizes,
	      struct question *q)
{
	static const char *const usual[CANDIDATES] = { "postgres",
						       "template1" };
	bool one = !nb_pg_options(source)->all
		&& !nb_pg_options(source)->globals_only;
	enum nb_err err;

	q->identify = !sizes;
	q->all = nb_pg_options(source)->all;
	err = make_query(source, sizes, q);
	if (!err)
		err = nb_pg_conninfo(
			source, one ? nb_pg_options(source)->database : NULL,
			&q->conninfo[0]);
	if (err)
		return err;
	q->count = 1;
	if (one || strstr(q->conninfo[0].text, "dbname='"))
		return NB_OK;
	nb_pg_conninfo_clear(&q->conninfo[0]);
	for (q->count = 0; !err && q->count < CANDIDATES; q->count++)
		err = nb_pg_conninfo(source, usual[q->count],
				     &q->conninfo[q->count]);
	return err;
}

static void
clear_database(struct nb_pg_database *database)
{
	free(database->name);
	free(database->left_out);
	nb_properties_clear(&database->properties);
}

struct answer {
	const char *p, *end; /* the rest */
};

/* The next COUNT values; false if there are fewer. */
static bool
next_values(struct answer *a, const char **values, int count)
{
	for (int i = 0; i < count; i++) {
		if (a->p >= a->end)
			return false;
		values[i] = a->p;
		a->p += strlen(a->p) + 1;
	}
	return true;
}

static enum nb_err
take_database(struct nb_pg_server *server, const char *const *row)
{
	struct nb_pg_database database = {
		.size = strtoull(row[1], NULL, 10),
	};
	enum nb_err err = nb_str_dup(row[0], &database.name);

	if (!err)
		err = nb_str_dup(row[2], &database.left_out);
	if (!err)
		err = nb_array_push(&server->databases, database);
	if (err)
		clear_database(&database);
	return err;
}

/* A database that was created between the queries is not in the list. */
static enum nb_err
take_property(struct nb_pg_server *server, const char *const *row)
{
	for (size_t i = 0; i < server->databases.count; i++) {
		struct nb_pg_database *d = &server->databases.at[i];

		if (!strcmp(d->name, row[0]))
			return nb_pg_take_property(row + 1, &d->properties);
	}
	return NB_OK;
}

static enum nb_err
take_identifier(struct nb_pg_server *server, const char *const *row)
{
	return server->system ? NB_OK : nb_str_dup(row[0], &server->system);
}

static enum nb_err
take_rows(struct nb_pg_server *server, struct answer *a, int columns,
	  enum nb_err (*take)(struct nb_pg_server *server,
			      const char *const *row))
{
	const char *row[PROPERTY];
	enum nb_err err = NB_OK;
	long count = next_values(a, row, 1) ? strtol(row[0], NULL, 10) : 0;

	while (!err && count-- > 0 && next_values(a, row, columns))
		err = take(server, row);
	return err;
}

static enum nb_err
take_answer(const struct nb_proc_result *result, struct nb_pg_server *out)
{
	struct answer a = { result->output, result->output + result->bytes };
	const char *version[2] = { "0", "" };
	enum nb_err err;

	next_values(&a, version, 2);
	out->version = atoi(version[0]);
	err = nb_str_dup(version[1], &out->version_text);
	if (!err)
		err = take_rows(out, &a, COLUMNS, take_database);
	if (!err)
		err = take_rows(out, &a, PROPERTY, take_property);
	if (!err)
		err = take_rows(out, &a, 1, take_identifier);
	return err ? err : take_rows(out, &a, NB_PG_HEALTH, nb_pg_take_health);
}

static enum nb_err
refused(const struct nb_config_source *source, const char *errors)
{
	char *cause = NULL, *hint = NULL;
	enum nb_err err = nb_proc_cause(errors, &cause);

	if (!err)
		err = nb_pg_hint(errors, NB_PG_DUMPING, &hint);
	if (!err)
		err = nb_fail(NB_ESOURCE, "postgres %s: %s\nhint: %s",
			      source->name, cause,
			      hint ? hint
				   : "check the server in conninfo or the PG* "
				     "variables, and the user in run_as");
	free(cause);
	free(hint);
	return err;
}

static enum nb_err
ask_in_child(const struct nb_config_source *source, struct question *q,
	     struct nb_proc_result *result)
{
	char *object = NULL;
	enum nb_err err;

	err = nb_str_format(&object, "postgres %s: libpq", source->name);
	if (err)
		return err;
	err = nb_proc_run(
		&(struct nb_proc){ .name = object,
				   .function = ask,
				   .ctx = q,
				   .environ_add = q->conninfo[0].environ_add,
				   .run_as = nb_pg_options(source)->run_as,
				   .stdin_fd = -1,
				   .timeout_ms = ASK_MS },
		result);
	free(object);
	if (err)
		return err == NB_EFAIL ? NB_ESOURCE : err;
	if (result->exit_code == 0)
		return NB_OK;
	if (result->signal)
		return nb_proc_check(source->name, result, NB_ESOURCE);
	return refused(source, result->errors);
}

enum nb_err
nb_pg_ask_here(const struct nb_config_source *source, bool sizes,
	       struct nb_pg_server *out)
{
	struct nb_pg_server server = { .version = 0 };
	struct nb_proc_result result = { .output = NULL };
	struct question q = { .count = 0 };
	enum nb_err err;

	err = make_question(source, sizes, &q);
	if (!err)
		err = ask_in_child(source, &q, &result);
	if (!err)
		err = take_answer(&result, &server);
	if (!err)
		err = nb_pg_refuse_damaged(source, &server);
	if (err)
		nb_pg_server_clear(&server);
	else
		*out = server;
	for (int i = 0; i < CANDIDATES; i++)
		nb_pg_conninfo_clear(&q.conninfo[i]);
	free(q.query);
	free(q.properties);
	nb_proc_result_free(&result);
	return err;
}

void
nb_pg_server_clear(struct nb_pg_server *server)
{
	for (size_t i = 0; i < server->databases.count; i++)
		clear_database(&server->databases.at[i]);
	nb_array_free(&server->databases);
	free(server->version_text);
	free(server->system);
	free(server->damaged);
	server->version_text = server->system = server->damaged = NULL;
}
