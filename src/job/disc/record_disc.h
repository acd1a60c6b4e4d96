/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recording a disc in the catalog: after a run that died before it could record
 * its burn, or after the catalog was lost.
 */
#ifndef NB_JOB_RECORD_DISC_H
#define NB_JOB_RECORD_DISC_H

#include "job/disc/disc_contents.h"

/*
 * Records every backup in CONTENTS, of the disc of LOOK, that the catalog
 * lacks, and the disc as good.  Everything on it must have been read and found
 * good (nb_check_disc, which fills in CONTENTS).  Its label is signed with our
 * key, and the labels of its earlier sessions must be as well, otherwise
 * NB_ECORRUPT. *RECORDED counts the backups.  NB_EWRONG, and nothing is
 * recorded: the catalog has another backup of the same generation on another
 * disc, or the same backup there and no newer one.
 */
enum nb_err nb_record_disc(struct nb_pool_context *context,
			   const struct nb_inspection *look,
			   struct nb_disc_contents *contents, size_t *recorded);

/*
 * A run died after it had begun to blank or write the disc CONTEXT->dead.  If
 * that disc is in a drive of the pool and is blank, or its session is
 * completely good, this is recorded; otherwise it stays suspect.  Only failures
 * of the catalog are errors.
 */
enum nb_err nb_record_dead(struct nb_pool_context *context);

/* Warns if the disc, every file of which is good, stays suspect: only a drill
 * can show that the failed one was not the fault of the disc. */
enum nb_err nb_warn_suspect(struct nb_pool_context *context,
			    const char *disc_id);

#endif
