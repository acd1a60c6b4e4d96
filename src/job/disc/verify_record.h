/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recording in the catalog what a verification of a disc has found. */
#ifndef NB_JOB_VERIFY_RECORD_H
#define NB_JOB_VERIFY_RECORD_H

#include "job/disc/record_disc.h"

/* What is known after the newest session was verified, and those before it
 * until one was good. */
struct nb_verified {
	enum nb_err err; /* of the verification */
	bool lost;       /* the catalog was lost: record everything on the
			    disc */
	struct nb_disc_contents *contents; /* when ERR is NB_OK */
	struct nb_found_backups found;
	/* The sessions that were not good, newest first; the drive of each is
	 * that of the verification. */
	struct NB_ARRAY(struct nb_inspection) bad;
	bool lost_sessions;    /* the directory tree of one cannot be read, nor
				  anything that only it has */
	bool known;            /* the catalog tells whether the newest session
				  was a backup */
	bool unmountable;      /* all is good, but other systems see nothing of
				  it */
	bool unknown_sessions; /* one can be read, but its files could not be
				  checked */
};

/* Adds the backups in CONTENTS, which nb_check_disc has filled in, whatever it
 * returned: what is good in one session is good.  NB_ENOMEM.  The caller frees
 * V->found and V->bad. */
enum nb_err nb_verified_add(struct nb_verified *v,
			    const struct nb_disc_contents *contents);

/* Records the result of verifying the session of LOOK; NEWEST is the newest
 * session of the same disc.  Only discs in the catalog are recorded, unless it
 * was ->lost; any other disc can be verified as well.  Sets ->known.
 * NB_ECORRUPT, logged: a backup that the catalog has is in a bad session;
 * NB_EWRONG, logged: the catalog was lost, and has the disc again, but not all
 * of it is good. */
enum nb_err nb_verify_record(struct nightburn *nb,
			     const struct nb_inspection *look,
			     const struct nb_inspection *newest,
			     struct nb_verified *outcome);

#endif
