/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that ask this process to end cleanly: SIGINT, SIGTERM, SIGHUP.
 *
 * A process that wants this blocks them before it starts any thread.  They then
 * stay pending: they interrupt no library call, no handler runs, a second one
 * has no further effect, and code that can end cleanly asks here.  In a process
 * that does not block them they have their usual effect.
 */
#ifndef NB_BASE_STOP_H
#define NB_BASE_STOP_H

#include <stdbool.h>

/* Whether one of them is pending for this process. */
bool nb_stop_asked(void);

#endif
