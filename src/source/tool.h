/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs administrators' programs (lvcreate, mdadm, dmsetup).  Private to
 * source/.
 */
#ifndef NB_SOURCE_TOOL_H
#define NB_SOURCE_TOOL_H

#include <stdint.h>

#include "base/err.h"

/* The time limit; it is long, because a program that is killed may leave a
 * device suspended. */
#define NB_TOOL_TIMEOUT_MS ((int64_t)10 * 60 * 1000)

/*
 * Runs ARGV for OBJECT ("lvm home"), which begins messages.  The program is
 * found in PATH or in the directories of administrators' programs.  Its stdout
 * goes to *OUT, which the caller frees; NULL: discarded.  A signal that asks
 * this process to end does not end the program, because it may be cleaning up.
 * NB_ESOURCE, logged: it is missing, fails or times out.
 */
enum nb_err nb_tool_run(const char *object, const char *const *argv,
			char **out);

/* Checks that the program exists.  NB_ESOURCE, logged with a hint to install
 * PACKAGE. */
enum nb_err nb_tool_check(const char *object, const char *program,
			  const char *package);

#endif
