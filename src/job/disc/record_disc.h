/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is on a disc becomes known to the catalog: a burn whose run died before
 * it could be recorded, or a disc that a lost catalog knew.
 */
#ifndef NB_JOB_LEARN_H
#define NB_JOB_LEARN_H

#include "job/disc/disc_contents.h"

/*
 * Records every backup in CONTENTS, of the disc that LOOK saw, that the catalog
 * does not have, and the disc as good.  Everything on it must have been read
 * and found good before (nb_record_check, which fills CONTENTS in); its label
 * bears our key, and so must those of its earlier sessions: else NB_ECORRUPT.
 * *LEARNT counts the backups.  NB_EWRONG: the catalog has another backup of the
 * same generation on another disc, or the same backup there and none is newer;
 * then nothing is recorded.
 */
enum nb_err nb_record_disc(struct nb_pool_context *context,
			   const struct nb_inspection *look,
			   struct nb_disc_contents *contents, size_t *learnt);

/*
 * Reads all of the newest session of the disc that LOOK saw, each block once,
 * and compares it with its manifest.  CONTENTS, to be freed in any case, is
 * what the disc holds; the manifests were judged, and the checksums of the
 * sessions taken.  NB_ECORRUPT, NB_EIO.
 */
enum nb_err nb_record_check(struct nightburn *nb,
			    const struct nb_inspection *look,
			    struct nb_disc_contents *contents,
			    struct nb_verify_result *result);

/*
 * A run died after it had begun to blank or to write SITE->dead's disc.  When
 * it is in a drive of the pool, and blank, or all of the session is good, that
 * is recorded; else it stays suspect.  Only failures of the catalog are errors.
 */
enum nb_err nb_record_dead(struct nb_pool_context *context);

#endif
