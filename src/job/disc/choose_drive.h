/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule by which every command chooses its drive: the one that is named, by
 * --device or --drive; else the drives of the job's pool in their order, or
 * where no job is named those of all pools; where several have a disc, the one
 * with the disc that is wanted.
 */
#ifndef NB_JOB_CHOOSE_DRIVE_H
#define NB_JOB_CHOOSE_DRIVE_H

#include "job/disc/inspect.h"
#include "model/decide/choose.h"

struct nb_search {
	enum nb_choose_for purpose;
	/* How well the disc that LOOK saw fits (nb_drive_seen.fit).  Not asked
	 * where only one drive can be meant.  An error ends the search. */
	enum nb_err (*rate)(void *ctx, const struct nb_inspection *look,
			    uint64_t *fit);
	void *ctx;
};

/*
 * Opens the drive that CHOICE (NULL: nothing is named) leaves.  A drive that
 * cannot be opened is passed over as long as another one can.  NB_EUSAGE: a
 * drive is named twice, or none at all and NB is NULL, or several discs fit
 * where one has to; NB_ENOTFOUND: no such drive or job, logged with the names
 * that there are.
 */
enum nb_err nb_choose_drive(struct nightburn *nb,
			    const struct nb_drive_choice *choice,
			    const struct nb_search *search,
			    struct nb_inspection *out);

/* For writing with INTENT: the first drive of the pool (or of CHOICE, whose job
 * does not count) whose disc may be written, and the plan for it. */
enum nb_err nb_choose_to_write(struct nb_pool_context *context,
			       const struct nb_drive_choice *choice,
			       enum nb_intent intent,
			       struct nb_inspection *look,
			       struct nb_decision *decision);

/* ---- the disc that is wanted for reading (wanted.c) ---- */

/* The disc that by the catalog holds the backup WHICH (id, prefix of one, or
 * generation; NULL: the newest); else one whose label names it. */
enum nb_err nb_choose_to_restore(struct nightburn *nb,
				 const struct nb_drive_choice *choice,
				 const char *which, struct nb_inspection *look);

/* The suspect one, which waits for it; else the one with the newest backup of
 * its pool, on whose verification the others depend. */
enum nb_err nb_choose_to_verify(struct nightburn *nb,
				const struct nb_drive_choice *choice,
				struct nb_inspection *look);

/* The one with the newest generation by its label: the catalog is lost. */
enum nb_err nb_choose_to_rebuild(struct nightburn *nb,
				 const struct nb_drive_choice *choice,
				 struct nb_inspection *look);

#endif
