/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What pg_dump leaves out of a dump: the properties of the database itself.
 * They are recorded in the manifest, and as two SQL scripts beside the dump;
 * restore.sh, RESTORE.txt and `restore --into` all run these scripts.
 *
 * A property is (what, role, name, value, grantor): doc/disc-format.md lists
 * them.
 */
#ifndef NB_SOURCE_POSTGRES_PROPERTY_PROPERTY_H
#define NB_SOURCE_POSTGRES_PROPERTY_PROPERTY_H

#include "base/str.h"
#include "model/record/manifest.h"

/* ---- property.c ---- */

/*
 * Appends a query for the properties of the databases for which CONDITION, on
 * pg_database as d, is true: rows of (datname, what, role, name, value,
 * grantor) in a fixed order; in the row of a setting "name=value" is the value.
 * It works with servers from 9.6 on, and needs search_path = pg_catalog.  It
 * applies no function of text to what is in the encoding of another database.
 */
void nb_pg_add_property_query(struct nb_str *s, const char *condition);

/* Adds such a row to LIST.  NB_ENOMEM */
enum nb_err nb_pg_take_property(const char *const row[5],
				struct nb_properties *list);

/* Append TEXT as an SQL constant, for standard_conforming_strings = on, and as
 * a name. */
void nb_pg_add_text(struct nb_str *s, const char *text);
void nb_pg_add_name(struct nb_str *s, const char *name);

/*
 * Appends a query, without a semicolon, that returns one line (line) for each
 * property in which DATABASE, an SQL expression, differs from LIST.  FIXED:
 * only those that are set when a database is created and cannot be changed.  It
 * runs in any database, or without FIXED in that one.
 */
void nb_pg_add_differences(struct nb_str *s, const struct nb_properties *list,
			   const char *database, bool fixed);

/* ---- privilege.c ---- */

/* Appends statements that give the database :'db' its owner and its privileges,
 * each from its grantor.  A superuser must run them, and is the current user
 * again at the end. */
void nb_pg_add_privileges(struct nb_str *s, const struct nb_properties *list);

/* ---- script.c ---- */

/* Appended to the path of the dump; encoded names contain no "+". */
#define NB_PG_CREATE_ENDING "+create.sql"
#define NB_PG_SETTINGS_ENDING "+settings.sql"

/*
 * Both are for psql, which must not stop at errors, and write a line to its
 * stdout for each property that differs.
 *
 * The first one runs in another database, with the variable db, before the dump
 * is loaded.  It creates the database if it is missing (with locale C if its
 * own is not available; always with the original encoding), and sets
 * tablespace, owner, privileges, and the settings on which values depend that
 * are computed while the dump is loaded.  If the database exists with another
 * encoding or locale, it only reports that.
 */
enum nb_err nb_pg_create_script(const struct nb_properties *list, char **text);
/* The second one runs in the database itself after the dump was loaded, because
 * settings such as default_transaction_read_only would prevent that. */
enum nb_err nb_pg_settings_script(const struct nb_properties *list,
				  char **text);

#endif
