/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only place where messages leave the library.  The sink is set with
 * nb_set_log of <nightburn/error.h>; it and nb_log_also are the library's only
 * global variables.
 */
#ifndef NB_BASE_LOG_H
#define NB_BASE_LOG_H

#include <stdarg.h>

#include "base/err.h"

/* Sends one formatted message to the sink, with "?" for control characters in
 * it; a line may begin with "hint: ".  Thread-safe; keeps errno. */
void nb_log(enum nb_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void nb_log_v(enum nb_level level, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* FN gets each message as well, after the sink and one at a time; it must not
 * log.  NULL: nobody. */
void nb_log_also(nb_log_fn *fn, void *ctx);

#endif
