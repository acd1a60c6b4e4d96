/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that ends this one if a call does not return: a drive that hangs
 * can keep a library waiting for ever.  Whatever was begun is in the journal by
 * then, so the next run knows about it.  What happens between the calls (a
 * server that works for an hour) is not its concern: it rests then.
 */
#ifndef NB_BASE_WATCHDOG_H
#define NB_BASE_WATCHDOG_H

#include "base/err.h"

struct nb_watchdog;

/*
 * From now on each sign of life must follow the previous one within SECONDS.
 * Otherwise the watchdog prints a message that begins with WHAT and sends
 * SIGALRM, whose value (sigqueue(3)) is the status of the last one, then, 10
 * seconds later, SIGKILL.  Must be called before other threads are started.
 * NB_EFAIL, NB_ENOMEM.
 */
enum nb_err nb_watchdog_begin(const char *what, unsigned int seconds,
			      struct nb_watchdog **out);

/* A sign of life; STATUS (below 128) is the exit status if no other follows.
 * Accepts NULL. */
void nb_watchdog_beat(struct nb_watchdog *watchdog, int status);

/* Nothing is called now: no sign of life is due until the next one.  Accepts
 * NULL. */
void nb_watchdog_rest(struct nb_watchdog *watchdog);

/* Stops the watchdog.  Accepts NULL. */
void nb_watchdog_end(struct nb_watchdog *watchdog);

#endif
