/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Administrators' programs (lvcreate, mdadm, dmsetup), which do their work or
 * fail.  Private to source/.
 */
#ifndef NB_SOURCE_TOOL_H
#define NB_SOURCE_TOOL_H

#include <stdint.h>

#include "base/err.h"

/* What they are given at most; a program that is ended half way may leave a
 * device suspended, so it is long. */
#define NB_TOOL_TIMEOUT_MS ((int64_t)10 * 60 * 1000)

/*
 * Runs ARGV, for OBJECT ("lvm home"), which stands in front of messages, to a
 * good end: found in PATH or where the administrator's programs are.  Its
 * stdout goes to *OUT, which the caller frees; NULL: thrown away.  A signal
 * that asks this process to end does not end it: it may be what cleans up.
 * NB_ESOURCE when it is missing, fails or does not end in time; logged.
 */
enum nb_err nb_tool_run(const char *object, const char *const *argv,
			char **out);

/* The program can be found.  NB_ESOURCE, logged with PACKAGE as the remedy. */
enum nb_err nb_tool_check(const char *object, const char *program,
			  const char *package);

#endif
