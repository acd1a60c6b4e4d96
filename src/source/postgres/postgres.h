/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Shared by the files of the PostgreSQL source: the server, through libpq, and
 * one dump on its way to staging.  Private to source/.
 *
 * OBJECT names the source in messages, as "postgres testdb".
 */
#ifndef NB_SOURCE_POSTGRES_POSTGRES_H
#define NB_SOURCE_POSTGRES_POSTGRES_H

#include "base/proc.h"
#include "source/dump_file.h"
#include "source/postgres/format.h"
#include "source/postgres/program.h"
#include "source/source.h"

/* The kind's tasks for another host. */
#define NB_PG_TASK_CHECK "postgres-check" /* program, version, user: A */
#define NB_PG_TASK_ASK "postgres-ask"     /* the server's answer: A */
#define NB_PG_TASK_DUMP "postgres-dump"   /* one dump: D */

/* ---- conninfo.c: where the server is ---- */

struct nb_pg_conninfo {
	char *text;                 /* without a password, "" when empty */
	char *password;             /* "PGPASSWORD=...", or NULL */
	char *options;              /* "PGOPTIONS=...", or NULL */
	const char *environ_add[3]; /* the password for nb_proc, or nothing:
				       arguments are visible to everyone; and
				       the options */
};

/*
 * The connection of SOURCE as one conninfo string, whatever form (key=value or
 * URI) was configured; DATABASE replaces its dbname unless NULL.  NB_ECONFIG:
 * libpq cannot parse it.
 */
enum nb_err nb_pg_conninfo(const struct nb_config_source *source,
			   const char *database, struct nb_pg_conninfo *out);
/* The same of TEXT (NULL: the PG* variables), which the user gave for a
 * restore.  OPTIONS: for the server; NULL: the usual ones, "": none.
 * NB_EUSAGE: libpq cannot parse it. */
enum nb_err nb_pg_conninfo_given(const char *text, const char *database,
				 const char *options,
				 struct nb_pg_conninfo *out);
/* For a pooler that refuses the options: those that the user has set remain. */
void nb_pg_conninfo_plain(struct nb_pg_conninfo *conninfo);
void nb_pg_conninfo_clear(struct nb_pg_conninfo *conninfo);

/* The server that SOURCE names, for people: host and port, or the service;
 * "this host" if it names none.  The caller frees.  NB_ECONFIG */
enum nb_err nb_pg_conninfo_server(const struct nb_config_source *source,
				  char **out);

/* Appends VALUE between quotes, as a connection string and postgresql.conf have
 * it. */
void nb_pg_add_value(struct nb_str *s, const char *value);

/* Warns if libpq will ignore the password file because of its permissions. */
enum nb_err nb_pg_warn_passfile(const struct nb_config_source *source);

/* May this process become run_as?  NB_ENOTFOUND, NB_ESOURCE, logged. */
enum nb_err nb_pg_check_user(const struct nb_config_source *source);

/* ---- server.c: what the server says ---- */

struct nb_pg_database {
	char *name;
	uint64_t size;                   /* bytes, if requested */
	char *left_out;                  /* why it cannot be dumped, or "" */
	struct nb_properties properties; /* if requested; of another host with
					    an older nightburn: none */
};

struct nb_pg_server {
	int version;        /* as PQserverVersion: 150020 */
	char *version_text; /* "15.20" */
	char *system;       /* the system identifier of the cluster, in decimal;
			       NULL: not requested, or it does not tell */
	char *damaged;      /* the setting with which it leaves out damaged
			       pages; NULL: none */
	int64_t behind;     /* of a standby that has not replayed all there is,
			       or gets nothing: the seconds since it got
			       something new; else 0 */
	/* The databases of the source, sorted by name: none for globals, all
	 * except template0 and template1, or the one. */
	struct NB_ARRAY(struct nb_pg_database) databases;
};

/*
 * Asks the server through libpq, in a child process that becomes run_as: for
 * the databases, with their SIZES or else with their properties and the system
 * identifier.  NB_ESOURCE: no connection, no answer within a minute, or it
 * leaves out damaged pages.
 */
enum nb_err nb_pg_ask_here(const struct nb_config_source *source, bool sizes,
			   struct nb_pg_server *out);
/* The same on the host where the source does its work (transport.c). */
enum nb_err nb_pg_ask(const struct nb_config_source *source, bool sizes,
		      struct nb_pg_server *out);
void nb_pg_server_clear(struct nb_pg_server *server);

/* ---- identity.c: what a dump is of ---- */

/* Adds to RECORD what tells SOURCE, and the server that answered SERVER, from
 * others: its database, if it is of one, and the cluster; if that is unknown,
 * the server by its name.  And whether it is behind (nb_pg_note_behind).
 * NB_ECONFIG, NB_ENOMEM */
enum nb_err nb_pg_identify(const struct nb_config_source *source,
			   const struct nb_pg_server *server,
			   struct nb_manifest_source *record);

/* ---- health.c: whether it is up to date ---- */

/* Notes in RECORD, and logs once, that SERVER is a standby that has been behind
 * for longer than SOURCE allows.  NB_ENOMEM */
enum nb_err nb_pg_note_behind(const struct nb_config_source *source,
			      const struct nb_pg_server *server,
			      struct nb_manifest_source *record);

/* ---- dump.c: one dump ---- */

struct nb_pg_dump {
	const struct nb_config_source *source;
	const struct nb_source_context *context;
	const struct nb_pg_format *format;
	const char *object;                     /* "postgres testdb" */
	const char *name;                       /* in the manifest */
	const char *database;                   /* NULL: globals */
	const struct nb_properties *properties; /* of that database */
	const char *restore;      /* path of pg_restore, or NULL */
	char *path;               /* beneath staging; a file or directory */
	struct nb_dump_file file; /* not for the directory format */
	nb_proc_sink *sink;       /* where its bytes go, with SINK_CTX; not for
				     the directory format */
	/* Discards what is there so far: the program is run again. */
	enum nb_err (*again)(struct nb_pg_dump *dump);
	void *sink_ctx;
	uint64_t raw, stored; /* bytes before and after compression */
	bool counted;         /* the contents of the database are counted as
				 well */
	int go;               /* for nb_pg_count_go, or -1 */
	struct nb_properties counts; /* the result (count/count.h) */
};

/* Runs the program, with its output to staging.  NB_ESOURCE, NB_EFULL,
 * NB_EIO. */
enum nb_err nb_pg_dump_run(struct nb_pg_dump *dump);
void nb_pg_dump_clear(struct nb_pg_dump *dump);

/* ---- beside.c: the scripts beside a dump ---- */

/* Writes the scripts for DUMP->properties to staging, and adds their entries,
 * with OWNER's ids.  Nothing if there are no properties. */
struct nb_user;
enum nb_err nb_pg_write_scripts(const struct nb_pg_dump *dump,
				const struct nb_user *owner,
				struct nb_source_output *out);

/* ---- command.c: pg_dump and pg_dumpall themselves ---- */

/* Finds and runs the program, with its output to DUMP->sink, and checks how it
 * ended; counts in the same snapshot, if DUMP->counted.  If the recovery of a
 * standby cancelled it, it is run again, as often as the source's retries say;
 * if it cannot have the snapshot, once without one.  NB_ESOURCE */
enum nb_err nb_pg_dump_stream(struct nb_pg_dump *dump);

/* Like nb_proc_check, with a hint if it waited for a lock, or if the recovery
 * of a standby interfered. */
enum nb_err nb_pg_status(const char *name, const struct nb_proc_result *result);

/* ---- postgres.c ---- */

/*
 * Whether SOURCE can be dumped by this host: user, program, and its version (in
 * *NUMBER, as in PQserverVersion, and *TEXT, which the caller frees), which
 * must not be older than the server.  NB_ESOURCE, NB_ECONFIG
 */
enum nb_err nb_pg_preflight(const struct nb_config_source *source, int *number,
			    char **text);

/* ---- directory.c: the directory format ---- */

/* The size of the files in it so far. */
enum nb_err nb_pg_directory_size(const struct nb_pg_dump *dump,
				 uint64_t *bytes);
/* Appends an entry for each file, hashed, with OWNER's ids. */
enum nb_err nb_pg_directory_entries(const struct nb_pg_dump *dump,
				    const struct nb_user *owner,
				    struct nb_source_output *out);

#endif
