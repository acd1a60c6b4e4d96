/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signals that ask this process to end in order: SIGINT, SIGTERM, SIGHUP.
 *
 * A process that wants that blocks them before it starts any thread.  They stay
 * pending then, for ever: no call of a library is interrupted by them, no
 * handler runs, a second one finds the first one waiting, and whoever can end
 * in order asks here.  In a process that does not block them they do what they
 * always do.
 */
#ifndef NB_BASE_STOP_H
#define NB_BASE_STOP_H

#include <stdbool.h>

/* Whether one of them is pending for this process. */
bool nb_stop_asked(void);

#endif
