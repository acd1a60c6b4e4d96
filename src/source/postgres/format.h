/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats of a dump: one table of what depends on format and compression,
 * for dumping and for restoring.
 */
#ifndef NB_SOURCE_POSTGRES_FORMAT_H
#define NB_SOURCE_POSTGRES_FORMAT_H

#include "source/postgres/options.h"
#include "source/postgres/program.h"

struct nb_pg_dump;

struct nb_pg_format {
	const char *name;    /* in the manifest */
	const char *filters; /* filters that the file passed; NULL: none.
				Compression inside an archive does not count */
	const char *ending;  /* of the file's name; "" for a directory */
	const char *packing; /* restore.sh's word for FILTERS; NULL: the same */

	/* ---- dumping ---- */
	const char *argument;   /* of the program that dumps */
	const char *compress;   /* its argument for the compression without a
				     level; NULL: its own choice */
	const char *with_level; /* the same, before a level; NULL: use COMPRESS
				   without the level */
	int since;              /* first version of the program that supports
				   this, as in PQserverVersion; 0: any */
	bool globals;           /* by pg_dumpall, not of one database */
	bool directory;         /* a directory, not a stream of bytes */
	bool packed;            /* the program itself applies the filters */

	/* ---- checking and restoring ---- */
	enum nb_err (*check)(struct nb_pg_dump *dump);
	enum nb_pg_program reader; /* that restores it, from its stdin unless
				      it is a directory */
};

/* The format of the dumps of SOURCE. */
const struct nb_pg_format *nb_pg_format_of(
	const struct nb_config_source *source);

/* The program that creates it. */
enum nb_pg_program nb_pg_dumper(const struct nb_pg_format *format);

/* The format with this NAME in manifests; its compression may be another one.
 * NULL: none. */
const struct nb_pg_format *nb_pg_format_named(const char *name);

/* The format of the dump that RECORD is of, with the filters that it passed.
 * NULL: none; the archives of early versions whose own compression is recorded
 * as if it were a filter have none. */
const struct nb_pg_format *nb_pg_format_recorded(
	const struct nb_manifest_source *record);

/* Its filters as manifests name them: "none" if there are none. */
const char *nb_pg_format_compression(const struct nb_pg_format *format);

#endif
