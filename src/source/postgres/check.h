/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a dump counts: read again as its format allows (format.h). */
#ifndef NB_SOURCE_POSTGRES_CHECK_H
#define NB_SOURCE_POSTGRES_CHECK_H

#include "base/err.h"

struct nb_pg_dump;

/* With pg_restore: the table of contents, or every byte.  NB_ESOURCE */
enum nb_err nb_pg_check_archive(struct nb_pg_dump *dump);
enum nb_err nb_pg_check_directory(struct nb_pg_dump *dump);

/* The last line of SQL text; of what the program packed itself, unpacked
 * again.  NB_ESOURCE */
enum nb_err nb_pg_check_text(struct nb_pg_dump *dump);
enum nb_err nb_pg_check_packed(struct nb_pg_dump *dump);

/* Compares the stored size with the last good one.  NB_ESOURCE. */
enum nb_err nb_pg_check_shrink(const struct nb_pg_dump *dump);

#endif
