/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that restore a database, or the globals of a server. */
#ifndef NB_SOURCE_POSTGRES_RESTORE_PRIVATE_H
#define NB_SOURCE_POSTGRES_RESTORE_PRIVATE_H

#include "source/postgres/psql.h"
#include "source/postgres/restore/load.h"
#include "source/postgres/restore/restore.h"

#define NB_PG_NAME_MAX 63 /* bytes: NAMEDATALEN - 1 of every server */
#define NB_PG_BESIDE \
	"restored" /* in the name of one that will replace
				   another: NAME_restored_DATE */

struct nb_pg_restoring {
	const struct nb_source_restore *what;
	const struct nb_pg_format *format;
	enum nb_pg_section section;
	struct nb_pg_client client;
	char *reader;         /* path of the program */
	const char *replaces; /* the database that ->what->into will replace; or
				 NULL */
	bool created;         /* the database was created by this restore */
	bool touched;         /* something was loaded */
	bool in_parts;        /* not in one transaction, although requested */
	bool loaded;          /* everything was loaded */
	bool marked;          /* nb_pg_mark was possible */
};

/* Creates the database WHAT->into if it is missing, loads the dump, and applies
 * the settings.  If the dump cannot be loaded, a database that was created is
 * removed.  Errors as nb_pg_restore.  (restore.c) */
enum nb_err nb_pg_restore_database(struct nb_pg_restoring *r);

/* NB_EWRONG, logged: the database WHAT->into has something already that the
 * dump, or the section of it, would bring.  *EXISTS: it can be connected to.
 * (target.c) */
enum nb_err nb_pg_check_target(const struct nb_pg_restoring *r, bool *exists);

/* Is there a database NAME?  NB_EFAIL, logged: the query failed.
 * (restore.c) */
enum nb_err nb_pg_exists(const struct nb_pg_restoring *r, const char *name,
			 bool *exists);

/* Drops the database NAME, even if it is a template or this process was asked
 * to end.  *DONE: it succeeded; otherwise the error is logged.  (restore.c) */
enum nb_err nb_pg_drop(const struct nb_pg_restoring *r, const char *name,
		       bool *done);

/* Restores the database under another name, then exchanges it for the one that
 * has its name, in one transaction.  (replace.c) */
enum nb_err nb_pg_replace(struct nb_pg_restoring *r);

/* How to remove the database NAME: statements to type, with those that a
 * template and subscriptions need.  VIA: another database, to ask in.  The
 * caller frees.  (leftover.c) */
enum nb_err nb_pg_removal(const struct nb_pg_client *client, const char *via,
			  const char *name, char **out);

/* Says in the comment of the database WHAT->into that it is incomplete, unless
 * it has a comment, or the server does not permit it.  The settings script
 * replaces that comment by the database's own; otherwise unmark removes it.
 * (leftover.c) */
enum nb_err nb_pg_mark(struct nb_pg_restoring *r);
enum nb_err nb_pg_unmark(const struct nb_pg_restoring *r);

/* Does the comment of WHAT->into say so?  (leftover.c) */
enum nb_err nb_pg_is_marked(const struct nb_pg_restoring *r, bool *yes);

/* Warns of databases other than WHAT->into that restores left which did not
 * finish, and of those that were to replace it; nothing if the server cannot be
 * asked.  (leftover.c) */
enum nb_err nb_pg_tell_leftovers(const struct nb_pg_restoring *r);

/* NAME and SUFFIX in OUT; NAME is cut at the end of a character (in UTF-8) so
 * that both fit into a name.  (leftover.c) */
void nb_pg_name_with(const char *name, const char *suffix,
		     char out[NB_PG_NAME_MAX + 1]);

/* Executes the globals of a server, except for roles and tablespaces that it
 * has already, and with ->load->no_tablespaces for all of these.
 * (globals.c) */
enum nb_err nb_pg_restore_globals(struct nb_pg_restoring *r);

/*
 * The statements in TEXT, the globals of a server as pg_dumpall writes them,
 * that do not alter one of the ROLES or TABLESPACES, which exist already; with
 * TABLESPACES NULL, only those that concern no tablespace.  What exists is
 * appended to LEFT, as "role app".  Everything before the first tablespace is
 * one transaction.  NB_ECORRUPT: TEXT is not SQL.
 * (globals_script.c)
 */
enum nb_err nb_pg_globals_script(const char *text, const struct nb_names *roles,
				 const struct nb_names *tablespaces,
				 char **script, struct nb_names *left);

/* The names in TEXT, each as quote_ident writes it, followed by a semicolon.
 * (globals_script.c) */
enum nb_err nb_pg_parse_names(const char *text, struct nb_names *names);

#endif
