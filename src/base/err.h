/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors: the codes of <nightburn/error.h> and the functions that report one
 * where it occurs.  An error is logged exactly once; callers pass the code on
 * without another message.
 */
#ifndef NB_BASE_ERR_H
#define NB_BASE_ERR_H

#include <nightburn/error.h>

/*
 * Logs the formatted message at NB_ERROR and returns ERR.  A remedy follows
 * as "\nhint: ..." in the same format.  Keeps errno.
 */
enum nb_err nb_fail(enum nb_err err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Like nb_fail, and appends ": ", the text of the current errno and, if there
 * is a remedy (space, quota, limits), a hint. */
enum nb_err nb_fail_errno(enum nb_err err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Logs "out of memory" and returns NB_ENOMEM. */
enum nb_err nb_fail_memory(void);

#endif
