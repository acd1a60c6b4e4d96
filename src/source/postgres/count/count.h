/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts what is in a database, in one snapshot: the rows of each table, and
 * whatever else tells whether a restored database has all of it.  A dump is
 * made in the same snapshot, so that the numbers are exactly those of the dump.
 * doc/disc-format.md lists what is counted.
 *
 * It never makes a dump fail: what cannot be counted is left out, with a
 * warning.  No lock is kept longer than one table is read.
 */
#ifndef NB_SOURCE_POSTGRES_COUNT_COUNT_H
#define NB_SOURCE_POSTGRES_COUNT_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/proc.h"
#include "model/record/manifest.h"

#define NB_PG_REWRITTEN "rewritten"
#define NB_PG_DENIED "denied" /* this user may not read all of it */
#define NB_PG_UNCOUNTED "uncounted"

struct nb_pg_count {
	const char *object;   /* in messages: "postgres testdb" */
	const char *conninfo; /* connection string of the database, without a
				 password */
	const char *const *environ_add; /* the password for nb_proc, or NULL */
	const char *run_as;             /* user to become, or NULL */
	int64_t timeout;                /* seconds for all of it */
	/* Checksums of the content as well, for tables (with their TOAST) of up
	 * to this number of bytes; 0: for none. */
	uint64_t limit;
	/* Instead, a sorted list (nb_properties_sort): checksums for the tables
	 * that have one in it.  For each partition by hash, there will also be
	 * "hashed_schema" and "hashed_table": the topmost table that is
	 * partitioned by hash above it, and NB_PG_DENIED or NB_PG_UNCOUNTED
	 * for what cannot be read, with the reason.  NULL: not used. */
	const struct nb_properties *like;
	/* Nothing is counted, and the dump gets no snapshot: only what was
	 * rewritten is found out. */
	bool watch_only;
	/* Dumps in SNAPSHOT, the argument of pg_dump's --snapshot; NULL if
	 * there is none.  GO is for nb_pg_count_go.  It is called exactly once,
	 * unless it is NULL. */
	enum nb_err (*dump)(void *ctx, const char *snapshot, int go);
	enum nb_err (*tick)(void *ctx); /* about once a second, or NULL */
	void *ctx;
};

/*
 * Counts, and appends to OUT: what, role (the schema), name, value.  With a
 * dump also NB_PG_REWRITTEN for each table that was truncated or rewritten
 * after the snapshot and before the dump had its lock: the dump may lack its
 * rows, because these operations do not respect snapshots (PostgreSQL manual,
 * "MVCC Caveats").  With a dump, returns its error; what could not be counted
 * is only a warning.  Without one, NB_EFAIL, logged: there is no connection.
 * NB_ENOMEM, NB_ECANCELED
 */
enum nb_err nb_pg_count(const struct nb_pg_count *count,
			struct nb_properties *out);

/* Among what is counted: what the dump lacks (nb_pg_missing_query). */
#define NB_PG_MISSING "missing"

/*
 * Removes that from RECORD->counts: each is a warning, which names it, and a
 * note.  NB_ENOMEM
 */
enum nb_err nb_pg_take_missing(struct nb_manifest_source *record);

/* The dump has all its locks, so counting may begin.  It begins at the latest
 * when the dump is complete.  A lock that was taken earlier might make the dump
 * wait for sessions that wait for that lock.  GO -1: nothing. */
void nb_pg_count_go(int go);

#endif
