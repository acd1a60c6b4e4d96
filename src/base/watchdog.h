/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that ends this one if a call does not return: a drive that hangs
 * can keep a library waiting for ever.  Whatever was begun is in the journal by
 * then, so the next run knows about it.  What happens between the calls (a
 * server that works for an hour) is not its concern: it rests then.
 */
#ifndef NB_BASE_WATCHDOG_H
#define NB_BASE_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

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

/*
 * The same for calls into file systems, of which there are millions: a call is
 * noted in memory that the watching process reads from time to time.  One
 * thread at a time makes such calls.
 */
struct nb_calls;

/*
 * A call that takes longer than nb_calls_limit, or some seconds when this
 * process is asked to end (base/stop.h), ends the process as above.  If not
 * even SIGKILL does, because the kernel waits for an answer, what it has locked
 * (flock(2)) is unlocked: nothing of the process will ever run again.  A
 * recorder that it has open remains open.  NB_EFAIL, NB_ENOMEM.
 */
enum nb_err nb_calls_begin(struct nb_calls **out);

/* The limit is at least SECONDS from now on; 0: there is none.  Before the
 * first call of this there is none, either.  Accepts NULL. */
void nb_calls_limit(struct nb_calls *calls, int64_t seconds);

/* BURNING: calls are for a disc that has been begun.  The exit status is 4
 * then, otherwise 1, and more time is left after it was asked to end.  Accepts
 * NULL. */
void nb_calls_burning(struct nb_calls *calls, bool burning);

/* A call for PATH of OBJECT begins, and with it the end of the one before.
 * Accepts NULL. */
void nb_calls_enter(struct nb_calls *calls, const char *object,
		    const char *path);
void nb_calls_leave(struct nb_calls *calls);

/* Accepts NULL. */
void nb_calls_end(struct nb_calls *calls);

#endif
