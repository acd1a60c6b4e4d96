/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that ends this one when a call does not return: a drive that hangs
 * can keep a library waiting for ever.  What was begun is in the journal by
 * then, so that the next run knows.
 */
#ifndef NB_BASE_WATCHDOG_H
#define NB_BASE_WATCHDOG_H

#include "base/err.h"

struct nb_watchdog;

/*
 * From now on a beat has to come within SECONDS of the one before.  Else the
 * watchdog says so, with WHAT in front, and sends SIGALRM, whose value is the
 * exit status of the last beat (as sigqueue(3) has it), then, 10 seconds later,
 * SIGKILL.  Begun before other threads are.  NB_EFAIL, NB_ENOMEM.
 */
enum nb_err nb_watchdog_begin(const char *what, unsigned int seconds,
			      struct nb_watchdog **out);

/* A sign of life; STATUS is what the process shall end with when it is the
 * last one.  Accepts NULL. */
void nb_watchdog_beat(struct nb_watchdog *watchdog, int status);

/* Ends it.  Accepts NULL. */
void nb_watchdog_end(struct nb_watchdog *watchdog);

#endif
