/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The forms of a dump: one table of what follows from format and compression,
 * on the way out and on the way back.  Nothing else decides it.
 */
#ifndef NB_SOURCE_POSTGRES_FORMAT_H
#define NB_SOURCE_POSTGRES_FORMAT_H

#include "source/postgres/options.h"
#include "source/postgres/program.h"

struct nb_pg_dump;

struct nb_pg_format {
	const char *name;    /* in the manifest */
	const char *filters; /* that the file passed; NULL: none.  How an
				archive is made inside does not count */
	const char *ending;  /* of the file's name; "" for a directory */

	/* ---- how it is made ---- */
	const char *argument;   /* of the program that dumps */
	const char *compress;   /* its argument for the compression without a
				     level; NULL: its own choice */
	const char *with_level; /* the same in front of a level; NULL: as
				     COMPRESS, the level is not for it */
	int since;              /* version of the program that knows this, as
				     PQserverVersion counts; 0: any */
	bool globals;           /* by pg_dumpall, and of no database */
	bool directory;         /* a directory, and no stream of bytes */
	bool packed;            /* the filters are the program's, not ours */

	/* ---- how it is checked, and restored ---- */
	enum nb_err (*check)(struct nb_pg_dump *dump);
	enum nb_pg_program reader; /* that restores it, from its stdin unless
				      it is a directory */
};

/* That of the dumps that SOURCE makes. */
const struct nb_pg_format *nb_pg_format_of(
	const struct nb_config_source *source);

/* The program that makes it. */
enum nb_pg_program nb_pg_dumper(const struct nb_pg_format *format);

/* That of a dump whose manifest calls it NAME, in so far as COMPRESSION does
 * not matter; NULL: none. */
const struct nb_pg_format *nb_pg_format_named(const char *name);

#endif
