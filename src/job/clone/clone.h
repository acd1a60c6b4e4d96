/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of `nightburn clone`. */
#ifndef NB_JOB_CLONE_H
#define NB_JOB_CLONE_H

#include "job/job.h"
#include "model/decide/clone.h"
#include "source/ours.h"

struct nb_clone_work {
	struct nightburn *nb;
	const struct nb_config_clone *config;
	const char *target;     /* where it is mounted now */
	int root;               /* the same, open */
	struct nb_ours ours;    /* what of it is nightburn's own */
	bool dry_run, contents; /* compare contents */
};

/* What one pass of rsync reported. */
struct nb_clone_pass {
	uint64_t files, transferred, deleted, bytes;
	uint64_t corrupt; /* content differed with equal size and date: each was
			     logged */
};

/*
 * One pass of rsync from source to target; DRY: change nothing.  MOST: the most
 * files that it may delete.  NB_ESOURCE: rsync failed; files that vanished
 * while they were read are only logged.  NB_EWRONG: MOST; or, if DRY, it would
 * change what is nightburn's own.  (rsync.c)
 */
enum nb_err nb_clone_rsync(const struct nb_clone_work *work, bool dry,
			   uint64_t most, struct nb_clone_pass *out);

#endif
