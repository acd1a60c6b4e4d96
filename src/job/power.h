/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guard over the power: asks the UPS (upsc of Network UPS Tools) every few
 * seconds in a thread of its own, so that a burn never waits for an answer.
 */
#ifndef NB_JOB_POWER_H
#define NB_JOB_POWER_H

#include "job/job.h"

/*
 * May WHAT ("dump", "blank", "burn") begin?  NB_OK without a guard; NB_EFAIL,
 * logged with what the UPS says.  The first call begins to watch.
 */
enum nb_err nb_power_permit(struct nightburn *nb, const char *what);

/* May WHAT, which is DONE of TOTAL bytes far, go on?  NB_EFAIL, logged.
 * Only what spoils a session is timed: "burn"; "blank" and "format" always go
 * on. */
enum nb_err nb_power_check(struct nightburn *nb, const char *what,
			   uint64_t done, uint64_t total);

/* Ends the watch, if there is one. */
void nb_power_stop(struct nightburn *nb);

#endif
