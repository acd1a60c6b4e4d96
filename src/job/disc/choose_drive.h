/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How every command chooses its drive: the one named by --device or --drive;
 * else from the drives of the job's pool in their order, or of all pools if no
 * job is named.  If several have a disc, the one with the wanted disc is used.
 */
#ifndef NB_JOB_CHOOSE_DRIVE_H
#define NB_JOB_CHOOSE_DRIVE_H

#include "job/disc/inspect.h"
#include "job/disc/known_backups.h"
#include "model/decide/choose.h"

struct nb_search {
	enum nb_choose_for purpose;
	/* Rates the disc of LOOK (nb_drive_seen.fit).  Not called if only one
	 * drive is possible.  An error ends the search. */
	enum nb_err (*rate)(void *ctx, const struct nb_inspection *look,
			    uint64_t *fit);
	void *ctx;
};

/*
 * Opens the drive that CHOICE selects (NULL: none is named).  A drive that
 * cannot be opened is skipped if another one can.  NB_EUSAGE: two drives are
 * named, or none and NB is NULL, or several discs fit where only one may; no
 * such drive or job, logged with the names that exist.
 */
enum nb_err nb_choose_drive(struct nightburn *nb,
			    const struct nb_drive_choice *choice,
			    const struct nb_search *search,
			    struct nb_inspection *out);

/* For writing with INTENT: the drive of the pool (or of CHOICE, whose job is
 * ignored) whose disc is due, or else may be written, and the plan for it. */
enum nb_err nb_choose_to_write(struct nb_pool_context *context,
			       const struct nb_drive_choice *choice,
			       enum nb_intent intent,
			       struct nb_inspection *look,
			       struct nb_decision *decision);

/* The disc of LOOK was refused when the size of the backup was known: from now
 * on it is taken only if no other one may be written.  *AGAIN: there is another
 * drive, and this was not said before. */
enum nb_err nb_choose_pass_over(struct nb_pool_context *context,
				const struct nb_inspection *look, bool *again);

/* ---- the wanted disc, for reading (wanted.c) ---- */

/* The disc that has the backup that WISH means according to KNOWN; else one
 * whose label names it. */
enum nb_err nb_choose_to_restore(struct nightburn *nb,
				 const struct nb_drive_choice *choice,
				 const struct nb_restore_wish *wish,
				 const struct nb_known_backups *known,
				 struct nb_inspection *look);

/* The suspect disc, which needs verification; else the one with the newest
 * backup of its pool, because blanking others depends on its verification. */
enum nb_err nb_choose_to_verify(struct nightburn *nb,
				const struct nb_drive_choice *choice,
				struct nb_inspection *look);

/* Of the discs that the catalog does not have, the one with the newest
 * generation by its label. */
enum nb_err nb_choose_to_rebuild(struct nightburn *nb,
				 const struct nb_drive_choice *choice,
				 struct nb_inspection *look);

#endif
