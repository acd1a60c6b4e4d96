/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a dump, by reading it again as its format allows (format.h). */
#ifndef NB_SOURCE_POSTGRES_CHECK_H
#define NB_SOURCE_POSTGRES_CHECK_H

#include "base/err.h"

struct nb_pg_dump;

/* Reads it with pg_restore: the table of contents, or every byte.
 * NB_ESOURCE */
enum nb_err nb_pg_check_archive(struct nb_pg_dump *dump);
enum nb_err nb_pg_check_directory(struct nb_pg_dump *dump);

/* Checks the last line of SQL text; a dump that the program compressed itself
 * is decompressed for that.  NB_ESOURCE */
enum nb_err nb_pg_check_text(struct nb_pg_dump *dump);
enum nb_err nb_pg_check_packed(struct nb_pg_dump *dump);

#endif
