/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds what people and applications created in a database, as SQL: nightburn
 * and restore.sh run the same query before they restore into it.
 */
#ifndef NB_SOURCE_POSTGRES_OBJECTS_H
#define NB_SOURCE_POSTGRES_OBJECTS_H

/* Run in template1: its extensions, as a list of literals. */
extern const char nb_pg_template_query[];

/*
 * The number of objects, and the description of one of them, as "2|table t" or
 * "0|".  Objects of initdb (oid below 16384), those that belong to an extension
 * or are internal to another object, and temporary ones do not count.  It
 * follows a "with known(name) as (...)", which lists extensions that do not
 * count either.
 */
extern const char nb_pg_objects_query[];

#endif
