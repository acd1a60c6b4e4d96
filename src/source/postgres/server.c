/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/str.h"
#include "source/postgres/postgres.h"

#define ASK_MS 60000
#define CANDIDATES 2

/* What the child needs; prepared before the fork. */
struct question {
	struct nb_pg_conninfo conninfo[CANDIDATES]; /* tried in this order */
	int count;
	char *query; /* NULL: the version alone */
};

/* The first line of MESSAGE to stderr. */
static int
complain(const char *message)
{
	dprintf(STDERR_FILENO, "%.*s\n", (int)strcspn(message, "\n"), message);
	return 1;
}

/* Writes each value and a NUL: the version twice, then the rows. */
static int
put_answer(PGconn *conn, const PGresult *rows)
{
	const char *text = PQparameterStatus(conn, "server_version");
	struct nb_str s = NB_STR_INIT;
	int failed;

	text = text ? text : "";
	nb_str_addf(&s, "%d", PQserverVersion(conn));
	nb_str_add_bytes(&s, "", 1);
	nb_str_add_bytes(&s, text, strcspn(text, " "));
	nb_str_add_bytes(&s, "", 1);
	for (int i = 0; rows && i < PQntuples(rows); i++) {
		nb_str_add(&s, PQgetvalue(rows, i, 0));
		nb_str_add_bytes(&s, "", 1);
		nb_str_add(&s, PQgetvalue(rows, i, 1));
		nb_str_add_bytes(&s, "", 1);
	}
	failed = s.failed || nb_fd_write(STDOUT_FILENO, s.text, s.length);
	nb_str_free(&s);
	return failed ? complain("cannot answer") : 0;
}

/* Runs in the child, as the right user. */
static int
ask(void *ctx)
{
	struct question *q = ctx;
	PGconn *conn = NULL;
	PGresult *rows = NULL;
	int status = 0;

	for (int i = 0; i < q->count; i++) {
		PQfinish(conn);
		conn = PQconnectdb(q->conninfo[i].text);
		if (PQstatus(conn) == CONNECTION_OK)
			break;
	}
	if (PQstatus(conn) != CONNECTION_OK)
		status = complain(PQerrorMessage(conn));
	if (!status && q->query) {
		rows = PQexec(conn, q->query);
		if (PQresultStatus(rows) != PGRES_TUPLES_OK)
			status = complain(PQerrorMessage(conn));
	}
	if (!status)
		status = put_answer(conn, rows);
	PQclear(rows);
	PQfinish(conn);
	return status;
}

/*
 * Databases that were being dropped (datconnlimit -2) cannot be connected to;
 * pg_dumpall leaves them out, too.
 */
static enum nb_err
make_query(const struct nb_config_source *source, bool sizes, char **query)
{
	if (nb_pg_options(source)->globals_only)
		return NB_OK;
	return nb_str_format(
		query,
		"SELECT datname, %s"
		" FROM pg_catalog.pg_database WHERE %s"
		" ORDER BY datname",
		sizes ? "pg_catalog.pg_database_size(oid)" : "0",
		nb_pg_options(source)->all
			? "datallowconn AND NOT datistemplate"
			  " AND datconnlimit <> -2"
			: "datname = pg_catalog.current_database()");
}

/* A source without a single database connects to the one of its conninfo, else
 * to those that every cluster has. */
static enum nb_err
make_question(const struct nb_config_source *source, bool sizes,
	      struct question *q)
{
	static const char *const usual[CANDIDATES] = { "postgres",
						       "template1" };
	bool one = !nb_pg_options(source)->all
		&& !nb_pg_options(source)->globals_only;
	enum nb_err err;

	err = make_query(source, sizes, &q->query);
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

static enum nb_err
add_database(struct nb_pg_server *server, const char *name, const char *size)
{
	struct nb_pg_database database = {
		.size = strtoull(size, NULL, 10),
	};
	enum nb_err err = nb_str_dup(name, &database.name);

	if (!err)
		err = nb_array_push(&server->databases, database);
	if (err)
		free(database.name);
	return err;
}

/* The next text at *P, before END; NULL if there is none. */
static const char *
next_value(const char **p, const char *end)
{
	const char *value = *p;

	if (value >= end)
		return NULL;
	*p += strlen(value) + 1;
	return value;
}

static enum nb_err
take_answer(const struct nb_proc_result *result, struct nb_pg_server *out)
{
	const char *p = result->output, *end = p + result->bytes;
	const char *number = next_value(&p, end), *text = next_value(&p, end);
	const char *name, *size;
	enum nb_err err;

	out->version = number ? atoi(number) : 0;
	err = nb_str_dup(text ? text : "", &out->version_text);
	while (!err && (name = next_value(&p, end))) {
		size = next_value(&p, end);
		err = add_database(out, name, size ? size : "0");
	}
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
	return nb_fail(NB_ESOURCE,
		       "postgres %s: %s\nhint: check the server in conninfo or "
		       "the PG* variables, and the user in run_as",
		       source->name, result->errors);
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
	if (err)
		nb_pg_server_clear(&server);
	else
		*out = server;
	for (int i = 0; i < CANDIDATES; i++)
		nb_pg_conninfo_clear(&q.conninfo[i]);
	free(q.query);
	nb_proc_result_free(&result);
	return err;
}

void
nb_pg_server_clear(struct nb_pg_server *server)
{
	for (size_t i = 0; i < server->databases.count; i++)
		free(server->databases.at[i].name);
	nb_array_free(&server->databases);
	free(server->version_text);
	server->version_text = NULL;
}
