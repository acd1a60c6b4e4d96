/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalog is made again from what the discs say. */
#ifndef NB_JOB_REBUILD_H
#define NB_JOB_REBUILD_H

#include "job/disc/verify_record.h"

/*
 * Records everything on a disc of ours that the catalog does not have as one of
 * its pool: also what is damaged, so that it is not forgotten.  A disc that has
 * its name and is older is replaced by it; one whose generations other backups
 * have is recorded apart.  NB_EFOREIGN: it is not a disc of ours, or its pool
 * does not name it; NB_EWRONG: something on it is damaged, or it is apart, or
 * the catalog has a newer disc of its name.
 */
enum nb_err nb_rebuild_disc(struct nb_pool_context *context,
			    const struct nb_inspection *look,
			    const struct nb_inspection *newest,
			    struct nb_verified *outcome);

/* Everything in the session of LOOK is good: records what the catalog lacks of
 * it, as after a run that died; APART as in nb_record_disc. */
enum nb_err nb_record_good(struct nb_pool_context *context,
			   const struct nb_inspection *look,
			   const struct nb_inspection *newest,
			   struct nb_disc_contents *contents, bool *apart);

/* The session of LOOK is good, and what is NEWEST on the disc is bad, which no
 * backup that the catalog has is in: the disc is good, with REMARK. */
enum nb_err nb_record_shortened(struct nb_pool_context *context,
				const struct nb_inspection *look,
				const struct nb_inspection *newest,
				enum nb_disc_remark remark);

/* The disc named DISC was recorded.  If the catalog has the newest backup that
 * was ever seen of the pool, and all its discs were read since that was made,
 * it is no longer stale; otherwise says what is lacking. */
enum nb_err nb_rebuild_catch_up(struct nb_pool_context *context,
				const char *disc);

#endif
