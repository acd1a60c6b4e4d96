/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back: a dump into a database, with PostgreSQL's own programs.
 */
#ifndef NB_SOURCE_PG_RESTORE_H
#define NB_SOURCE_PG_RESTORE_H

#include "model/config/config.h"

struct nb_pg_restore {
	/* For the programs it names: as it is configured now, or with a name
	 * alone. */
	const struct nb_config_source *source;
	const char *path;        /* of the dump: a file, or a directory */
	const char *format;      /* "custom", "plain", "directory" */
	const char *compression; /* of the file: "zstd", "gzip", or none */
	const char *database;    /* made when missing; must be empty */
	const char *conninfo;    /* of the server, or NULL: PG* variables */
	const char *run_as;      /* user to become, or NULL */
};

/*
 * Restores.  NB_EWRONG: the database exists and has tables in it (nothing was
 * done); NB_EFAIL: a program failed, its last words are logged; NB_ESOURCE:
 * there is no such program; NB_ECORRUPT:
 * the format is unknown.
 */
enum nb_err nb_pg_restore_run(const struct nb_pg_restore *restore);

#endif
