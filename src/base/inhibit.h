/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks logind not to shut the machine down or suspend it while a disc is being
 * written.
 */
#ifndef NB_BASE_INHIBIT_H
#define NB_BASE_INHIBIT_H

/*
 * Takes an inhibitor lock ("shutdown:sleep", mode "block") with WHY as its
 * reason, in lower case.  Returns a descriptor; the lock lasts until it is
 * closed or the process ends.  Returns -1 if the system bus or logind does not
 * answer, which is logged at level NB_DEBUG.  Waits at most three seconds for
 * each of them.
 */
int nb_inhibit(const char *why);

#endif
