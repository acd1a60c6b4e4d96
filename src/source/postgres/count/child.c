/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source/postgres/count/child.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/str.h"
#include "source/postgres/count/query.h"

#define FLUSH 32768
#define BATCH 50      /* sequences per query */
#define STEP_MS 10000 /* precision of the time limit of a query */
#define SOON_MS 2000  /* waiting for a lock while the dump runs */
#define PATIENT_MS 60000

struct counting {
	const struct nb_pg_count *spec;
	PGconn *conn;
	bool content; /* some tables may get checksums */
	int64_t deadline, told;
	struct nb_str out;
	PGresult *tables, *sequences;
	PGresult *missing;      /* from a dump */
	bool *counted;          /* of tables */
	char **before, **after; /* values of sequences, or NULL */
};

static int
complain(const char *what, const char *message)
{
	size_t n = strcspn(message, "\n");

	dprintf(STDERR_FILENO, "%s%.*s\n", what, (int)n, message);
	return 1;
}

static bool
flush(struct counting *c)
{
	bool good = !c->out.failed
		&& !nb_fd_write(STDOUT_FILENO, c->out.text, c->out.length);

	c->out.length = 0;
	return good;
}

static void
put(struct counting *c, const char *text)
{
	nb_str_add_bytes(&c->out, text, strlen(text) + 1);
}

static void
put_count(struct counting *c, const char *what, const char *schema,
	  const char *name, const char *value)
{
	put(c, what);
	put(c, schema);
	put(c, name);
	put(c, value);
	if (c->out.length >= FLUSH)
		flush(c);
}

/* A statement that the server refuses does not end the transaction, and keeps
 * no lock. */
static PGresult *
ask(struct counting *c, const char *sql)
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

static bool
answered(const PGresult *rows)
{
	return PQresultStatus(rows) == PGRES_TUPLES_OK;
}

static void
wait_for_lock(struct counting *c, int milliseconds)
{
	char text[64];

	snprintf(text, sizeof text, "SET lock_timeout TO %d", milliseconds);
	PQclear(PQexec(c->conn, text));
}

/* ---- tables ---- */

static bool
wants_checksum(const struct counting *c, const char *schema, const char *name)
{
	const struct nb_properties *like = c->spec->like;

	if (!c->content)
		return false;
	return !like || nb_properties_find(like, "checksum", schema, name);
}

/* OID is an expression. */
static bool
fits(struct counting *c, const char *oid)
{
	char sql[128];
	PGresult *rows;
	bool good;

	if (c->spec->like)
		return true;
	snprintf(sql, sizeof sql, "SELECT pg_table_size(%s) <= %" PRIu64, oid,
		 c->spec->limit);
	rows = ask(c, sql);
	good = answered(rows) && *PQgetvalue(rows, 0, 0) == 't';
	PQclear(rows);
	return good;
}

static PGresult *
read_table(struct counting *c, int i, bool content)
{
	struct nb_str sql = NB_STR_INIT;
	PGresult *rows = NULL;

	nb_pg_add_table_query(
		&sql, PQgetvalue(c->tables, i, NB_PG_TABLE_SCHEMA),
		PQgetvalue(c->tables, i, NB_PG_TABLE_NAME),
		PQgetvalue(c->tables, i, NB_PG_TABLE_OID),
		content ? PQgetvalue(c->tables, i, NB_PG_TABLE_COLUMNS) : NULL);
	if (!sql.failed)
		rows = ask(c, sql.text);
	nb_str_free(&sql);
	return rows;
}

/* LAST: what cannot be counted now is reported. */
static void
count_table(struct counting *c, int i, bool last)
{
	const char *schema = PQgetvalue(c->tables, i, NB_PG_TABLE_SCHEMA);
	const char *name = PQgetvalue(c->tables, i, NB_PG_TABLE_NAME);
	const char *node = PQgetvalue(c->tables, i, NB_PG_TABLE_NODE);
	bool content = wants_checksum(c, schema, name)
		&& fits(c, PQgetvalue(c->tables, i, NB_PG_TABLE_OID));
	PGresult *rows = read_table(c, i, content);

	/* A row may be too long as text, and MD5 may be forbidden. */
	if (!answered(rows) && content && last) {
		PQclear(rows);
		rows = read_table(c, i, false);
	}
	c->counted[i] = answered(rows);
	/* If a table is truncated or rewritten, this also affects our snapshot,
	 * and perhaps that of the dump. */
	if (answered(rows) && !strcmp(PQgetvalue(rows, 0, 2), node)) {
		put_count(c, "rows", schema, name, PQgetvalue(rows, 0, 0));
		if (!PQgetisnull(rows, 0, 1))
			put_count(c, "checksum", schema, name,
				  PQgetvalue(rows, 0, 1));
	} else if (!answered(rows) && last) {
		dprintf(STDERR_FILENO, "%s.%s is not counted: ", schema, name);
		complain("", PQresultErrorMessage(rows));
	}
	PQclear(rows);
}

/* Those that were not counted yet. */
static void
count_tables(struct counting *c, bool last)
{
	wait_for_lock(c, last ? PATIENT_MS : SOON_MS);
	for (int i = 0; i < PQntuples(c->tables); i++)
		if (!c->counted[i] && PQstatus(c->conn) == CONNECTION_OK
		    && nb_clock_ms() < c->deadline)
			count_table(c, i, last);
}

/* ---- everything else ---- */

static void
put_missing(struct counting *c, const PGresult *list)
{
	for (int i = 0; answered(list) && i < PQntuples(list); i++) {
		const char *schema = PQgetvalue(list, i, 0);
		const char *name = PQgetvalue(list, i, 1);
		const char *why = PQgetvalue(list, i, 2);
		struct nb_str sql = NB_STR_INIT;
		PGresult *rows;

		nb_pg_add_row_query(&sql, schema, name);
		rows = *why == 'e' && !sql.failed ? ask(c, sql.text) : NULL;
		if (!answered(rows) || PQntuples(rows))
			put_count(c, NB_PG_MISSING, schema, name, why);
		PQclear(rows);
		nb_str_free(&sql);
	}
}

static void
count_large(struct counting *c)
{
	bool content = wants_checksum(c, "", "pg_largeobject")
		&& fits(c, "'pg_largeobject'::regclass");
	PGresult *rows = ask(c, nb_pg_large_query(content));

	/* Only superusers may read their content. */
	if (!answered(rows) && content) {
		PQclear(rows);
		rows = ask(c, nb_pg_large_query(false));
	}
	if (answered(rows))
		put_count(c, "large_objects", "", "", PQgetvalue(rows, 0, 0));
	if (answered(rows) && !PQgetisnull(rows, 0, 1))
		put_count(c, "checksum", "", "pg_largeobject",
			  PQgetvalue(rows, 0, 1));
	PQclear(rows);
}

static void
count_extensions(struct counting *c)
{
	PGresult *rows = ask(c, nb_pg_extensions_query);

	for (int i = 0; answered(rows) && i < PQntuples(rows); i++)
		put_count(c, "extension", "", PQgetvalue(rows, i, 0),
			  PQgetvalue(rows, i, 1));
	PQclear(rows);
	rows = ask(c, "SELECT pg_database_size(current_database())");
	if (answered(rows))
		put_count(c, "size", "", "", PQgetvalue(rows, 0, 0));
	PQclear(rows);
}

/* For a comparison. */
static void
put_hashed(struct counting *c)
{
	PGresult *rows = c->spec->like ? ask(c, nb_pg_hashed_query) : NULL;

	for (int i = 0; answered(rows) && i < PQntuples(rows); i++) {
		const char *schema = PQgetvalue(rows, i, 0);
		const char *name = PQgetvalue(rows, i, 1);

		put_count(c, "hashed_schema", schema, name,
			  PQgetvalue(rows, i, 2));
		put_count(c, "hashed_table", schema, name,
			  PQgetvalue(rows, i, 3));
	}
	PQclear(rows);
}

/* The values of up to BATCH sequences from FIRST on. */
static void
read_some(struct counting *c, int first, char **values)
{
	int end = first + BATCH, count = PQntuples(c->sequences);
	struct nb_str sql = NB_STR_INIT;
	PGresult *rows = NULL;

	for (int i = first; i < end && i < count; i++) {
		nb_str_addf(&sql,
			    "%sSELECT %d, last_value || CASE WHEN is_called "
			    "THEN '' ELSE ' unused' END FROM ",
			    i > first ? " UNION ALL " : "", i);
		nb_pg_add_relation(&sql, PQgetvalue(c->sequences, i, 0),
				   PQgetvalue(c->sequences, i, 1));
	}
	if (!sql.failed)
		rows = ask(c, sql.text);
	for (int i = 0; answered(rows) && i < PQntuples(rows); i++)
		values[atoi(PQgetvalue(rows, i, 0))] =
			strdup(PQgetvalue(rows, i, 1));
	PQclear(rows);
	nb_str_free(&sql);
}

static void
read_sequences(struct counting *c, char **values)
{
	for (int i = 0; i < PQntuples(c->sequences); i += BATCH)
		if (PQstatus(c->conn) == CONNECTION_OK
		    && nb_clock_ms() < c->deadline)
			read_some(c, i, values);
}

/* Sequences are not part of a snapshot: only those that nobody used while the
 * dump was made are certain. */
static void
put_sequences(struct counting *c)
{
	for (int i = 0; i < PQntuples(c->sequences); i++)
		if (c->before[i] && c->after[i]
		    && !strcmp(c->before[i], c->after[i]))
			put_count(c, "sequence", PQgetvalue(c->sequences, i, 0),
				  PQgetvalue(c->sequences, i, 1), c->after[i]);
}

/* ---- the process ---- */

static PGresult *
list(struct counting *c, const char *sql, int *status)
{
	PGresult *rows = *status ? NULL : PQexec(c->conn, sql);

	if (!*status && !answered(rows))
		*status = complain("", PQerrorMessage(c->conn));
	return rows;
}

static int
begin(struct counting *c)
{
	PGresult *rows = NULL;
	int status = 0;

	c->conn = PQconnectdb(c->spec->conninfo);
	if (PQstatus(c->conn) != CONNECTION_OK)
		return complain("", PQerrorMessage(c->conn));
	c->content = (c->spec->limit || c->spec->like)
		&& PQserverVersion(c->conn) >= NB_PG_TEXT_SINCE;
	PQclear(list(c, nb_pg_count_settings, &status));
	if (!status) {
		PQclear(PQexec(c->conn,
			       "BEGIN ISOLATION LEVEL REPEATABLE READ"
			       " READ ONLY"));
		rows = list(c,
			    c->spec->dump ? "SELECT pg_export_snapshot()"
					  : "SELECT ''",
			    &status);
	}
	c->tables = list(c, nb_pg_tables_query(c->content), &status);
	c->sequences = list(c, nb_pg_sequences_query, &status);
	c->missing = c->spec->dump ? ask(c, nb_pg_missing_query) : NULL;
	c->counted = calloc((size_t)PQntuples(c->tables) + 1, 1);
	c->before = calloc((size_t)PQntuples(c->sequences) + 1, sizeof(char *));
	c->after = calloc((size_t)PQntuples(c->sequences) + 1, sizeof(char *));
	if (!status && (!c->counted || !c->before || !c->after))
		status = complain("", "out of memory");
	if (!status) {
		wait_for_lock(c, SOON_MS);
		read_sequences(c, c->before);
		put(c, PQgetvalue(rows, 0, 0));
		status = !flush(c);
	}
	PQclear(rows);
	return status;
}

int
nb_pg_count_child(const struct nb_pg_count *spec)
{
	struct counting c = { .spec = spec,
			      .deadline = nb_clock_ms() + spec->timeout * 1000,
			      .told = INT64_MAX };
	int status = begin(&c);
	char byte;

	if (!status) {
		(void)!nb_fd_read(STDIN_FILENO, &byte, 1);
		put_missing(&c, c.missing);
		count_extensions(&c);
		put_hashed(&c);
		count_tables(&c, false);
		count_large(&c);
		while (nb_fd_read(STDIN_FILENO, &byte, 1) > 0)
			;
		count_tables(&c, true);
		read_sequences(&c, c.after);
		put_sequences(&c);
		if (PQstatus(c.conn) != CONNECTION_OK)
			status = complain("", PQerrorMessage(c.conn));
		else if (nb_clock_ms() >= c.deadline)
			status = complain("", "there was not enough time");
		if (!flush(&c))
			status = 1;
	}
	/* The process ends, so nothing needs to be freed. */
	PQfinish(c.conn);
	return status;
}
