/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recording a disc in the catalog: after a run that died before it could record
 * its burn, or after the catalog was lost.
 */
#ifndef NB_JOB_RECORD_DISC_H
#define NB_JOB_RECORD_DISC_H

#include "job/disc/check_disc.h"

/*
 * Records every backup in CONTENTS, of the disc of LOOK, that the catalog
 * lacks, and the disc as good.  Everything on it must have been read and found
 * good (nb_check_disc, which fills in CONTENTS).  Its label is signed with our
 * key, and the labels of its earlier sessions must be as well, otherwise
 * NB_ECORRUPT. *RECORDED counts the backups.  NB_EWRONG, and nothing is
 * recorded: the catalog has the same backup on another disc, and no newer one;
 * or it has another backup of the same generation there, unless APART is not
 * NULL: then the disc is recorded apart, without its name, and *APART is set.
 */
enum nb_err nb_record_disc(struct nb_pool_context *context,
			   const struct nb_inspection *look,
			   struct nb_disc_contents *contents, size_t *recorded,
			   bool *apart);

struct nb_recorded_bad {
	size_t backups;      /* recorded */
	uint64_t generation; /* the highest of these */
	/* The highest of these that is damaged (STATE) or could not be checked
	 * (NB_CHECK_NONE); 0: none. */
	uint64_t not_good;
	enum nb_check_state state;
	size_t reused; /* not recorded: the rest of a burn that failed,
				whose generation was given to another backup */
};

/*
 * Records the backups of the session of LOOK, which is not good, that the
 * catalog lacks, with what was FOUND of each; the disc becomes suspect.  A
 * backup whose manifest cannot be read is recorded by its label; without a
 * label with our key, it is not.  APART: the disc is recorded without its name.
 * Adds to OUT.
 */
enum nb_err nb_record_bad(struct nb_pool_context *context,
			  const struct nb_inspection *look,
			  const struct nb_found_backups *found, bool apart,
			  struct nb_recorded_bad *out);

/* Warns if the disc, every file of which is good, stays suspect: only a drill
 * can show that the failed one was not the fault of the disc. */
enum nb_err nb_warn_suspect(struct nb_pool_context *context,
			    const char *disc_id);

#endif
