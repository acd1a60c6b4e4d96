/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks which options of a restore can be combined. */
#ifndef NB_JOB_RESTORE_OPTIONS_H
#define NB_JOB_RESTORE_OPTIONS_H

#include "job/job.h"

/* What is done with the backup. */
enum nb_restore_way {
	NB_RESTORE_DELIVER, /* to a directory or into a database */
	NB_RESTORE_OUTPUT,  /* one file to a descriptor */
	NB_RESTORE_LIST     /* it is only listed */
};

/* NB_EUSAGE, logged: they cannot be combined. */
enum nb_err nb_restore_check_options(const struct nb_restore_options *options,
				     enum nb_restore_way way);

#endif
