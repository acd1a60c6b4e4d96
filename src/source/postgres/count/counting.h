/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection of the process that counts, and its output.  Private to
 * count/. */
#ifndef NB_SOURCE_POSTGRES_COUNT_COUNTING_H
#define NB_SOURCE_POSTGRES_COUNT_COUNTING_H

#include <libpq-fe.h>

#include "base/str.h"
#include "source/postgres/count/count.h"

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

/* Writes what is pending.  False: that failed. */
bool nb_pg_counting_flush(struct counting *c);
/* Appends TEXT, or all parts of one thing that was counted. */
void nb_pg_counting_put_text(struct counting *c, const char *text);
void nb_pg_counting_put(struct counting *c, const char *what,
			const char *schema, const char *name,
			const char *value);
/* The result of SQL, which the caller clears.  A statement that the server
 * refuses does not end the transaction, and keeps no lock. */
PGresult *nb_pg_counting_ask(struct counting *c, const char *sql);
bool nb_pg_counting_answered(const PGresult *rows);
/* Reports why KIND ("table", "sequence") SCHEMA.NAME has no count: for a
 * comparison in the output, otherwise as a warning.  ROWS: the server's
 * refusal. */
void nb_pg_counting_refused(struct counting *c, const char *kind,
			    const char *schema, const char *name,
			    const PGresult *rows);

#endif
