/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only place where messages leave the library.  The sink is set with
 * nb_set_log of <nightburn/error.h>; it is the library's only global variable.
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

#endif
