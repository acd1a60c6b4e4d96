/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads a dump into an existing database, with pg_restore or psql. */
#ifndef NB_SOURCE_POSTGRES_LOAD_H
#define NB_SOURCE_POSTGRES_LOAD_H

#include "base/names.h"
#include "source/postgres/postgres.h"

struct nb_pg_load {
	const struct nb_source_restore *what;
	const struct nb_pg_format *format;
	const char *reader;                  /* path of the program */
	const struct nb_pg_conninfo *server; /* of the database */
	bool at_once; /* all or nothing, in one transaction, unless several jobs
			 are requested */
	const char *list; /* of the entries to restore, a file; NULL: all, and
			     in nb_pg_load_run */
};

/* What of a dump is loaded, as pg_restore calls it. */
enum nb_pg_section {
	NB_PG_SECTION_ALL,
	NB_PG_SECTION_PRE_DATA,
	NB_PG_SECTION_DATA,
	NB_PG_SECTION_POST_DATA,
	NB_PG_SECTION_UNKNOWN /* nb_pg_load_check refuses it */
};
enum nb_pg_section nb_pg_section_of(const struct nb_restore_options *load);

/* NB_EUSAGE, logged: the format does not support what WHAT->load requests. */
enum nb_err nb_pg_load_check(const struct nb_source_restore *what,
			     const struct nb_pg_format *format);

/* Does the program open the dump itself: a directory, or a file that several
 * jobs read at once? */
bool nb_pg_load_by_path(const struct nb_manifest_source *record,
			const struct nb_restore_options *load);

/* Appends to OUT those properties of the database that LOAD does not leave out;
 * if LOAD leaves privileges out, with those of a new database.  The texts are
 * FROM's: free only the array.  NB_ENOMEM */
enum nb_err nb_pg_load_properties(const struct nb_restore_options *load,
				  const struct nb_properties *from,
				  struct nb_properties *out);

/* Removes from LINES, the output of the scripts of property.h, differences that
 * exist because of what LOAD leaves out. */
void nb_pg_load_differences(const struct nb_restore_options *load,
			    struct nb_names *lines);

/* What to type if ERRORS, the program's stderr, has a materialized view that it
 * could not fill: how to restore everything else.  Otherwise *OUT is NULL.  The
 * caller frees.  NB_ENOMEM */
enum nb_err nb_pg_refresh_hint(const struct nb_pg_load *load,
			       const char *errors, char **out);

/* If the server lacks locks for one transaction, loading is repeated without
 * one, and IN_PARTS is set: after a failure, what was loaded remains.
 * NB_EFAIL: the program failed, its message is logged; the error of WHAT->read:
 * it was killed before the end of the dump. */
enum nb_err nb_pg_load_run(const struct nb_pg_load *load, bool *in_parts);

#endif
