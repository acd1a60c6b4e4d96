/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choice of what to do with the disc in the drive: one pure function from
 * (medium, label, catalog's view, size, policy) to (plan, reason).
 */
#ifndef NB_MODEL_PLAN_H
#define NB_MODEL_PLAN_H

#include "model/config/config.h"
#include "model/state.h"
#include "model/record/label.h"
#include "model/decide/medium.h"
#include "model/decide/pool.h"

#define NB_REASON_COUNT (NB_REASON_LOST + 1)

/* Blocks that every session needs, for its descriptors, label, manifest and
 * instructions: with less, a disc is full before the size is known. */
#define NB_SESSION_MIN 64

/* What was requested. */
enum nb_intent {
	NB_INTENT_RUN,    /* the nightly job, by the rotation */
	NB_INTENT_APPEND, /* by hand: append or fresh, never blank */
	NB_INTENT_BLANK   /* by hand: make it blank */
};

struct nb_plan_facts {
	enum nb_intent intent;
	const struct nb_medium *medium;
	enum nb_label_state label_state;
	const struct nb_label *label;   /* when NB_LABEL_GOOD */
	bool label_signed;              /* it is signed with our key
					   (nb_label_is_signed) */
	const struct nb_label *earlier; /* if not NB_LABEL_GOOD: that of an
					   earlier session, signed with our key;
					   NULL: none */
	const struct nb_pool_view *pool;
	enum nb_rotation rotation;
	bool append_on_same_disc;
	int64_t max_verify_age; /* seconds; 0: any */
	int64_t now;
	uint64_t need_fresh;  /* blocks of a first session; 0: not known yet */
	uint64_t need_append; /* blocks of an appended one; 0: not known yet,
				 but NB_SESSION_MIN at least */
	bool shrunk;          /* the backup lacks something of the one before
				 it, and nobody accepted that */
	bool apart;           /* the catalog has the disc, but not as one of the
				 pool */
	bool lost;            /* the catalog has it, as one that is lost */
};

struct nb_decision {
	enum nb_plan plan;
	enum nb_plan_reason reason;
	enum nb_err err;              /* NB_OK, or the error of a refusal:
					 NB_ENOMEDIUM, NB_EFOREIGN, NB_EWRONG,
					 NB_EFULL */
	char disc[NB_NAME_MAX + 1];   /* name that the disc has or gets; "" if
					 unknown, or not ours */
	char wanted[NB_NAME_MAX + 1]; /* on a refusal: the disc to insert; "" if
					 none is determined */
	uint64_t need;                /* blocks, for TOO_LARGE */
	uint64_t available;
	bool may_be_newest; /* a refusal: no good disc has a newer backup than
			       what is recorded on this one */
	bool damaged;       /* a refusal: a backup on it was found damaged, so
			       that verifying it again does not help */
	bool cramped;       /* a refusal: the disc is a file whose file system
			       has no room for a whole disc */
	bool for_good;      /* a refusal: something is on the disc, which
			       cannot be blanked */
};

/* The remedy, or NULL: that of nb_plan_reason_hint, unless it could end with
 * erasing the newest good backup, or the disc cannot be blanked. */
const char *nb_plan_hint(const struct nb_decision *decision);

/*
 * The first of these that applies is the answer, so that the most specific
 * reason wins:
 *
 * 1. The drive: NO_DISC, DAMAGED.
 * 2. A blank disc: LABEL_UNREADABLE (a label was seen nevertheless);
 *    intent blank: FRESH, nothing needs to be done and DISC is "";
 *    CATALOG_STALE, NOT_REWRITABLE (rotation alternate), NO_DISC_NAME,
 *    TOO_LARGE_FOR_DISC; otherwise FRESH, with the first name of the pool that
 *    is unused or blanked.
 * 3. The owner: LAST_SESSION or LAST_SESSION_OLD (an earlier label shows that
 *    it is a disc of the catalog), UNKNOWN_DATA, LABEL_UNREADABLE; without our
 *    key OTHER_INSTALLATION or LABEL_FORGED; OTHER_POOL, NAME_CONFLICT (no such
 *    name); if the catalog has no disc with its id: CATALOG_STALE, REPLACED,
 *    LOST, CATALOG_EMPTY, NOT_IN_CATALOG; NAME_CONFLICT (the name of another
 *    disc).  A label that is signed with our key by an installation whose pool
 *    was not taken over: OTHER_MACHINE, after OTHER_POOL.
 * 4. The catalog: CATALOG_STALE; and whether the disc is in order: SUSPECT,
 *    RETIRED, REPLACED (an older copy of a good disc), GENERATION_CONFLICT
 *    (generation or backup id differ otherwise, or the disc is empty according
 *    to the catalog).
 * 5. How to write to it:
 *    - intent append: append.  - intent blank: blank.
 *    - alternate: newest disc: SAME_DISC_REFUSED, or append; any other: blank.
 *    - append: append; if that is refused, and the disc is not the newest:
 *      blank.
 *    - fresh: SAME_DISC_REFUSED on the newest disc, otherwise WRITE_ONCE.
 *    Before appending: OPEN_SESSION, CLOSED, TOO_LARGE.  In a nightly run, if
 *    no other disc is due, LAST_GOOD replaces them: the disc is full, and
 *    nothing else may be written.
 *    Before blanking: LAST_GOOD (ALL_SHRUNK if no good disc has a complete
 *    backup), SHRUNK, NOT_OLDEST, WRITE_ONCE,
 *    OTHER_UNREAD, OTHER_UNVERIFIED, ONLY_COPY, TOO_LARGE_FOR_DISC.
 *    - alternate, and the backup shrank: append with SHRUNK, also to a disc
 *      that would be blanked and with on_same_disc = refuse; if that is
 *      impossible, SHRUNK.  The same with ALL_SHRUNK, if no good disc has a
 *      complete backup.
 *
 * What is newest, oldest or good counts only backups that are complete: one
 * that shrank destroys nothing, now and on the nights that follow.
 *
 * So a disc is blanked only if label and catalog agree on it, it is the oldest
 * good disc of the pool, and another one holds the newest generation, verified
 * within MAX_VERIFY_AGE.  A date of verification that is 0 or in the future
 * does not count: with an age limit the answer is a refusal.
 *
 * Refusals: WANTED is never the disc in the drive.  It is the disc of
 * nb_rotation_next; for OTHER_UNVERIFIED and OTHER_UNREAD the disc to verify;
 * in rotation append the newest disc, which is being filled; in rotation fresh
 * only an unused or blanked one; none for TOO_LARGE_FOR_DISC, nor for
 * NOT_REWRITABLE one that was never used, which the disc in the drive may be
 * meant to be.
 */
struct nb_decision nb_plan_decide(const struct nb_plan_facts *facts);

/* May ROTATION begin to use a blank disc of this kind?  Alternate may not if it
 * cannot be blanked: it would be refused when its turn comes again. */
bool nb_plan_suits(const struct nb_medium *medium, enum nb_rotation rotation);

#endif
