/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kind of source that is restored into a server does for a drill: it
 * creates a server that nobody else uses, and compares what was restored with
 * what was counted when it was dumped.  Private to source/ and job/.
 */
#ifndef NB_SOURCE_DRILL_H
#define NB_SOURCE_DRILL_H

#include "source/source.h"

/* A temporary server, in DIR/cluster. */
struct nb_drill_server {
	const char *dir;
	char *conninfo; /* for nb_source_restore */
	char *run_as;   /* user who runs it, and its programs; NULL: this one */
	char *connect, *stop; /* commands for the user, if it is kept */
	/* Private. */
	char *bin, *psql;
	/* About once a second, as in nb_source_restore. */
	enum nb_err (*tick)(void *ctx);
	void *ctx;
};

struct nb_drill_wish {
	const char *dir;                       /* others may enter it */
	const char *run_as;                    /* as the user named them; or
						  NULL */
	const struct nb_config_source *source; /* as in nb_source_restore */
	/* The records of this kind that will be restored. */
	const struct nb_manifest_source *const *records;
	size_t count;
	enum nb_err (*tick)(void *ctx);
	void *ctx;
};

/* The result of comparing one record. */
struct nb_drill_count {
	uint64_t tables, rows, checksums;
	uint64_t differences; /* logged, the first ones by name */
};

struct nb_source_drill {
	/* The bytes that restoring RECORD will need in DIR. */
	uint64_t (*room)(const struct nb_manifest_source *record);
	/* Creates the server and starts it.  NB_EFAIL, logged: not possible on
	 * this machine.  Clear in every case. */
	enum nb_err (*start)(const struct nb_drill_wish *wish,
			     struct nb_drill_server *server);
	/* Stops the server in DIR immediately, if there is one; may be called
	 * in another process. */
	void (*halt)(const char *dir);
	void (*clear)(struct nb_drill_server *server);
	/* Executes TEXT, a record without a database.  NB_ECORRUPT, logged: a
	 * statement failed. */
	enum nb_err (*globals)(const struct nb_drill_server *server,
			       const struct nb_manifest_source *record,
			       const char *text);
	/* Can owners and privileges be left out when RECORD is restored? */
	bool (*selects)(const struct nb_manifest_source *record);
	/* Can RECORD be restored on this machine? *INTO is the name for its
	 * database, which the caller frees.  NB_EFAIL, logged. */
	enum nb_err (*prepare)(const struct nb_drill_server *server,
			       const struct nb_manifest_source *record,
			       char **into);
	/* Compares the database INTO with RECORD. */
	enum nb_err (*compare)(const struct nb_drill_server *server,
			       const struct nb_manifest_source *record,
			       const char *into, struct nb_drill_count *out);
	enum nb_err (*drop)(const struct nb_drill_server *server,
			    const char *into);
};

#endif
