/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state directory: created on first use with mode 0700; contains the random
 * id of this installation, the lock, the catalog and the journal of the last
 * run.
 */
#ifndef NB_STORE_STATE_H
#define NB_STORE_STATE_H

#include "model/record/label.h"

struct nb_state {
	char *dir;
	char *catalog; /* path of the catalog file */
	char installation[NB_ID_HEX + 1];
};

/* NB_EIO, NB_ECONFIG if others may write the directory, NB_ECORRUPT if the id
 * is damaged.  Free with nb_state_close. */
enum nb_err nb_state_open(const char *dir, struct nb_state **out);
/* Gives STATE a new id: it is another installation from now on.  On stable
 * storage; the lock is held.  NB_EIO, NB_EFULL. */
enum nb_err nb_state_renew(struct nb_state *state);
void nb_state_close(struct nb_state *state);

#endif
