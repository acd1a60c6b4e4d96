/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The power check: queries the UPS (upsc of Network UPS Tools) every few
 * seconds in a separate thread, so that a burn never waits for an answer.
 */
#ifndef NB_JOB_POWER_H
#define NB_JOB_POWER_H

#include "job/job.h"

/*
 * May WORK begin?  NB_OK if no UPS is configured; NB_EFAIL, logged with the
 * state of the UPS.  The first call starts the thread.
 */
enum nb_err nb_power_permit(struct nightburn *nb, enum nb_work work);

/* May WORK continue, which is at NOW?  NB_EFAIL, logged.  Only a burn is
 * compared with the battery's runtime, because stopping it spoils a session;
 * blanking and formatting always continue. */
enum nb_err nb_power_check(struct nightburn *nb, enum nb_work work,
			   const struct nb_progress *now);

/* Stops the thread, if it runs. */
void nb_power_stop(struct nightburn *nb);

#endif
