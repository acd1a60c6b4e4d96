/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `nightburn clone` share. */
#ifndef NB_JOB_CLONE_H
#define NB_JOB_CLONE_H

#include "job/job.h"
#include "model/decide/clone.h"

struct nb_clone_work {
	struct nightburn *nb;
	const struct nb_config_clone *config;
	const char *target;     /* where it is mounted now */
	bool dry_run, contents; /* compare contents */
};

/* What one pass of rsync said. */
struct nb_clone_pass {
	uint64_t files, transferred, deleted, bytes;
	uint64_t corrupt; /* content differed, size and date did
					not: each was logged */
};

/*
 * One pass of rsync from source to target; DRY: it changes nothing.  MOST: so
 * many files it deletes at most.  NB_ESOURCE: it ended badly; files that
 * vanished while they were read are only told. (rsync.c)
 */
enum nb_err nb_clone_rsync(const struct nb_clone_work *work, bool dry,
			   uint64_t most, struct nb_clone_pass *out);

#endif
