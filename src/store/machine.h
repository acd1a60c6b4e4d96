/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On which machine a state directory is at home: STATE_DIR/machine has its host
 * name, and a hash of /etc/machine-id with the id of the installation
 * (machine-id(5) asks for that) or "-" where there is none.  A copy of the
 * directory on another machine is told by it.
 */
#ifndef NB_STORE_MACHINE_H
#define NB_STORE_MACHINE_H

#include <nightburn/error.h>

#include "model/decide/pool.h"

/* FROM: the host at which the state directory is at home, if that is not this
 * machine; else "", also if nothing was recorded yet.  NB_ECORRUPT, NB_EIO. */
enum nb_err nb_machine_check(const char *state_dir, const char *installation,
			     char from[NB_HOST_SIZE]);

/* Records this machine; ONCE: unless one is recorded.  The lock is held.
 * NB_EIO, NB_EFULL. */
enum nb_err nb_machine_save(const char *state_dir, const char *installation,
			    bool once);

#endif
