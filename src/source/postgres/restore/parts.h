/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of a dump: the tables and schemas that a restore names.
 *
 * pg_restore itself ignores a name that the dump does not have, and with a
 * schema it leaves out the definition of the schema.  Here both are found in
 * the table of contents, and pg_restore gets a list of its entries.
 */
#ifndef NB_SOURCE_POSTGRES_PARTS_H
#define NB_SOURCE_POSTGRES_PARTS_H

#include "base/names.h"
#include "source/source.h"

/* Writes the entries that WHAT->load names to a temporary file, which
 * WHAT->run_as can read.  *PATH is its name, the caller's to remove and free;
 * NULL: everything is restored. */
enum nb_err nb_pg_parts_list(const struct nb_source_restore *what, char **path);

/* Like nb_pg_contents of an archive, with the arguments ONLY (or NULL), which
 * let pg_restore choose.  (contents.c) */
enum nb_err nb_pg_contents_of(const struct nb_source_restore *what,
			      const struct nb_names *only,
			      enum nb_err (*fn)(void *ctx, const char *line),
			      void *ctx);

#endif
