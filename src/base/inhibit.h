/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks logind not to shut the machine down, nor let it sleep, while a disc is
 * in the making.
 */
#ifndef NB_BASE_INHIBIT_H
#define NB_BASE_INHIBIT_H

/*
 * Takes an inhibitor lock ("shutdown:sleep", mode "block") with WHY as its
 * reason, in lower case.  Returns a descriptor that holds it until it is closed
 * or the process ends; -1 where no system bus or no logind answers, which is
 * logged for debugging alone.  Waits three seconds for the bus and three for
 * logind at most.
 */
int nb_inhibit(const char *why);

#endif
