/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PostgreSQL's client programs and their versions. */
#ifndef NB_SOURCE_POSTGRES_PROGRAM_H
#define NB_SOURCE_POSTGRES_PROGRAM_H

#include "source/postgres/options.h"

enum nb_pg_program {
	NB_PG_DUMP,
	NB_PG_DUMPALL,
	NB_PG_RESTORE,
	NB_PG_PSQL,
	NB_PG_INITDB
};

const char *nb_pg_program_name(enum nb_pg_program program);

/*
 * The program's path: as configured; else, for pg_restore and psql, beside a
 * configured one (pg_restore, pg_dump); else on PATH; else the newest version
 * in /usr/lib/postgresql.  The caller frees.  NB_ESOURCE.
 */
enum nb_err nb_pg_program_find(const struct nb_config_source *source,
			       enum nb_pg_program program, char **path);

/*
 * Asks the program for its version: *NUMBER is its major version times 10000 as
 * in PQserverVersion (150000; 90600 for 9.6), *TEXT "15.20", which the caller
 * frees.  NB_ESOURCE.
 */
enum nb_err nb_pg_program_version(const struct nb_config_source *source,
				  const char *path, int *number, char **text);

#endif
