/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The blank guard: the last check before data on a disc is destroyed.  Its
 * input is facts, its answer a reason.  It cannot be bypassed: disc/ blanks,
 * formats and overwrites only with a permit that this function filled in, and
 * all other code only compares with NB_GUARD_PERMIT (tests/check_layers.sh).
 */
#ifndef NB_MODEL_GUARD_H
#define NB_MODEL_GUARD_H

#include "model/decide/plan.h"

enum nb_guard {
	NB_GUARD_PERMIT,
	NB_GUARD_NO_LOCK,            /* the lock is not held */
	NB_GUARD_CATALOG_STALE,      /* the catalog is an old copy, or was
					lost */
	NB_GUARD_NO_LABEL,           /* no good label on the disc */
	NB_GUARD_LABEL_CHANGED,      /* the two readings differ */
	NB_GUARD_OTHER_INSTALLATION, /* it is signed with another key */
	NB_GUARD_FORGED,             /* the label names this installation but is
					not signed with its key */
	NB_GUARD_OTHER_MACHINE,      /* signed with our key by an installation
					whose pool was not taken over */
	NB_GUARD_TAKEN_OVER,         /* the pool belongs to another one now */
	NB_GUARD_MOVED, /* the state directory is that of another machine */
	NB_GUARD_OTHER_POOL,
	NB_GUARD_NOT_IN_CATALOG,
	NB_GUARD_CATALOG_DISAGREES, /* in name, generation or backup id, or it
				       records the disc as empty */
	NB_GUARD_SUSPECT,           /* or retired, in the catalog */
	NB_GUARD_LAST_GOOD,         /* no other disc holds the newest verified
					generation */
	NB_GUARD_UNREAD,            /* another one does, but may be one that
				       was seen since and could not be read */
	NB_GUARD_TOO_OLD,           /* another one does, but was not verified
				       within the age limit */
	NB_GUARD_ONLY_COPY,         /* it alone holds something that no newer
				       backup has */
	NB_GUARD_SHRUNK,            /* the new backup lacks something of the
				       one before it */
	NB_GUARD_IMAGE_INCOMPLETE,  /* the image is not complete, hashed and on
				       stable storage, or its size is unknown (0
				       blocks) */
	NB_GUARD_DOES_NOT_FIT,
	NB_GUARD_NO_INTENT,      /* the intent is not on stable storage */
	NB_GUARD_DRIVE_CHANGED,  /* another drive than at the first
				    inspection */
	NB_GUARD_DISC_CHANGED,   /* adopt: not the disc that was shown */
	NB_GUARD_NOT_TYPED,      /* adopt: what was typed is not the volume id
				    of the disc, in both readings */
	NB_GUARD_NOT_BLANK,      /* format: not blank and unformatted, at the
				    first or the second inspection */
	NB_GUARD_MEDIUM_CHANGED, /* format: the kind or size of the disc differs
				    from the first inspection */
	NB_GUARD_COUNT
};

struct nb_guard_facts {
	bool lock_held;
	enum nb_label_state first_state, second_state;
	const struct nb_label *first;  /* read when the plan was made */
	const struct nb_label *second; /* read immediately before */
	const struct nb_key *key;      /* of the installation; NULL: none; every
					  label counts as forged */
	const char *first_drive, *second_drive; /* address and serial */
	const struct nb_pool_view *pool; /* read from the catalog just now */
	int64_t max_verify_age;          /* seconds; 0: any */
	int64_t now;
	/*
	 * adopt: the user typed the volume id of a disc that is unknown or no
	 * longer wanted.  It replaces the checks of label, pool and catalog,
	 * but the newest good backup of the pool is still refused.  NULL: not
	 * an adoption.
	 */
	const char *typed;
	const char *first_volume, *second_volume;
	const char *first_disc, *second_disc; /* its fingerprint: when it was
						 shown, and now */
	bool holds_newer;  /* adopt: a session of the disc was just read, is
			     good, and is newer than any on a good disc of the
			     pool; or that has none, and nobody said that what
			     others wrote is not needed */
	bool newest_of;    /* adopt: the catalog has the newest good backup of a
			   pool on it, configured or not, and nobody said that
			   it is not needed */
	const char *alone; /* adopt: what it alone holds, of a disc of the
			      catalog that is none of the pool's, and nobody
			      said that it is not needed; NULL or "": nothing */
	/*
	 * Formatting a disc that was never written or formatted: the state that
	 * the drive reports replaces label and catalog, because the disc has
	 * nothing to lose while that is true.  NULL: no formatting.
	 */
	const struct nb_medium *first_medium, *second_medium;
	bool blank_only; /* `nightburn blank`: nothing is written afterwards, so
			    no image is needed */
	bool image_complete;
	uint64_t image_blocks, disc_blocks;
	bool image_shrunk; /* and nobody accepted that */
	bool intent_stored;
};

/*
 * The first condition that does not hold is the answer, in this order: lock,
 * drive, stale catalog, then label, key, pool, catalog, other discs and their
 * age (or, for an adoption, what was typed, whether it is the disc that was
 * shown, a newer backup on it, another pool's newest, both labels, newest
 * backup, and that this is not unread; for formatting, in
 * place of all from the catalog on: blank, the same medium), image, shrunk,
 * size, intent.  An age is within the limit up to and including max_verify_age;
 * a date of verification that is 0 or lies in the future is never within a
 * limit.
 */
enum nb_guard nb_guard_check(const struct nb_guard_facts *facts);

/* The reason in words, without a full stop; statically allocated. */
const char *nb_guard_text(enum nb_guard answer);

#endif
