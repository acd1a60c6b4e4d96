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
#include "source/postgres/count/connect.h"
#include "source/postgres/count/counting.h"
#include "source/postgres/count/query.h"

#define BATCH 50     /* sequences per query */
#define SOON_MS 2000 /* waiting for a lock while the dump runs */
#define PATIENT_MS 60000

static int
complain(const char *what, const char *message)
{
	size_t n = strcspn(message, "\n");

	dprintf(STDERR_FILENO, "%s%.*s\n", what, (int)n, message);
	return 1;
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
	rows = nb_pg_counting_ask(c, sql);
	good = nb_pg_counting_answered(rows) && *PQgetvalue(rows, 0, 0) == 't';
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
		rows = nb_pg_counting_ask(c, sql.text);
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
	if (!nb_pg_counting_answered(rows) && content && last) {
		PGresult *only_rows = read_table(c, i, false);

		if (c->spec->like && nb_pg_counting_answered(only_rows))
			nb_pg_counting_refused(c, "table", schema, name, rows);
		PQclear(rows);
		rows = only_rows;
	}
	c->counted[i] = nb_pg_counting_answered(rows);
	/* If a table is truncated or rewritten, this also affects our snapshot,
	 * and perhaps that of the dump. */
	if (nb_pg_counting_answered(rows)
	    && !strcmp(PQgetvalue(rows, 0, 2), node)) {
		nb_pg_counting_put(c, "rows", schema, name,
				   PQgetvalue(rows, 0, 0));
		if (!PQgetisnull(rows, 0, 1))
			nb_pg_counting_put(c, "checksum", schema, name,
					   PQgetvalue(rows, 0, 1));
	} else if (!nb_pg_counting_answered(rows) && last) {
		nb_pg_counting_refused(c, "table", schema, name, rows);
	} else if (nb_pg_counting_answered(rows) && c->spec->like) {
		nb_pg_counting_put(c, NB_PG_UNCOUNTED, schema, name,
				   "it was rewritten meanwhile");
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

/* The dump has all its locks: whatever was rewritten was so before. */
static void
find_rewritten(struct counting *c)
{
	PGresult *rows = nb_pg_counting_ask(c, nb_pg_rewritten_query);

	for (int i = 0; nb_pg_counting_answered(rows) && i < PQntuples(rows);
	     i++)
		nb_pg_counting_put(c, NB_PG_REWRITTEN, PQgetvalue(rows, i, 0),
				   PQgetvalue(rows, i, 1), "");
	PQclear(rows);
}

/* ---- everything else ---- */

static void
put_missing(struct counting *c, const PGresult *list)
{
	for (int i = 0; nb_pg_counting_answered(list) && i < PQntuples(list);
	     i++) {
		const char *schema = PQgetvalue(list, i, 0);
		const char *name = PQgetvalue(list, i, 1);
		const char *why = PQgetvalue(list, i, 2);
		struct nb_str sql = NB_STR_INIT;
		PGresult *rows;

		nb_pg_add_row_query(&sql, schema, name);
		rows = *why == 'e' && !sql.failed
			? nb_pg_counting_ask(c, sql.text)
			: NULL;
		if (!nb_pg_counting_answered(rows) || PQntuples(rows))
			nb_pg_counting_put(c, NB_PG_MISSING, schema, name, why);
		PQclear(rows);
		nb_str_free(&sql);
	}
}

static void
count_large(struct counting *c)
{
	bool content = wants_checksum(c, "", "pg_largeobject")
		&& fits(c, "'pg_largeobject'::regclass");
	PGresult *rows = nb_pg_counting_ask(c, nb_pg_large_query(content));

	/* Only superusers may read their content. */
	if (!nb_pg_counting_answered(rows) && content) {
		if (c->spec->like)
			nb_pg_counting_refused(c, "", "", "pg_largeobject",
					       rows);
		PQclear(rows);
		rows = nb_pg_counting_ask(c, nb_pg_large_query(false));
	}
	if (nb_pg_counting_answered(rows))
		nb_pg_counting_put(c, "large_objects", "", "",
				   PQgetvalue(rows, 0, 0));
	if (nb_pg_counting_answered(rows) && !PQgetisnull(rows, 0, 1))
		nb_pg_counting_put(c, "checksum", "", "pg_largeobject",
				   PQgetvalue(rows, 0, 1));
	PQclear(rows);
}

static void
count_extensions(struct counting *c)
{
	PGresult *rows = nb_pg_counting_ask(c, nb_pg_extensions_query);

	for (int i = 0; nb_pg_counting_answered(rows) && i < PQntuples(rows);
	     i++)
		nb_pg_counting_put(c, "extension", "", PQgetvalue(rows, i, 0),
				   PQgetvalue(rows, i, 1));
	PQclear(rows);
	rows = nb_pg_counting_ask(
		c, "SELECT pg_database_size(current_database())");
	if (nb_pg_counting_answered(rows))
		nb_pg_counting_put(c, "size", "", "", PQgetvalue(rows, 0, 0));
	PQclear(rows);
}

/* For a comparison. */
static void
put_hashed(struct counting *c)
{
	PGresult *rows = c->spec->like
		? nb_pg_counting_ask(c, nb_pg_hashed_query)
		: NULL;

	for (int i = 0; nb_pg_counting_answered(rows) && i < PQntuples(rows);
	     i++) {
		const char *schema = PQgetvalue(rows, i, 0),
			   *name = PQgetvalue(rows, i, 1);

		nb_pg_counting_put(c, "hashed_schema", schema, name,
				   PQgetvalue(rows, i, 2));
		nb_pg_counting_put(c, "hashed_table", schema, name,
				   PQgetvalue(rows, i, 3));
	}
	PQclear(rows);
}

/* The values of the sequences from FIRST to before END.  LAST: what cannot be
 * read is reported. */
static void
read_some(struct counting *c, int first, int end, char **values, bool last)
{
	struct nb_str sql = NB_STR_INIT;
	PGresult *rows = NULL;

	for (int i = first; i < end; i++) {
		nb_str_addf(&sql,
			    "%sSELECT %d, last_value || CASE WHEN is_called "
			    "THEN '' ELSE ' unused' END FROM ",
			    i > first ? " UNION ALL " : "", i);
		nb_pg_add_relation(&sql, PQgetvalue(c->sequences, i, 0),
				   PQgetvalue(c->sequences, i, 1));
	}
	if (!sql.failed)
		rows = nb_pg_counting_ask(c, sql.text);
	for (int i = 0; nb_pg_counting_answered(rows) && i < PQntuples(rows);
	     i++)
		values[atoi(PQgetvalue(rows, i, 0))] =
			strdup(PQgetvalue(rows, i, 1));
	/* One that cannot be read is no reason to leave out the others. */
	if (!nb_pg_counting_answered(rows) && end - first > 1)
		for (int i = first; i < end; i++)
			read_some(c, i, i + 1, values, last);
	else if (!nb_pg_counting_answered(rows) && last)
		nb_pg_counting_refused(
			c, "sequence", PQgetvalue(c->sequences, first, 0),
			PQgetvalue(c->sequences, first, 1), rows);
	PQclear(rows);
	nb_str_free(&sql);
}

static void
read_sequences(struct counting *c, char **values, bool last)
{
	int count = PQntuples(c->sequences);

	for (int i = 0; i < count; i += BATCH)
		if (PQstatus(c->conn) == CONNECTION_OK
		    && nb_clock_ms() < c->deadline)
			read_some(c, i, i + BATCH < count ? i + BATCH : count,
				  values, last);
}

/* Sequences are not part of a snapshot: only those that nobody used while the
 * dump was made are certain. */
static void
put_sequences(struct counting *c)
{
	for (int i = 0; i < PQntuples(c->sequences); i++)
		if (c->before[i] && c->after[i]
		    && !strcmp(c->before[i], c->after[i]))
			nb_pg_counting_put(
				c, "sequence", PQgetvalue(c->sequences, i, 0),
				PQgetvalue(c->sequences, i, 1), c->after[i]);
}

/* ---- the process ---- */

static PGresult *
list(struct counting *c, const char *sql, int *status)
{
	PGresult *rows = *status ? NULL : PQexec(c->conn, sql);

	if (!*status && !nb_pg_counting_answered(rows))
		*status = complain("", PQerrorMessage(c->conn));
	return rows;
}

static int
begin(struct counting *c)
{
	bool export = c->spec->dump && !c->spec->watch_only;
	PGresult *rows = NULL;
	int status = 0;

	c->conn = nb_pg_connect(c->spec->conninfo);
	if (PQstatus(c->conn) != CONNECTION_OK)
		return complain("", PQerrorMessage(c->conn));
	c->content = (c->spec->limit || c->spec->like)
		&& PQserverVersion(c->conn) >= NB_PG_TEXT_SINCE;
	PQclear(list(c, nb_pg_count_settings, &status));
	if (!status) {
		PQclear(PQexec(c->conn,
			       "BEGIN ISOLATION LEVEL REPEATABLE READ"
			       " READ ONLY"));
		rows = list(
			c, export ? "SELECT pg_export_snapshot()" : "SELECT ''",
			&status);
	}
	if (!c->spec->watch_only) {
		c->tables = list(c, nb_pg_tables_query(c->content), &status);
		c->sequences = list(c, nb_pg_sequences_query, &status);
	}
	if (export)
		c->missing = nb_pg_counting_ask(c, nb_pg_missing_query);
	c->counted = calloc((size_t)PQntuples(c->tables) + 1, 1);
	c->before = calloc((size_t)PQntuples(c->sequences) + 1, sizeof(char *));
	c->after = calloc((size_t)PQntuples(c->sequences) + 1, sizeof(char *));
	if (!status && (!c->counted || !c->before || !c->after))
		status = complain("", "out of memory");
	if (!status) {
		wait_for_lock(c, SOON_MS);
		read_sequences(c, c->before, false);
		nb_pg_counting_put_text(c, PQgetvalue(rows, 0, 0));
		status = !nb_pg_counting_flush(c);
	}
	PQclear(rows);
	return status;
}

static void
count_all(struct counting *c)
{
	put_missing(c, c->missing);
	count_extensions(c);
	put_hashed(c);
	count_tables(c, false);
	count_large(c);
}

int
nb_pg_count_child(const struct nb_pg_count *spec)
{
	static struct counting c; /* what it has ends with the process */
	int status;
	char byte;

	c = (struct counting){ .spec = spec,
			       .deadline = nb_clock_ms() + spec->timeout * 1000,
			       .told = INT64_MAX };
	status = begin(&c);
	if (!status) {
		(void)!nb_fd_read(STDIN_FILENO, &byte, 1);
		if (spec->dump)
			find_rewritten(&c);
		if (!spec->watch_only)
			count_all(&c);
		while (nb_fd_read(STDIN_FILENO, &byte, 1) > 0)
			;
		count_tables(&c, true);
		read_sequences(&c, c.after, true);
		put_sequences(&c);
		if (PQstatus(c.conn) != CONNECTION_OK)
			status = complain("", PQerrorMessage(c.conn));
		else if (nb_clock_ms() >= c.deadline)
			status = complain("", "there was not enough time");
		status |= !nb_pg_counting_flush(&c);
	}
	/* The process ends, so nothing needs to be freed. */
	PQfinish(c.conn);
	return status;
}
