/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that counts: it has the connection, and writes to its stdout,
 * each followed by a NUL: the snapshot, or nothing if there is no dump; then
 * what, schema, name and value of each thing that was counted.  A byte on its
 * stdin, or end of file, starts the counting; end of file means that the dump
 * is complete.
 */
#ifndef NB_SOURCE_POSTGRES_COUNT_CHILD_H
#define NB_SOURCE_POSTGRES_COUNT_CHILD_H

#include "source/postgres/count/count.h"

/* Number of texts for each thing that was counted. */
#define NB_PG_COUNT_PARTS 4

/* Returns the exit status. */
int nb_pg_count_child(const struct nb_pg_count *spec);

#endif
