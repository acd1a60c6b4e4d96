/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be done about a failure of a PostgreSQL program or of libpq, by the
 * message that it printed.  All such remedies are in one table (table.c).  The
 * messages of a server that speaks another language than English are not
 * recognized: then there is no hint.
 */
#ifndef NB_SOURCE_POSTGRES_HINT_HINT_H
#define NB_SOURCE_POSTGRES_HINT_HINT_H

#include "base/err.h"
#include "base/proc.h"

/* Where the user has to type the remedy. */
enum nb_pg_doing {
	NB_PG_DUMPING,   /* in the configuration */
	NB_PG_RESTORING, /* on the command line */
	NB_PG_LOADING    /* the same; the dump can be restored in part */
};

/*
 * The remedy for ERRORS, the program's stderr, without "hint: "; NULL if none
 * is known.  The caller frees *OUT.  NB_ENOMEM
 */
enum nb_err nb_pg_hint(const char *errors, enum nb_pg_doing doing, char **out);

/* Like nb_proc_check, for ERR, with that hint; without one with USUAL, unless
 * it is NULL. */
enum nb_err nb_pg_check(const char *name, const struct nb_proc_result *result,
			enum nb_err err, enum nb_pg_doing doing,
			const char *usual);

/* ---- private: table.c, socket.c ---- */

struct nb_pg_cause {
	/* The message contains MARK, and after it ALSO, unless NULL.  What is
	 * between them, up to a quotation mark, is the name in the remedies. */
	const char *mark, *also;
	/* By what is done; "%s": the name.  NULL: that of RESTORING, or none
	 * at all. */
	const char *remedy[NB_PG_LOADING + 1];
	/* Instead: finds out more from MESSAGE; *OUT stays NULL if there is
	 * nothing to say. */
	enum nb_err (*find)(const char *message, enum nb_pg_doing doing,
			    char **out);
};

extern const struct nb_pg_cause nb_pg_causes[];
extern const size_t nb_pg_cause_count;

/* "connection to server on socket ... failed": which sockets there are. */
enum nb_err nb_pg_hint_socket(const char *message, enum nb_pg_doing doing,
			      char **out);
/* No password, or a wrong one: where it goes, for that server and user. */
enum nb_err nb_pg_hint_password(const char *message, enum nb_pg_doing doing,
				char **out);
/* An extension that the server lacks: its package. */
enum nb_err nb_pg_hint_extension(const char *message, enum nb_pg_doing doing,
				 char **out);

#endif
